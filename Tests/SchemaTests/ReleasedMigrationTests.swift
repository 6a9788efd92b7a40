import Console
import Glibc
import Postgres
import Testing

@testable import switchboard

/// A migration that was applied somewhere is never edited: databases refuse a program in which it was. The migrator finds that out when
/// it is too late; this finds it out before.
@Suite struct ReleasedMigrationTests {
    private static let path = "\(#filePath.dropLast("ReleasedMigrationTests.swift".utf8.count))released.txt"

    /// One line for each: SHA-256 of its normalised text, and what it is called.
    private static let ours = Schema.migrations.map { "\($0.checksum) \($0)" }

    @Test("E5 · No migration of released.txt was edited, renamed, renumbered or removed; `make accept-schema` adds those that are new")
    func checksums() throws {
        var released = try Files.text(Self.path).split(separator: "\n").map(String.init)
        let names = released.map { $0.drop { $0 != " " } }
        let new = Self.ours.filter { line in !names.contains(line.drop { $0 != " " }) }
        if unsafe getenv("SWITCHBOARD_ACCEPT") != nil, !new.isEmpty {
            released += new
            try Files.write(released.joined(separator: "\n") + "\n", to: Self.path)
        }
        for line in released { #expect(Self.ours.contains(line), "\(line) is not so any more: what was released cannot be changed") }
        for line in Self.ours { #expect(released.contains(line), "\(line) is new: make accept-schema") }
    }
}
