internal import Glibc
internal import Net

/// Applies migrations over one connection, whose process has the lock.
struct MigrationApplication {
    private let session: Session

    init(_ session: Session) {
        self.session = session
    }

    /// Makes the table that records migrations, or brings it up to date.
    func prepare() throws(PostgresError) {
        try session.executeScript(
            """
            SET client_min_messages = warning;
            SET lock_timeout = \(Limits.migrationLockTimeoutMilliseconds);
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
        // ALTER TABLE waits for whoever reads the table, also when it has nothing to do.
        let isUpToDate: Bool = try session.execute(
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.schema_migration'::regclass AND attname = 'expands')"
        ).one()
        if isUpToDate { return }
        try retrying(Limits.migrationLockTries) { () throws(PostgresError) in
            try session.executeScript("ALTER TABLE public.schema_migration ADD COLUMN expands boolean NOT NULL DEFAULT false")
        }
    }

    func apply(_ migration: Migration) throws(PostgresError) {
        do throws(PostgresError) {
            try retrying(migration.isConcurrent ? 1 : Limits.migrationLockTries) { () throws(PostgresError) in
                let timeout = migration.isConcurrent ? Limits.concurrentLockTimeoutMilliseconds : Limits.migrationLockTimeoutMilliseconds
                try session.executeScript("SET lock_timeout = \(timeout)")
                if migration.needsNoTransaction {
                    try applyInNoTransaction(migration)
                } else {
                    try applyInTransaction(migration)
                }
            }
        } catch {
            if error.kind == .migration { throw error }
            if migration.needsNoTransaction, session.isBroken || migration.statements.first?.concurrentIndex == nil {
                throw .migration(
                    "Migration \(migration) failed. It runs in no transaction, so that part of it may have taken place. Migrate again.",
                    error)
            }
            throw .migration("Migration \(migration) failed and left nothing behind.", error)
        }
    }

    /// Whoever waits for a table's lock makes everyone wait who comes after it: it gives up soon and tries again.
    private func retrying(_ tries: Int, _ body: () throws(PostgresError) -> Void) throws(PostgresError) {
        for attempt in 1... {
            do throws(PostgresError) {
                try body()
                return
            } catch {
                if !session.isBroken { _ = try? session.executeScript("ROLLBACK") }
                guard error.kind == .lockNotAvailable, attempt < tries else { throw error }
                MigrationApplication.pause(Limits.migrationLockPauses.longest)
            }
        }
    }

    private func applyInTransaction(_ migration: Migration) throws(PostgresError) {
        try session.executeScript("BEGIN")
        try session.executeScript(migration.sql)
        guard session.isInTransaction else {
            throw .migration("Migration \(migration) ends its transaction. Take COMMIT and ROLLBACK out of it.")
        }
        try session.execute(.record(migration))
        do throws(PostgresError) {
            try session.execute("COMMIT")
        } catch {
            guard session.isBroken else { throw error }
            throw .migration(
                "The connection broke at the commit of migration \(migration): it has taken place as a whole, or not at all. Migrate again.",
                error)
        }
    }

    /// What a process leaves that dies in between is an index that is not valid, or one that no row records: the next one goes on there.
    private func applyInNoTransaction(_ migration: Migration) throws(PostgresError) {
        let statements = migration.statements
        guard statements.count == 1, let statement = statements.first else {
            throw .migration(
                "Migration \(migration) is -- no-transaction and has \(statements.count) statements. Give each a file of its own.")
        }
        guard statement.isRepeatable else {
            throw .migration(
                "Migration \(migration) is -- no-transaction and could not be run again after it was cut off. Say IF NOT EXISTS or IF EXISTS."
            )
        }
        let index = statement.concurrentIndex
        if let index { try dropInvalid(index) }
        do throws(PostgresError) {
            try session.executeScript(statement.text)
            if let index, try isInvalid(index) {
                throw .migration("Migration \(migration) left an index that is not valid. See the log of PostgreSQL.")
            }
        } catch {
            if let index, !session.isBroken {
                do throws(PostgresError) {
                    try dropInvalid(index)
                } catch let second {
                    throw .migration(
                        "Migration \(migration) failed (\(error.message)) and left an index that is not valid. Migrate again.", second)
                }
            }
            throw error
        }
        do throws(PostgresError) {
            try session.execute(.record(migration))
        } catch {
            throw .migration("Migration \(migration) has taken place and is perhaps not recorded. Migrate again.", error)
        }
    }

    private func isInvalid(_ index: String) throws(PostgresError) -> Bool {
        try session.execute(
            "SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(quote_ident(\(index))) AND NOT indisvalid)"
        ).one()
    }

    private func dropInvalid(_ index: String) throws(PostgresError) {
        guard try isInvalid(index) else { return }
        try session.executeFormatted("SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I', \(index))")
    }

    static func pause(_ duration: Duration) {
        usleep(UInt32(clamping: duration.wholeNanoseconds / 1000))
    }
}

extension Migration {
    /// It waits for others' transactions, and none of them waits for it.
    fileprivate var isConcurrent: Bool { needsNoTransaction && statements.contains { $0.words.contains("concurrently") } }
}

extension SQLScript.Statement {
    /// Whether running it again does no harm, wherever it was cut off the first time.
    fileprivate var isRepeatable: Bool {
        func says(_ part: [String]) -> Bool { words.indices.contains { words[$0...].starts(with: part) } }
        return switch words.first {
        case "create": says(["if", "not", "exists"])
        case "drop": says(["if", "exists"])
        case "alter": words.starts(with: ["alter", "type"]) && says(["if", "not", "exists"])
        case "vacuum", "analyze", "reindex": true
        default: false
        }
    }

    /// The index that a CREATE INDEX CONCURRENTLY IF NOT EXISTS makes.
    fileprivate var concurrentIndex: String? {
        let rest = words.dropFirst(words.starts(with: ["create", "unique"]) ? 2 : 1)
        guard words.first == "create", rest.starts(with: ["index", "concurrently", "if", "not", "exists"]) else { return nil }
        return rest.dropFirst(5).first
    }
}

extension SQL {
    fileprivate static func record(_ migration: Migration) -> SQL {
        """
        INSERT INTO public.schema_migration (service, number, name, checksum, expands)
        VALUES (\(migration.service), \(migration.number), \(migration.name), \(migration.checksum), \(migration.expands))
        """
    }
}
