import Foundation
import Testing

/// Requirements have ids, and tests that show them solved have the ids ahead of their names.
struct RequirementTests {
    private struct Row {
        var id: String
        var files: [String]
    }

    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func rows() throws -> [Row] {
        let text = try String(contentsOf: package.appending(path: "Docs/requirements.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| id") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return Row(id: cells.first ?? "", files: (cells.last ?? "").split(separator: "`").map(String.init).filter { $0.contains("/") })
        }
    }

    /// What the issues so far were to solve.
    private static let required = [
        "R1", "R5", "R6", "R8", "R11", "R12", "R13", "R14", "R15", "R16", "R17", "R18", "R19", "R23", "R25", "R28", "R29", "R34", "E1",
        "E2",
        "E3", "E5", "E7", "E8", "E9", "E16", "E30", "SEC-1", "SEC-2", "SEC-3", "SEC-5", "SEC-6", "SEC-7", "SEC-9", "SEC-10", "REL-2",
        "REL-5",
        "REL-6",
    ]

    @Test("every requirement of Docs/requirements.md is ahead of the name of a test in each file that is named for it")
    func rows() throws {
        let rows = try Self.rows()
        #expect(Set(rows.map(\.id)).isSuperset(of: Self.required), "missing: \(Set(Self.required).subtracting(rows.map(\.id)).sorted())")
        #expect(Set(rows.map(\.id)).count == rows.count)
        let files = Dictionary(uniqueKeysWithValues: try SourceTree("Tests").files.map { ($0.path, $0.text) })
        for row in rows {
            #expect(!row.files.isEmpty, "\(row.id) has no test")
            for file in row.files {
                let text = files["Tests/\(file).swift"] ?? ""
                #expect(Self.names(text).contains { $0.contains(row.id) }, "no test in \(file) has the id \(row.id) ahead of its name")
            }
        }
    }

    /// The ids ahead of the names of a file's tests and suites, test by test.
    private static func names(_ text: String) -> [Set<String>] {
        let pieces = text.split(separator: "@Test(").dropFirst() + text.split(separator: "@Suite(").dropFirst()
        return pieces.map { piece in
            let name = piece.drop { $0 == " " || $0 == "\n" }
            guard name.first == "\"" else { return [] }
            let words = name.dropFirst().prefix(80).split { " ,:·\n".contains($0) }
            return Set(words.prefix { $0.wholeMatch(of: /R[0-9]+|E[0-9]+|[A-Z]{3}-[0-9]+/) != nil }.map(String.init))
        }
    }
}
