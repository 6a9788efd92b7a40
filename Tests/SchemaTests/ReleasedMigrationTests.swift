import Postgres
import Testing

@testable import switchboard

/// A migration that was applied somewhere is never edited: databases refuse a program in which it was. The migrator finds that out when
/// it is too late; this finds it out before.
@Suite struct ReleasedMigrationTests {
    /// SHA-256 of each released migration's normalised text. A new migration adds a line; no line ever changes.
    private static let released = [
        "platform 1 (idempotency_key)": "a67587817556652d88be297bf0f2e35f36beadf508d4069d4a39549eb096a170",
        "platform 2 (outbox)": "c9daf1d001c6cf542b0c83d61d381197033bb44859c1c9c440fdde731ec026d5",
        "platform 3 (job)": "cade48c59ef4bfe5a0a0d47f41b26adfe4b0dbabc82ed4b0d4ad64a572a66cc6",
        "platform 4 (job_functions)": "a6d8de2edd69b925a7cc2f00e7bc2fa2aee3a07f02b059c2879bc497027e3de4",
        "lead 1 (lead)": "af1801445a59f0296422cc835a0d701d5355cdb49317ce6f38bba7fa7ab70a0c",
        "lead 2 (lead_tag)": "1f2f62d0f8b702f777614ef9948aae4cda89487f71455a4aa560f5ce5014bf8b",
        "lead 3 (lead_import)": "7bf1b027d7efab77b0f2b321897887e93e883db59866c7e0e5e28dfd863065f4",
    ]

    @Test("E5 · No released migration was edited, renamed, renumbered or removed")
    func checksums() {
        let ours = Dictionary(uniqueKeysWithValues: Schema.migrations.map { ("\($0)", $0.checksum) })
        for (migration, checksum) in Self.released { #expect(ours[migration] == checksum, "\(migration)") }
        let unlisted = ours.keys.filter { Self.released[$0] == nil }.sorted()
        #expect(unlisted == [], "list them: \(unlisted.map { "\"\($0)\": \"\(ours[$0] ?? "")\"," })")
    }
}
