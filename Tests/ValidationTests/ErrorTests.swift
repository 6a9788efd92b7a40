import Foundation
import ProtoSchema
import Protobuf
import SwiftEmitter
import Testing

/// Rules that cannot be checked are errors of the .proto file.
struct ErrorTests {
    private static let folder = String(#filePath.dropLast("ErrorTests.swift".count)) + "Errors"
    private static let protos = String(#filePath.dropLast("Tests/ValidationTests/ErrorTests.swift".count)) + "Proto"

    @Test("every rule that cannot be checked is named in one run, with its line and a caret")
    func rules() throws {
        let roots = ImportRoots([Self.folder, Self.protos])
        let result = Compiler(roots: roots).compile(["rules.proto"])
        #expect(result.diagnostics == [])
        let file = try #require(result.files.last)
        let pool = try DescriptorPool(result.files)
        let error = try #require(throws: EmitError.self) { try SwiftEmitter.emit(file, in: pool, modules: [:], module: "Broken") }
        let source = try #require(try roots.source(of: "rules.proto"))
        let found = error.rules.map { rule in
            let span = file.sourceCodeInfo?.location.first { $0.path == rule.path }?.span ?? [0, 0, 0]
            return Diagnostic(rule.message, at: span.map(Int.init), rule.word, in: source)
        }
        let text = found.sorted { ($0.line, $0.column) < ($1.line, $1.column) }.map { $0.rendered + "\n" }.joined()
        let expected = try String(contentsOfFile: Self.folder + "/rules.txt", encoding: .utf8)
        #expect(text.replacing(Self.folder + "/", with: "") == expected)
    }
}
