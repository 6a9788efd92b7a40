import Foundation
import ProtoSchema
import Protobuf
import SwiftEmitter
import Testing

/// Each Golden/<case> has an input.proto and the Swift it becomes. After a change that is meant: `switchgen --golden … --accept`.
@Suite("Golden")
struct GoldenTests {
    static let folder = Workspace.tests.appending(path: "Golden")
    static let cases = Workspace.files(below: folder).filter { $0.hasSuffix("/input.proto") }.map {
        String($0.dropLast("/input.proto".count))
    }

    @Test("The generated text is the expected one", arguments: cases)
    func text(name: String) throws {
        let roots = [Self.folder.appending(path: name).path, Workspace.package.appending(path: "Proto").path]
        let result = Compiler(roots: ImportRoots(roots)).compile(["input.proto"])
        #expect(result.diagnostics.map(\.rendered) == [])
        var modules = Dictionary(uniqueKeysWithValues: result.files.map { ($0.name ?? "", "StandardTypes") })
        modules["input.proto"] = "Golden"
        let file = try #require(result.files.last)
        let actual = try emit(file, in: DescriptorPool(result.files), modules: modules, module: "Golden")
        let expected = try String(contentsOf: Self.folder.appending(path: "\(name)/expected.swift"), encoding: .utf8)
        #expect(actual == expected)
    }

    @Test("There are cases")
    func complete() {
        #expect(Self.cases.count >= 5)
    }
}
