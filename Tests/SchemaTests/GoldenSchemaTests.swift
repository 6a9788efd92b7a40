import Console
import Glibc
import Postgres
import TestSupport
import Testing

@testable import switchboard

/// The schema that all migrations together make, as a file that reviewers read and whose changes they see.
@Suite struct GoldenSchemaTests {
    private static let path = "\(#filePath.dropLast("GoldenSchemaTests.swift".utf8.count))schema.sql"

    @Test("The schema is the one of schema.sql; `make accept-schema` makes the one of today the expected one")
    func golden() async throws {
        let schema = try await TestCluster.shared().freshDatabase(Schema.migrations).schema()
        if unsafe getenv("SWITCHBOARD_ACCEPT") != nil { try Files.write(schema, to: Self.path) }
        let expected = try Files.text(Self.path)
        if schema == expected { return }
        let (old, new) = (expected.split(separator: "\n"), schema.split(separator: "\n"))
        let (gone, come) = (Set(old).subtracting(new), Set(new).subtracting(old))
        Issue.record(
            """
            The schema is another than Tests/SchemaTests/schema.sql; if that is wanted: make accept-schema
            \(old.filter(gone.contains).map { "- \($0)" }.joined(separator: "\n"))
            \(new.filter(come.contains).map { "+ \($0)" }.joined(separator: "\n"))
            """)
    }

    @Test("A reviewer would object to no migration, but to these")
    func objections() {
        let migrations = Schema.migrations
        let found = migrations.indices.flatMap { position in
            migrations[position].objections(after: Array(migrations[..<position])).map { "\(migrations[position]): \($0)" }
        }
        #expect(found == [])
    }
}
