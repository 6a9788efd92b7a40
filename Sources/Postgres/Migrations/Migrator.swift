internal import Glibc
public import Net

/// Brings a database's schema up to this program's. Any number of processes may do so at once: one works, the others wait and then
/// find nothing to do.
///
/// It connects directly, not through a transaction pooler, since its lock belongs to a session.
public struct Migrator: Sendable {
    public let configuration: Database.Configuration
    public let migrations: [Migration]
    /// The role that is to own what migrations create; nil leaves it to the role that connects.
    public let owner: String?

    public init(_ configuration: Database.Configuration, migrations: [Migration], owner: String? = nil) {
        self.configuration = configuration.direct
        self.migrations = Migration.foundation + migrations
        self.owner = owner
    }

    /// Applies what is missing, each migration in a transaction of its own, and returns what it applied.
    public func run(on pool: BlockingPool = .shared) async throws(PostgresError) -> [Migration] {
        try await blocking(on: pool) { () throws(PostgresError) in try runAndWait() }
    }

    /// What `run` would apply. It changes nothing, takes no lock and needs no more than the application's role.
    public func pending(on pool: BlockingPool = .shared) async throws(PostgresError) -> [Migration] {
        try await withSession(on: pool) { (session) throws(PostgresError) in try plan(session).pending }
    }

    /// What `run` would do, and what that would stop. It changes nothing, takes no lock and needs no more than the application's role.
    public func forecast(on pool: BlockingPool = .shared) async throws(PostgresError) -> [MigrationForecast] {
        try await withSession(on: pool) { (session) throws(PostgresError) in
            let pending = try plan(session).pending
            let released = migrations.filter { !pending.contains($0) }
            var forecasts: [MigrationForecast] = []
            for (position, migration) in pending.enumerated() {
                var sizes: [String: MigrationForecast.Size] = [:]
                for lock in migration.statements.flatMap({ $0.locks ?? [] }) where sizes[lock.table] == nil {
                    sizes[lock.table] = try session.execute(.size(of: lock.table)).optional()
                }
                forecasts.append(
                    MigrationForecast(migration, sizes: sizes, objections: migration.objections(after: released + pending[..<position])))
            }
            return forecasts
        }
    }

    private func withSession<Value: Sendable>(
        on pool: BlockingPool, _ body: @escaping @Sendable (Session) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await blocking(on: pool) { () throws(PostgresError) in
            let session = try Session.connect(configuration)
            defer { session.finish() }
            return try body(session)
        }
    }

    private func plan(_ session: Session) throws(PostgresError) -> MigrationPlan {
        let exists: Bool = try session.execute("SELECT to_regclass('public.schema_migration') IS NOT NULL").one()
        return try MigrationPlan(known: migrations, applied: exists ? session.execute(.appliedMigrations).all() : [])
    }

    private func runAndWait() throws(PostgresError) -> [Migration] {
        // The lock has a connection of its own that is in no transaction: waiting on a lock inside of one would hold back
        // CREATE INDEX CONCURRENTLY and vacuum.
        let lock = try Session.connect(configuration)
        defer { lock.finish() }
        try takeLock(lock)
        let session = try Session.connect(configuration)
        defer { session.finish() }
        if let owner { try session.execute("SELECT set_config('role', \(owner), false)") }
        let application = MigrationApplication(session)
        try application.prepare()
        let pending = try plan(session).pending
        for migration in pending {
            // A broken lock connection has let another process in.
            try lock.execute("SELECT 1")
            try application.apply(migration)
        }
        return pending
    }

    private func takeLock(_ session: Session) throws(PostgresError) {
        let deadline = MonotonicTime.now() + Limits.migrationLockWait
        var pause = Limits.migrationLockPauses.first
        while true {
            let isTaken: Bool = try session.execute("SELECT pg_try_advisory_lock(\(Migrator.lockKey))").one()
            if isTaken { return }
            guard MonotonicTime.now() < deadline else {
                throw .migration("Another process has been migrating this database for \(Limits.migrationLockWait). See what holds it up.")
            }
            MigrationApplication.pause(pause)
            pause = min(pause * 2, Limits.migrationLockPauses.longest)
        }
    }

    /// Any number will do that no other program takes in the same database.
    private static let lockKey: Int64 = 0x5357_4954_4348_4D47
}

extension SQL {
    /// The rows of `MigrationPlan.Applied`, also where an earlier version of this program made the table.
    static let appliedMigrations: SQL = """
        SELECT service, number, checksum, coalesce((to_jsonb(m) ->> 'expands')::boolean, false) AS expands
        FROM public.schema_migration m ORDER BY service, number
        """

    fileprivate static func size(of table: String) -> SQL {
        """
        SELECT pg_total_relation_size(oid) AS bytes, greatest(reltuples, 0)::bigint AS rows FROM pg_class WHERE oid = to_regclass(\(table))
        """
    }
}

/// Runs work that blocks on a thread that may.
func blocking<Value: Sendable>(
    on pool: BlockingPool, _ work: @escaping @Sendable () throws(PostgresError) -> Value
) async throws(PostgresError) -> Value {
    do {
        return try await pool.run(work)
    } catch {
        throw error as? PostgresError ?? PostgresError(.saturated, "Too much work waits for a thread already. Try again shortly.")
    }
}
