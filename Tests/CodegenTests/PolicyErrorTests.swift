import Foundation
import ProtoPolicy
@testable import ProtoSchema
import Protobuf
import Testing

@testable import SwitchgenTool

/// Each PolicyErrors/<case>.proto declares too little, or nonsense; <case>.txt is all that `--policy required` says about it.
@Suite("Policies that are refused")
struct PolicyErrorTests {
    static let folder = Workspace.tests.appending(path: "PolicyErrors")
    static let cases = Workspace.files(below: folder)

    @Test("A file with faults in its policies gets all of them in one run, with lines and carets", arguments: cases)
    func diagnostics(name: String) throws {
        let roots = ImportRoots([Self.folder.path, Workspace.package.appending(path: "Proto").path])
        let result = Compiler(roots: roots).compile([name])
        #expect(result.diagnostics.map(\.rendered) == [])
        let files = result.files.filter { $0.name == name }
        let actual = Generator.policyDiagnostics(files, try DescriptorPool(result.files), roots).map { $0.rendered + "\n" }.joined()
            .replacingOccurrences(of: Self.folder.path + "/", with: "")
        let path = Self.folder.appending(path: name.dropLast(5) + "txt")
        if ProcessInfo.processInfo.environment["SWITCHBOARD_ACCEPT"] != nil {
            try actual.write(to: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: path, encoding: .utf8)
        #expect(actual == expected)
        #expect(name.hasPrefix("good") == actual.isEmpty)
    }

    @Test("There are cases, each with its text")
    func complete() {
        #expect(Self.cases.count >= 7)
        #expect(Set(Workspace.files(below: Self.folder, suffix: ".txt").map { $0.dropLast(4) }) == Set(Self.cases.map { $0.dropLast(6) }))
    }
}
