import Net
import TestSupport
import Testing

@testable import Postgres

/// Migrations that PostgreSQL runs in no transaction, and what is left of them when they fail or are cut off.
@Suite struct NoTransactionTests {
    private static let table = Migration(
        service: "test", number: 1, name: "thing",
        sql: "CREATE TABLE thing (id bigint, name text); INSERT INTO thing SELECT n, 'same' FROM generate_series(1, 100) n")

    private static func migration(_ sql: String) -> Migration {
        Migration(service: "test", number: 2, name: "step", sql: "-- no-transaction\n-- For a test.\n\(sql)")
    }

    private static let index = migration("CREATE INDEX CONCURRENTLY IF NOT EXISTS thing_by_id ON thing (id);")

    private struct World {
        let owner: Database.Configuration
        let session: Session

        init() async throws {
            owner = try await TestCluster.shared().freshDatabase([table]).owner
            session = try Session.connect(owner)
        }

        func migrate(_ migration: Migration) async -> PostgresError? {
            await postgresError { _ = try await Migrator(owner, migrations: [table, migration]).run() }
        }

        /// The indexes of the table with whether they are valid.
        func indexes() throws -> [String] {
            try session.execute(
                "SELECT indexrelid::regclass::text || CASE WHEN indisvalid THEN '' ELSE ' broken' END FROM pg_index WHERE indrelid = 'thing'::regclass"
            ).all()
        }

        func isRecorded() throws -> Bool {
            try session.execute("SELECT EXISTS (SELECT FROM schema_migration WHERE service = 'test' AND number = 2)").one()
        }
    }

    @Test("An index is built beside those who write")
    func concurrently() async throws {
        let world = try await World()
        try world.session.executeScript("BEGIN; INSERT INTO thing VALUES (101, 'x')")
        // CREATE INDEX CONCURRENTLY waits for the transaction; an INSERT that came after it does not wait for the index.
        async let outcome = world.migrate(Self.index)
        let other = try Session.connect(world.owner)
        let isWaiting = try await eventually {
            try other.execute("SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%')").one()
        }
        #expect(isWaiting)
        try other.executeScript("INSERT INTO thing VALUES (102, 'y')")
        try world.session.executeScript("COMMIT")
        #expect(await outcome == nil)
        #expect(try world.indexes() == ["thing_by_id"])
        #expect(try world.isRecorded())
    }

    @Test("An index waits for an old snapshot for longer than others would wait for a table's lock, and is built once")
    func oldSnapshot() async throws {
        let world = try await World()
        try world.session.executeScript("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM thing")
        async let outcome = world.migrate(Self.index)
        let other = try Session.connect(world.owner)
        let longer = Limits.migrationLockTimeoutMilliseconds * 3 / 2
        let isWaiting = try await eventually {
            try other.execute(
                """
                SELECT EXISTS (
                    SELECT FROM pg_stat_progress_create_index JOIN pg_stat_activity USING (pid)
                    WHERE phase = 'waiting for old snapshots' AND now() - query_start > \(Int64(longer)) * interval '1 millisecond')
                """
            ).one()
        }
        #expect(isWaiting)
        try world.session.executeScript("COMMIT")
        #expect(await outcome == nil)
        #expect(try world.indexes() == ["thing_by_id"])
        #expect(try world.isRecorded())
    }

    private static let killer = """
        CREATE FUNCTION kill(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0); RETURN 1; END $$;
        """

    @Test("A connection that breaks in no transaction leaves nobody knows what, and that is said")
    func broken() async throws {
        let world = try await World()
        try world.session.executeScript(Self.killer)
        let error = await world.migrate(Self.migration("CREATE INDEX CONCURRENTLY IF NOT EXISTS thing_by_kill ON thing (kill(id))"))
        #expect(
            error?.message
                == "Migration test 2 (step) failed. It runs in no transaction, so that part of it may have taken place. Migrate again.")
        #expect(try !world.isRecorded())
    }

    @Test("A connection that breaks at a commit is not said to have left nothing behind")
    func brokenCommit() async throws {
        let world = try await World()
        try world.session.executeScript(
            """
            \(Self.killer)
            CREATE FUNCTION kill_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM kill(1); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER kill_at_commit AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION kill_at_commit();
            """)
        let error = await world.migrate(Migration(service: "test", number: 2, name: "step", sql: "INSERT INTO thing VALUES (101, 'x')"))
        #expect(
            error?.message
                == "The connection broke at the commit of migration test 2 (step): it has taken place as a whole, or not at all. Migrate again."
        )
    }

    @Test("An index that a dying process left invalid is dropped and built again")
    func resumesInvalid() async throws {
        let world = try await World()
        // Two rows of one name: PostgreSQL leaves a unique index behind, invalid.
        _ = try? world.session.executeScript("CREATE UNIQUE INDEX CONCURRENTLY thing_by_id ON thing (name)")
        #expect(try world.indexes() == ["thing_by_id broken"])
        #expect(await world.migrate(Self.index) == nil)
        #expect(try world.indexes() == ["thing_by_id"])
    }

    @Test("An index that was built by a process that died before it could record it is recorded")
    func resumesUnrecorded() async throws {
        let world = try await World()
        try world.session.executeScript("CREATE INDEX CONCURRENTLY thing_by_id ON thing (id)")
        #expect(await world.migrate(Self.index) == nil)
        #expect(try world.indexes() == ["thing_by_id"])
        #expect(try world.isRecorded())
    }

    @Test("E5 · An index that cannot be built leaves nothing behind, and no row")
    func failure() async throws {
        let world = try await World()
        let error = await world.migrate(Self.migration("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS thing_by_name ON thing (name)"))
        #expect(error?.message == "Migration test 2 (step) failed and left nothing behind.")
        #expect(error?.sqlstate == "23505")
        #expect(try world.indexes() == [])
        #expect(try !world.isRecorded())
    }

    @Test(
        "Several statements, and one that could not be run again, are refused before anything is done",
        arguments: [
            ("VACUUM thing; VACUUM thing", "has 2 statements"), ("", "has 0 statements"),
            ("CREATE INDEX CONCURRENTLY i ON thing (id)", "Say IF NOT EXISTS"),
            ("DROP INDEX CONCURRENTLY i", "Say IF NOT EXISTS or IF EXISTS"),
            ("INSERT INTO thing VALUES (1, 'IF NOT EXISTS')", "could not be run again"),
        ])
    func refused(sql: String, words: String) async throws {
        let world = try await World()
        let error = await world.migrate(Self.migration(sql))
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(try world.indexes() == [])
        #expect(try !world.isRecorded())
    }

    @Test("A lock that is not to be had is tried for again and again, and whoever came behind it is not held up for long")
    func lockTimeout() async throws {
        let world = try await World()
        try world.session.executeScript("BEGIN; LOCK TABLE thing IN ACCESS SHARE MODE")
        let step = Migration(service: "test", number: 2, name: "step", sql: "ALTER TABLE thing ADD more text")
        async let outcome = world.migrate(step)
        let other = try Session.connect(world.owner)
        // It has waited and given up when it is no longer there that waits, but still there.
        for wanted in [true, false, true] {
            let isThere = try await eventually {
                try other.execute(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'thing'::regclass) = \(wanted)"
                ).one()
            }
            #expect(isThere)
        }
        try world.session.executeScript("COMMIT")
        #expect(await outcome == nil)
        #expect(try world.isRecorded())
    }
}
