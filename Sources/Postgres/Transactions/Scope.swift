public import Net

/// On whose behalf and until when statements run. It reaches PostgreSQL in the same round trip as the statements, as the settings
/// `app.tenant`, `app.caller` and `app.request_id` of their transaction, and as its `statement_timeout` and `lock_timeout`.
public struct Scope: Sendable {
    /// What row-level security compares with; nil sees no tenant's rows.
    public var tenant: String?
    public var caller: String
    public var requestID: String
    /// Statements are cancelled by the server when it has passed.
    public var deadline: MonotonicTime?
    /// Goes ahead of those who wait for a connection, and may open one beyond the limit: for health checks and administration only.
    public var isPrivileged = false

    public init(tenant: String?, caller: String, requestID: String, deadline: MonotonicTime? = nil) {
        self.tenant = tenant
        self.caller = caller
        self.requestID = requestID
        self.deadline = deadline
    }

    /// The statement that goes ahead of every transaction of this scope. `true` makes a setting local to the transaction.
    ///
    /// Whoever waits for a lock is told so (55P03) while there is time left to do something about it; a statement that computes for too
    /// long is told otherwise (57014).
    func settings(timeoutMilliseconds: Int64) -> SQL {
        let (timeout, lockTimeout) = Scope.texts(milliseconds: timeoutMilliseconds)
        return """
            SELECT set_config('app.tenant', \(tenant ?? ""), true), set_config('app.caller', \(caller), true), \
            set_config('app.request_id', \(requestID), true), set_config('statement_timeout', \(timeout), true), \
            set_config('lock_timeout', \(lockTimeout), true), set_config('idle_in_transaction_session_timeout', \(timeout), true)
            """
    }

    /// The same for a transaction that runs already: the time left has shrunk.
    static func timeouts(milliseconds: Int64) -> SQL {
        let (timeout, lockTimeout) = texts(milliseconds: milliseconds)
        return """
            SELECT set_config('statement_timeout', \(timeout), true), set_config('lock_timeout', \(lockTimeout), true), \
            set_config('idle_in_transaction_session_timeout', \(timeout), true)
            """
    }

    private static func texts(milliseconds: Int64) -> (timeout: String, lockTimeout: String) {
        (String(milliseconds), String(max(1, milliseconds / 2)))
    }

    /// The time left for statements, at most `longest`, rounded up to PostgreSQL's milliseconds; nil when none is left.
    func timeoutMilliseconds(at now: MonotonicTime, longest: Duration) -> Int64? {
        var nanoseconds = longest.wholeNanoseconds
        if let deadline {
            let left = (deadline - now).wholeNanoseconds
            guard left > 0 else { return nil }
            nanoseconds = min(nanoseconds, left)
        }
        let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
        return min(max(1, milliseconds), Limits.statementTimeoutMaximumMilliseconds)
    }
}
