internal import Net

/// What a transaction has sent and has still to send. Used by one task at a time, since `Transaction` cannot be copied.
final class TransactionBlock {
    private let database: Database
    private let scope: Scope
    private let begin: SQL
    private let access: Access
    private let pool: Confined<Pool>?
    private var lease: Lease?
    private var flushes = 0
    private var queued: [SyncGroup.Statement] = []
    private var announcements: [String] = []
    /// Why nothing more is sent.
    private(set) var failure: PostgresError?
    /// The server takes nothing but a rollback.
    private var isAborted = false
    private var savepoints = 0

    init(_ database: Database, _ scope: Scope, _ isolation: Isolation, _ access: Access, on pool: Confined<Pool>?) {
        self.database = database
        self.scope = scope
        self.access = access
        self.pool = pool
        begin = TransactionBlock.begin(isolation, access)
    }

    func enqueue(_ statement: SQL) {
        queued.append(SyncGroup.Statement(statement, isAwaited: false))
    }

    func announce(_ words: [String]) {
        announcements += words
    }

    @discardableResult
    func run(_ statement: SQL, isNamed: Bool = true) async throws(PostgresError) -> ResultSet {
        let results = try await run([SyncGroup.Statement(statement, isNamed: isNamed)])
        guard let result = results.last else { throw .connectionLost("a result is missing") }
        return result
    }

    /// Sends what is queued and `statements`; gives the results of those that are awaited.
    func run(_ statements: [SyncGroup.Statement]) async throws(PostgresError) -> [ResultSet] {
        if Task.isCancelled { failure = failure ?? .callerCancelled }
        if let failure { throw failure }
        if statements.isEmpty { return [] }
        return try await send(.part, statements)
    }

    /// A transaction that sent nothing and has nothing to send costs nothing.
    func commit() async throws(PostgresError) {
        if let failure { throw failure }
        if lease == nil, queued.isEmpty { return }
        let results: [ResultSet]
        do throws(PostgresError) {
            results = try await send(.commit, [SyncGroup.Statement("COMMIT", isNamed: false)])
        } catch {
            if error.kind == .commitUnknown { database.announcements.make(announcements) }
            throw error
        }
        guard results.last?.commandTag == "COMMIT" else {
            let error = PostgresError(.other, "The transaction was rolled back instead of committed.", report: results.last?.commandTag)
            failure = error
            throw error
        }
        database.announcements.make(announcements)
    }

    /// Gives the connection back, rolling back what was not committed.
    func end() async {
        queued = []
        guard let lease else { return }
        self.lease = nil
        await lease.end(timeout: database.configuration.longestStatement)
    }

    // MARK: Savepoints

    struct Savepoint {
        fileprivate var name: String
        /// Where it stands in what is queued, as long as nothing has been sent since.
        fileprivate var position: Int
        fileprivate var flushes: Int
        fileprivate var announcements: Int
    }

    func beginSavepoint() -> Savepoint {
        savepoints += 1
        let savepoint = Savepoint(name: "s\(savepoints)", position: queued.count, flushes: flushes, announcements: announcements.count)
        queued.append(SyncGroup.Statement("SAVEPOINT \(ownName: savepoint.name)", isNamed: false, isAwaited: false))
        return savepoint
    }

    func release(_ savepoint: Savepoint) {
        queued.append(SyncGroup.Statement("RELEASE SAVEPOINT \(ownName: savepoint.name)", isNamed: false, isAwaited: false))
    }

    /// Leaves `failure` in place when the transaction cannot go on.
    func rollBack(to savepoint: Savepoint) async {
        if savepoint.flushes == flushes, failure == nil {
            queued.removeSubrange(savepoint.position...)
            announcements.removeSubrange(savepoint.announcements...)
            return
        }
        if let failure {
            guard failure.sqlstate != nil else { return }
            switch failure.kind {
            case .serializationFailure, .deadlock, .connectionLost, .unavailable, .commitUnknown, .cancelled: return
            default: break
            }
        }
        let before = failure
        failure = nil
        isAborted = before != nil
        defer { isAborted = false }
        queued = []
        announcements.removeSubrange(savepoint.announcements...)
        do {
            // Released as well: an outer savepoint of the same transaction may be rolled back to later, this one never again.
            _ = try await send(
                .part,
                [
                    SyncGroup.Statement("ROLLBACK TO SAVEPOINT \(ownName: savepoint.name)", isNamed: false, isAwaited: false),
                    SyncGroup.Statement("RELEASE SAVEPOINT \(ownName: savepoint.name)", isNamed: false, isAwaited: false),
                ])
        } catch {
            failure = before ?? failure
        }
    }

    // MARK: Sending

    private func send(_ kind: SyncGroup.Kind, _ last: [SyncGroup.Statement]) async throws(PostgresError) -> [ResultSet] {
        do throws(PostgresError) {
            let isFirst = lease == nil
            let statements = queued + last
            queued = []
            flushes += 1
            var retries = 0
            while true {
                do throws(PostgresError) {
                    return try await attempt(kind, statements, isFirst: isFirst)
                } catch {
                    // All of the transaction is at hand here, so that a statement that was lost or outdated can be prepared anew.
                    guard isFirst, error.kind == .statementStale, retries < Limits.staleStatementRetries else { throw error }
                    retries += 1
                    await end()
                }
            }
        } catch {
            failure = error
            throw error
        }
    }

    private func attempt(
        _ kind: SyncGroup.Kind, _ statements: [SyncGroup.Statement], isFirst: Bool
    ) async throws(PostgresError) -> [ResultSet] {
        let lease: Lease
        if let held = self.lease {
            lease = held
        } else {
            lease = try await database.lend(scope, on: pool)
            self.lease = lease
        }
        let longest = database.configuration.longestStatement
        guard let timeout = scope.timeoutMilliseconds(at: .now(), longest: longest) else { throw .deadlineExceeded }
        var group: [SyncGroup.Statement] = []
        if isFirst {
            group = [
                SyncGroup.Statement(begin, isNamed: false, isAwaited: false),
                SyncGroup.Statement(scope.settings(timeoutMilliseconds: timeout), isAwaited: false),
            ]
        } else if scope.deadline != nil, !isAborted {
            // The time left has shrunk since the transaction began.
            group = [SyncGroup.Statement(Scope.timeouts(milliseconds: timeout), isAwaited: false)]
        }
        group += statements
        return try await lease.run(kind, group, isReadOnly: access == .readOnly, timeout: .milliseconds(timeout)).get()
    }

    private static func begin(_ isolation: Isolation, _ access: Access) -> SQL {
        switch (isolation, access) {
        case (.readCommitted, .readWrite): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case (.readCommitted, .readOnly): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, .readWrite): "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case (.repeatableRead, .readOnly): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, .readWrite): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        case (.serializable, .readOnly): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }
}
