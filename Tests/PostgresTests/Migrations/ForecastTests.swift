import Net
import TestSupport
import Testing

@testable import Postgres

@Suite struct ForecastTests {
    private static let known = [
        Migration(service: "test", number: 1, name: "thing", sql: "CREATE TABLE thing (id bigint)"),
        Migration(
            service: "test", number: 2, name: "more",
            sql: """
                CREATE TABLE other (id bigint);
                ALTER TABLE other ADD name text;
                ALTER TABLE thing ADD name text;
                DO 'BEGIN END';
                """),
        Migration(
            service: "test", number: 3, name: "index", sql: "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON thing (name)"),
        Migration(service: "test", number: 4, name: "bad", sql: "CREATE INDEX j ON thing (name)"),
    ]

    @Test("A plan tells the SQL, the locks on tables that are there with their sizes, and what to be careful with")
    func forecast() async throws {
        let database = try await TestCluster.shared().freshDatabase([Self.known[0]])
        let session = try Session.connect(database.owner)
        defer { session.finish() }
        try session.executeScript("INSERT INTO thing SELECT generate_series(1, 1000); ANALYZE thing")
        let forecast = try await Migrator(database.application, migrations: Self.known).forecast()
        #expect(
            forecast.map(\.description).joined(separator: "\n\n") == """
                -- test 2 (more)
                CREATE TABLE other (id bigint);
                ALTER TABLE other ADD name text;
                ALTER TABLE thing ADD name text;
                --     locks thing (about 1000 rows, 64 KiB): ACCESS EXCLUSIVE, which stops reads and writes
                DO 'BEGIN END';
                --     locks: unknown

                -- test 3 (index), in no transaction
                CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON thing (name);
                --     locks thing (about 1000 rows, 64 KiB): SHARE UPDATE EXCLUSIVE, which stops VACUUM and other migrations

                -- test 4 (bad)
                CREATE INDEX j ON thing (name);
                --     locks thing (about 1000 rows, 64 KiB): SHARE, which stops writes
                -- CAREFUL: An index on thing stops its writes: CREATE INDEX CONCURRENTLY in a -- no-transaction file does not.
                """)
        #expect(try await Migrator(database.application, migrations: Self.known).pending().count == 3)
    }

    @Test("E5 · What is wrong with a schema is told to who serves, and an expansion is not wrong")
    func fault() async throws {
        let database = try await TestCluster.shared().freshDatabase([Self.known[0]])
        let known = [Self.known[0]]
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let connections = Database(database.application, loops: loops.loops)
        #expect(try await connections.schemaFault(known, .anyone) == nil)
        #expect(try await connections.schemaFault(Self.known, .anyone) == "The database lacks migration test 2 (more).")
        let expansion = Migration(service: "test", number: 2, name: "more", sql: "-- expands\nCREATE TABLE other (id bigint)")
        _ = try await Migrator(database.owner, migrations: known + [expansion]).run()
        #expect(try await connections.schemaFault(known, .anyone) == nil)
        let change = Migration(service: "test", number: 3, name: "less", sql: "DROP TABLE thing")
        _ = try await Migrator(database.owner, migrations: known + [expansion, change]).run()
        #expect(
            try await connections.schemaFault(known, .anyone)
                == "The database has migration test 3, which this program does not know. Use a newer program.")
        let edited = [Migration(service: "test", number: 1, name: "thing", sql: "CREATE TABLE thing (id int)")]
        #expect(try await connections.schemaFault(edited, .anyone)?.contains("was changed after it had been applied") == true)
        await connections.shutdown()
    }
}
