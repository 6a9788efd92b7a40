import Foundation
@testable import ProtoSchema
import Protobuf
import Testing

/// The folders of this package that the tests read, and compiling from memory.
enum Workspace {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let package = tests.deletingLastPathComponent().deletingLastPathComponent()

    /// The names of the files below a folder that end in `suffix`, sorted.
    static func files(below folder: URL, suffix: String = ".proto") -> [String] {
        let found = FileManager.default.enumerator(atPath: folder.resolvingSymlinksInPath().path)?.allObjects as? [String] ?? []
        return found.filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// Compiles one file, `test.proto`, beside others that it may import.
    static func compile(_ text: String, with others: [String: String] = [:]) -> Compiler.Result {
        Compiler(sources: others.merging(["test.proto": text]) { $1 }).compile(["test.proto"])
    }

    /// The descriptor of one file that has to be free of errors.
    static func descriptor(
        of text: String, with others: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> FileDescriptorProto {
        let result = compile(text, with: others)
        #expect(result.diagnostics.map(\.rendered) == [], sourceLocation: sourceLocation)
        return try #require(result.files.last, sourceLocation: sourceLocation)
    }

    /// The messages of all findings, without places.
    static func messages(of text: String, with others: [String: String] = [:]) -> [String] {
        compile(text, with: others).diagnostics.map(\.message)
    }
}
