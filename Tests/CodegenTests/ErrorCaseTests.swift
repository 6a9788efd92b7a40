import Foundation
@testable import ProtoSchema
import Testing

/// Each Errors/<case>.proto is broken; <case>.txt is all that the compiler says about it.
@Suite("Errors")
struct ErrorCaseTests {
    static let folder = Workspace.tests.appending(path: "Errors")
    static let cases = Workspace.files(below: folder).filter { !$0.contains("/") }

    @Test("A broken file gets all its errors in one run, with lines and carets", arguments: cases)
    func diagnostics(name: String) throws {
        let result = Compiler(roots: ImportRoots([Self.folder.path])).compile([name])
        let actual = result.diagnostics.map { $0.rendered + "\n" }.joined().replacingOccurrences(of: Self.folder.path + "/", with: "")
        let expected = try String(contentsOf: Self.folder.appending(path: name.dropLast(5) + "txt"), encoding: .utf8)
        #expect(result.hasErrors)
        #expect(actual == expected)
    }

    @Test("There are cases, each with its text")
    func complete() {
        #expect(Self.cases.count >= 15)
        let texts = Set(Workspace.files(below: Self.folder, suffix: ".txt").map { $0.dropLast(4) })
        #expect(texts == Set(Self.cases.map { $0.dropLast(6) }))
    }
}

@Suite("Spelling")
struct SpellingTests {
    @Test(
        "The nearest word within a third of the length",
        arguments: [
            ("mesage", "message"), ("strng", "string"), ("Lead", nil), ("itn32", "int32"), ("STRING", "string"), ("boool", "bool"),
            ("xyz", nil), ("enun", "enum"), ("A", nil),
        ] as [(String, String?)])
    func nearest(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, among: ["message", "string", "int32", "int64", "bool", "enum", "service", "B"]) == expected)
    }
}
