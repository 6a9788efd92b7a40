import Net
import Postgres
import TestSupport

/// A database of one test's own, with the application's role on one loop and a superuser beside it.
struct World {
    let database: TestDatabase
    /// As the application's role, on `loops`.
    let connections: Database
    /// As the superuser, for what the application may not do; on the same loops.
    let administration: Database
    let loops: EventLoopGroup

    static let migrations = [
        Migration(
            service: "test", number: 1, name: "note",
            sql: """
                CREATE TABLE note (
                    id uuid PRIMARY KEY,
                    tenant_id text NOT NULL DEFAULT current_tenant(),
                    body text NOT NULL CONSTRAINT note_body_not_empty CHECK (body <> ''),
                    CONSTRAINT note_body_key UNIQUE (tenant_id, body)
                );
                ALTER TABLE note ENABLE ROW LEVEL SECURITY;
                ALTER TABLE note FORCE ROW LEVEL SECURITY;
                CREATE POLICY note_tenant ON note USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
                GRANT SELECT, INSERT, UPDATE, DELETE ON note TO switchboard_app;
                CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);
                GRANT SELECT, INSERT, UPDATE, DELETE ON counter TO switchboard_app;
                """)
    ]

    /// Runs `body` in a fresh world, of the shared cluster unless the test stops servers.
    static func with(
        cluster: TestCluster? = nil, loops count: Int = 1, _ configure: (inout Database.Configuration) -> Void = { _ in },
        _ body: (World) async throws -> Void
    ) async throws {
        let cluster = if let cluster { cluster } else { try await TestCluster.shared() }
        let database = try await cluster.freshDatabase(migrations)
        var configuration = database.application
        // All suites run at once on whatever machine there is; no test waits this long unless it fails.
        configuration.longestWait = .seconds(300)
        configuration.connectTimeout = .seconds(300)
        configure(&configuration)
        let loops = try EventLoopGroup(count: count)
        let world = World(
            database: database, connections: Database(configuration, loops: loops.loops),
            administration: Database(database.administrator, loops: loops.loops), loops: loops)
        let outcome: (any Error)?
        do {
            try await body(world)
            outcome = nil
        } catch {
            outcome = error
        }
        await world.connections.shutdown()
        await world.administration.shutdown()
        loops.shutdown()
        if let outcome { throw outcome }
    }
}

extension Scope {
    static func of(_ tenant: String?, within time: Duration? = .seconds(300)) -> Scope {
        Scope(tenant: tenant, caller: "tester", requestID: "request-1", deadline: time.map { .now() + $0 })
    }

    static var anyone: Scope { .of(nil) }
}

/// The error that `body` throws; nil when it throws none, or one of another type.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Asks until the answer is true; for what another process does in its own time. False when that did not happen in two minutes.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = MonotonicTime.now() + .seconds(120)
    while MonotonicTime.now() < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return false
}
