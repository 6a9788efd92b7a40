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

    struct Statement {
        var sql: SQL
        /// COMMIT and its like are cheaper parsed each time than kept by name on every connection.
        var isNamed = true
        /// Somebody waits for what it gives.
        var isAwaited = true
        /// Under which name it is prepared on the connection that it goes through.
        var name: String?

        init(_ sql: SQL, isNamed: Bool = true, isAwaited: Bool = true) {
            self.sql = sql
            self.isNamed = isNamed
            self.isAwaited = isAwaited
        }
    }

    let kind: Kind
    var statements: [Statement]
    /// The server cancels each statement after this time.
    var statementTimeout = Duration.zero
    /// Called once, when `outcome` is there. Set before the group is submitted.
    var onEnd: () -> Void = {}

    /// Of the statements that are awaited, in order.
    private(set) var results: [ResultSet] = []
    private(set) var answers = 0
    var failure: PostgresError?
    var sentAt = MonotonicTime(nanoseconds: 0)
    private(set) var retries = 0
    /// It has said itself that it writes nothing.
    var isReadOnly = false
    private(set) var isDone = false
    /// The task that waits for it was cancelled.
    var isCancelled = false
    /// A statement could not be prepared ahead of the others: it needs what they do, or it is wrong.
    var failedToPrepare = false
    /// Each statement is parsed in its turn, unnamed.
    private(set) var isUnprepared = false

    init(_ kind: Kind, _ statements: consuming [Statement] = []) {
        self.kind = kind
        self.statements = statements
    }

    var outcome: Result<[ResultSet], PostgresError> {
        if let failure { .failure(failure) } else { .success(results) }
    }

    /// A server that enforces the statement timeout needs no longer.
    var longestRun: Duration {
        statementTimeout * max(1, statements.count)
    }

    /// All its statements have been answered without an error, only the Sync has not.
    var isAnswered: Bool { failure == nil && answers == statements.count }

    /// The next statement succeeded. `result` is there when it is awaited.
    func answered(_ result: ResultSet?) {
        answers += 1
        if let result { results.append(result) }
    }

    func end() {
        isDone = true
        let onEnd = self.onEnd
        // It holds whoever waits, who may hold this.
        self.onEnd = {}
        onEnd()
    }

    func fail(_ error: PostgresError) {
        failure = error
        end()
    }

    /// Forgets an attempt that the server has rolled back.
    func reset() {
        results = []
        answers = 0
        failure = nil
        isUnprepared = failedToPrepare
        failedToPrepare = false
        retries += 1
    }
}
