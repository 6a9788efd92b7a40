import Foundation
import Testing

/// What is broken on purpose by `make soak-mutations`: that takes hours, but that each of its patches still fits is told here.
struct MutationTests {
    private static let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// What must have one: who calls, what he may, how often, and what leaves the house.
    private static let required = [
        "R5", "R6", "R11", "R12", "R14", "R15", "R16", "R17", "R18", "R19", "R23", "R25", "R28", "R29", "E1", "E2", "E3", "E7", "E9", "E30",
        "SEC-1", "SEC-2", "SEC-3", "SEC-5", "SEC-7", "SEC-9", "SEC-10",
    ]

    private static func patches() throws -> [String: String] {
        let folder = package.appending(path: "Tests/Mutations")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".patch") }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                (String($0.dropLast(".patch".count)), try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
            })
    }

    @Test("every requirement on who may call has a mutation that a test with its id has to notice")
    func complete() throws {
        let patches = try Self.patches()
        #expect(Set(Self.required).subtracting(patches.keys).isEmpty)
        let tests = try SourceTree("Tests").files
        for (id, patch) in patches {
            let named = try #require(patch.firstMatch(of: /^Tests: ([A-Za-z]+)\.([A-Za-z]+)(\/[a-zA-Z]+)?\n/), "\(id).patch names no tests")
            let files = tests.filter {
                $0.module == named.output.1 && $0.text.contains("struct \(named.output.2)") || $0.text.contains("class \(named.output.2)")
            }
            #expect(!files.isEmpty, "\(id): there are no \(named.output.2) in \(named.output.1)")
            let pattern = try Regex("@(?:Test|Suite)\\(\\s*\"(?:[A-Z0-9: ·-]* )?\(id)(?: ·|:)")
            #expect(files.contains { $0.text.contains(pattern) }, "\(id): no test in \(named.output.2) has it ahead of its name")
        }
    }

    @Test("every mutation still fits the program; where the program was changed, change the patch, too")
    func fits() throws {
        for id in try Self.patches().keys.sorted() {
            let git = Process()
            git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            git.arguments = ["git", "apply", "--check", "-C1", "Tests/Mutations/\(id).patch"]
            git.currentDirectoryURL = Self.package
            try git.run()
            git.waitUntilExit()
            #expect(git.terminationStatus == 0, "Tests/Mutations/\(id).patch does not apply")
        }
    }
}
