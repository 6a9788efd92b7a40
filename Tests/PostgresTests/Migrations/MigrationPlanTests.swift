@testable import Postgres
import Testing

@Suite struct MigrationPlanTests {
    static func migration(_ service: String, _ number: Int, _ sql: String = "SELECT 1") -> Migration {
        Migration(service: service, number: number, name: "step", sql: sql)
    }

    static let known = [migration("a", 1), migration("a", 2), migration("b", 1), migration("a", 5)]

    static func applied(_ migrations: [Migration]) -> [MigrationPlan.Applied] {
        migrations.map { MigrationPlan.Applied(service: $0.service, number: $0.number, checksum: $0.checksum) }
    }

    @Test("What is not recorded is pending, in the order of the list")
    func pending() throws {
        #expect(try MigrationPlan(known: Self.known, applied: []).pending == Self.known)
        #expect(try MigrationPlan(known: Self.known, applied: Self.applied(Self.known)).pending == [])
        let some = Self.applied([Self.known[0], Self.known[2]])
        #expect(try MigrationPlan(known: Self.known, applied: some).pending == [Self.known[1], Self.known[3]])
    }

    @Test("Another service's migrations do not matter")
    func otherService() throws {
        let other = Self.applied([Self.migration("c", 9)])
        #expect(try MigrationPlan(known: Self.known, applied: other).pending == Self.known)
    }

    @Test("A changed migration is refused")
    func drift() {
        let edited = Self.applied([Self.migration("a", 1, "SELECT 2")])
        #expect(
            throws: PostgresError(
                .migration,
                "Migration a 1 (step) was changed after it had been applied. Put its text back and write a new migration.")
        ) { try MigrationPlan(known: Self.known, applied: edited) }
    }

    @Test("A migration that was slipped in before an applied one is refused")
    func outOfOrder() {
        let later = Self.applied([Self.known[0], Self.known[3]])
        #expect(
            throws: PostgresError(.migration, "Migration a 2 (step) was never applied, but number 5 was. Give it a number after that.")
        ) { try MigrationPlan(known: Self.known, applied: later) }
    }

    @Test("A database that is ahead of the program is refused")
    func ahead() {
        let newer = Self.applied(Self.known + [Self.migration("b", 2)])
        #expect(
            throws: PostgresError(
                .migration, "The database has migration b 2, which this program does not know. Use a newer program.")
        ) { try MigrationPlan(known: Self.known, applied: newer) }
    }

    @Test("A database that is ahead by what expands it is none of the program's business, unless it should know it")
    func expanded() throws {
        let expansion = MigrationPlan.Applied(service: "b", number: 2, checksum: "", expands: true)
        #expect(try MigrationPlan(known: Self.known, applied: Self.applied(Self.known) + [expansion]).pending == [])
        let between = MigrationPlan.Applied(service: "a", number: 3, checksum: "", expands: true)
        #expect(throws: PostgresError.self) { try MigrationPlan(known: Self.known, applied: Self.applied(Self.known) + [between]) }
    }

    @Test(
        "What a migration says of itself stands in the comments that it begins with",
        arguments: [
            ("-- no-transaction\n-- Why.\nVACUUM", true, false), ("\n-- Why.\r\n-- expands\nSELECT 1", false, true),
            ("-- no-transaction \n-- expands\nVACUUM", true, true), ("SELECT 1; -- no-transaction\n-- expands", false, false),
            ("-- It needs no-transaction\n--expands\nSELECT 1", false, false),
        ])
    func directives(sql: String, needsNoTransaction: Bool, expands: Bool) {
        let migration = Self.migration("a", 1, sql)
        #expect(migration.needsNoTransaction == needsNoTransaction)
        #expect(migration.expands == expands)
    }

    @Test("A list that is not in order is refused", arguments: [[1, 1], [2, 1], [0], [-1]])
    func listOrder(_ numbers: [Int]) {
        #expect {
            try MigrationPlan(known: numbers.map { Self.migration("a", $0) }, applied: [])
        } throws: { ($0 as? PostgresError)?.message.contains("is out of order") == true }
    }

    @Test(
        "A checksum ignores what an editor changes, and nothing else",
        arguments: [
            ("SELECT 1;\nSELECT 2;\n", true), ("SELECT 1;\r\nSELECT 2;", true), ("\n\nSELECT 1;  \nSELECT 2;\t\n\n", true),
            ("\u{FEFF}SELECT 1;\nSELECT 2;", true), ("SELECT 1;\n\nSELECT 2;", false), ("SELECT 1; SELECT 2;", false),
            (" SELECT 1;\nSELECT 2;", false), ("select 1;\nSELECT 2;", false), ("", false),
        ])
    func checksum(_ text: String, _ isSame: Bool) {
        let original = Self.migration("a", 1, "SELECT 1;\nSELECT 2;")
        #expect((Self.migration("a", 1, text).checksum == original.checksum) == isSame)
    }

    @Test("A checksum is the SHA-256 that any tool gives")
    func knownChecksum() {
        // printf 'SELECT 1;' | sha256sum
        #expect(Self.migration("a", 1, "SELECT 1;\n").checksum == "17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a")
    }
}
