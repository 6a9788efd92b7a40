internal import Net

/// Statements between two Syncs, on their way through one connection. Confined to the connection's loop once it is submitted.
final class SyncGroup {
    enum Kind {
        /// A transaction of its own, which the Sync commits.
        case batch
        /// A part of a transaction block that ends in another group.
        case part
        /// The part that holds COMMIT.
        case commit
    }

    /// COMMIT and its like are cheaper parsed each time than kept by name on every connection.
    struct Statement {
        var sql: SQL
        var isNamed = true
    }

    let kind: Kind
    var statements: [Statement]
    /// The server cancels each statement after this time.
    var statementTimeout = Duration.zero
    /// Set before the group is submitted; called once.
    var complete: (Result<[ResultSet], PostgresError>) -> Void

    var results: [ResultSet] = []
    var failure: PostgresError?
    var sentAt = MonotonicTime(nanoseconds: 0)
    var retries = 0
    /// It has said itself that it writes nothing.
    var isReadOnly = false
    private(set) var isDone = false
    /// The task that waits for it was cancelled.
    var isCancelled = false
    /// A statement could not be prepared ahead of the others: it needs what they do, or it is wrong.
    var failedToPrepare = false
    /// Each statement is parsed in its turn, unnamed.
    var isUnprepared = false

    init(_ kind: Kind, _ statements: [Statement], complete: @escaping (Result<[ResultSet], PostgresError>) -> Void = { _ in }) {
        self.kind = kind
        self.statements = statements
        self.complete = complete
    }

    /// A server that enforces the statement timeout needs no longer.
    var longestRun: Duration {
        statementTimeout * max(1, statements.count)
    }

    /// All its statements have been answered without an error, only the Sync has not.
    var isAnswered: Bool { failure == nil && results.count == statements.count }

    func finish() {
        isDone = true
        if let failure {
            complete(.failure(failure))
        } else {
            complete(.success(results))
        }
    }

    func fail(_ error: PostgresError) {
        isDone = true
        complete(.failure(error))
    }

    /// Forgets an attempt that the server has rolled back.
    func reset() {
        results = []
        failure = nil
        isUnprepared = failedToPrepare
        failedToPrepare = false
        retries += 1
    }
}
