import Net
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// A backend that dies while it commits a keyed call, before it did or after: the key knows which.
@Suite struct CommitUnknownTests {
    /// The first commit that writes a note ends its own backend. A sequence is not rolled back, so that it happens once.
    private static let schema = Migration(
        service: "test", number: 1, name: "note",
        sql: """
            CREATE TABLE note (tenant_id text NOT NULL, body text NOT NULL);
            GRANT SELECT, INSERT ON note TO switchboard_app;
            CREATE SEQUENCE commits;
            GRANT USAGE ON SEQUENCE commits TO switchboard_app;
            CREATE FUNCTION end_first() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('commits') = 1 THEN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                    PERFORM pg_sleep(600);
                END IF;
                RETURN NULL;
            END
            $$;
            CREATE CONSTRAINT TRIGGER end_first AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION end_first();
            """)

    private struct World {
        let calls: CallWorld
        let database: Database

        func write(_ reply: String, key: String = "key-00001") async throws -> String {
            let call = try calls.call(tenant: "a", key: key)
            return try await database.once(IdempotencyKey(call), request: StringValue(), reply: Self.value(reply), call) { batch in
                batch.enqueue("INSERT INTO note (tenant_id, body) VALUES (current_tenant(), \(reply))")
            }.value
        }

        func writeInTransaction(_ reply: String, key: String = "key-00001") async throws -> String {
            let call = try calls.call(tenant: "a", key: key)
            return try await database.once(IdempotencyKey(call), request: StringValue(), call) { transaction in
                try await transaction.execute("INSERT INTO note (tenant_id, body) VALUES (current_tenant(), \(reply))")
                return Self.value(reply)
            }.value
        }

        /// A backend that dies holds its key for a moment longer.
        func writeOncePossible(_ reply: String) async throws -> String {
            while true {
                do {
                    return try await writeInTransaction(reply)
                } catch let error as RPCError where error.reason == "IDEMPOTENCY_IN_PROGRESS" {
                    await Task.yield()
                }
            }
        }

        func notes() async throws -> [String] {
            try await database.batch(Scope(tenant: "a", caller: "", requestID: "")) { $0.all("SELECT body FROM note ORDER BY body") }
        }

        private static func value(_ text: String) -> StringValue {
            var value = StringValue()
            value.value = text
            return value
        }
    }

    private static func with(_ fresh: TestDatabase, _ body: (World) async throws -> Void) async throws {
        let loops = try EventLoopGroup(count: 1)
        let world = World(calls: try CallWorld(), database: Database(fresh.application, loops: loops.loops))
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await world.database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    @Test("R1 · A commit that did not take place is made again, once, under the same key")
    func notCommitted() async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + [Self.schema])
        try await Self.with(fresh) { (world) async throws in
            #expect(try await world.write("first") == "first")
            #expect(try await world.notes() == ["first"])
            #expect(try await world.write("second") == "first")
        }
    }

    @Test("R1 · A COMMIT whose backend says that it dies before it has answered is known not to have taken place, and leaves no key")
    func knownNotCommitted() async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + [Self.schema])
        try await Self.with(fresh) { (world) async throws in
            let error = await #expect(throws: PostgresError.self) { _ = try await world.writeInTransaction("first") }
            #expect(error?.kind == .connectionLost)
            #expect(try await world.writeOncePossible("second") == "second")
            #expect(try await world.notes() == ["second"])
        }
    }

    @Test("R1 · A commit that did take place is not repeated, although its backend died before it could say so", arguments: [false, true])
    func committed(inTransaction: Bool) async throws {
        // A commit that waits for a standby that there is not has taken place, but nobody is told.
        let cluster = try await TestCluster.start()
        let settings = try Session.connect(cluster.administrator)
        for statement in [
            "ALTER SYSTEM SET wal_level = 'replica'", "ALTER SYSTEM SET max_wal_senders = 1",
            "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
            "ALTER ROLE switchboard_app SET synchronous_commit = 'on'",
        ] { try settings.executeScript(statement) }
        settings.finish()
        try await cluster.stop()
        try await cluster.restart()
        let fresh = try await cluster.freshDatabase(PlatformSchema.migrations + [Self.schema])
        let administration = try Session.connect(fresh.administrator)
        try administration.executeScript("SELECT nextval('commits')")
        try await Self.with(fresh) { (world) async throws in
            async let outcome = inTransaction ? world.writeInTransaction("first") : world.write("first")
            var backends: [Int32] = []
            while backends.isEmpty {
                backends = try administration.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'").all()
                await Task.yield()
            }
            for backend in backends { try administration.execute("SELECT pg_terminate_backend(\(backend))") }
            #expect(try await outcome == "first")
            #expect(try await world.notes() == ["first"])
        }
        administration.finish()
        try await cluster.stop()
    }
}
