internal import Glibc
public import Net

/// Brings a database's schema up to this program's. Any number of processes may do so at once: one works, the others wait and then
/// find nothing to do.
///
/// It needs a direct connection, not one through a transaction pooler, since its lock belongs to a session.
public struct Migrator: Sendable {
    public let configuration: Database.Configuration
    public let migrations: [Migration]
    /// The role that is to own what migrations create; nil leaves it to the role that connects.
    public let owner: String?

    public init(_ configuration: Database.Configuration, migrations: [Migration], owner: String? = nil) {
        self.configuration = configuration
        self.migrations = Migration.foundation + migrations
        self.owner = owner
    }

    /// Applies what is missing, each migration in a transaction of its own, and returns what it applied.
    public func run(on pool: BlockingPool = .shared) async throws(PostgresError) -> [Migration] {
        try await blocking(on: pool) { () throws(PostgresError) in try runAndWait() }
    }

    /// What `run` would apply. It changes nothing, takes no lock and needs no more than the application's role.
    public func pending(on pool: BlockingPool = .shared) async throws(PostgresError) -> [Migration] {
        try await blocking(on: pool) { () throws(PostgresError) in
            let session = try Session.connect(configuration)
            defer { session.finish() }
            let exists: Bool = try session.execute("SELECT to_regclass('public.schema_migration') IS NOT NULL").one()
            return try MigrationPlan(known: migrations, applied: exists ? applied(session) : []).pending
        }
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
        try createTable(session)
        let pending = try MigrationPlan(known: migrations, applied: applied(session)).pending
        for migration in pending {
            // A broken lock connection has let another process in.
            try lock.execute("SELECT 1")
            try apply(migration, session)
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
            Migrator.pause(pause)
            pause = min(pause * 2, Limits.migrationLockPauses.longest)
        }
    }

    /// Any number will do that no other program takes in the same database.
    private static let lockKey: Int64 = 0x5357_4954_4348_4D47

    private func createTable(_ session: Session) throws(PostgresError) {
        try session.executeScript(
            """
            SET client_min_messages = warning;
            CREATE TABLE IF NOT EXISTS public.schema_migration (
                service text NOT NULL,
                number bigint NOT NULL,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (service, number)
            );
            GRANT SELECT ON public.schema_migration TO PUBLIC;
            """)
    }

    private func applied(_ session: Session) throws(PostgresError) -> [MigrationPlan.Applied] {
        try session.execute("SELECT service, number, checksum FROM public.schema_migration ORDER BY service, number").all()
    }

    private func apply(_ migration: Migration, _ session: Session) throws(PostgresError) {
        for attempt in 1... {
            do throws(PostgresError) {
                try attemptToApply(migration, session)
                return
            } catch {
                if !session.isBroken { _ = try? session.executeScript("ROLLBACK") }
                guard error.kind == .lockNotAvailable, attempt < Limits.migrationLockTries else {
                    if error.kind == .migration { throw error }
                    throw .migration("Migration \(migration) failed and was rolled back.", error)
                }
                Migrator.pause(Limits.migrationLockPauses.longest)
            }
        }
    }

    private func attemptToApply(_ migration: Migration, _ session: Session) throws(PostgresError) {
        try session.executeScript("BEGIN; SET LOCAL lock_timeout = \(Limits.migrationLockTimeoutMilliseconds)")
        try session.executeScript(migration.sql)
        guard session.isInTransaction else {
            throw .migration("Migration \(migration) ends its transaction. Take COMMIT and ROLLBACK out of it.")
        }
        try session.execute(
            """
            INSERT INTO public.schema_migration (service, number, name, checksum)
            VALUES (\(migration.service), \(migration.number), \(migration.name), \(migration.checksum))
            """)
        try session.execute("COMMIT")
    }

    private static func pause(_ duration: Duration) {
        usleep(UInt32(clamping: duration.wholeNanoseconds / 1000))
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
