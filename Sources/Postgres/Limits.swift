/// Every number that bounds this module, and why it is what it is.
enum Limits {
    /// Named statements kept on one connection; a program has a few dozen, composed filters some more. Each costs the server a plan.
    static let preparedStatements = 256
    /// Times a batch is sent again, all of it rolled back, for its prepared statements: once since one was lost or outdated, once more
    /// since one could not be prepared ahead of the others.
    static let staleStatementRetries = 2
    /// A backend costs a fork and ten milliseconds, so that a burst of callers must not start them all at once.
    static let connectsAtOnce = 2
    /// With none open, callers wait for so many connects in a row, within a quarter of a second; then PostgreSQL counts as away.
    static let failedConnectsBeforeAway = 3
    /// A free connection is asked whether it lives when it has been quiet for this long: routers forget connections in minutes.
    static let probeIdleAfter = Duration.seconds(30)
    /// A connection that answers a probe later than this is none to give to a caller.
    static let probeTimeout = Duration.seconds(5)
    /// What a caller who is refused is told to wait at least: less would be no relief.
    static let retryAfterLeast = Duration.milliseconds(50)
    /// The first pause after a failed connect; doubled after each further one.
    static let backoffInitial = Duration.milliseconds(50)
    /// The longest pause, so that a restarted server is found within about a second.
    static let backoffMaximum = Duration.seconds(1)
    /// Spread of a pause and of a connection's lifetime, so that processes do not act in step.
    static let jitter = 0.2
    /// How often a pool looks for overdue and outlived connections.
    static let sweepInterval = Duration.seconds(1)
    /// Past its deadline by this much, a server that has not enforced the statement timeout counts as gone.
    static let overdueGrace = Duration.seconds(2)
    /// PostgreSQL's `statement_timeout` is an `int` of milliseconds.
    static let statementTimeoutMaximumMilliseconds: Int64 = 2_147_483_647
    /// The Bind message counts parameters in 16 bits.
    static let parameters = 65_535
    /// PostgreSQL takes no message of more than a gigabyte.
    static let valueBytes = 1 << 30
    /// A statement that is cancelled ends at once, or its backend hangs: past this its connection is closed.
    static let cancelWait = Duration.seconds(10)
    /// A request to cancel that comes before its statement does nothing, so that it is repeated; doubled each time.
    static let cancelRepeat = Duration.milliseconds(20)
    /// Pauses before a transaction is run again: the first is drawn from up to this, each further one from up to twice as much.
    static let retryPauses = (first: Duration.milliseconds(10), longest: Duration.seconds(1))
    /// Transactions that may be run again at once, and what each success adds: when more than one in ten has to be, more work is no cure.
    static let retryBudget = (full: 50.0, perSuccess: 0.1)
    /// Rows of a page of a stream: enough that a page costs more than its round trip, and half a megabyte of rows of a kilobyte.
    static let pageRows = 500
    /// Connections that COPYs open beside the pools'.
    static let copiesAtOnce = 4
    /// The longest COPY without a deadline.
    static let copyLongest = Duration.seconds(3600)
    /// Rows are sent in pieces of this many bytes: fewer would cost a system call for a few rows.
    static let copyChunk = 64 * 1024
    /// Snapshots hold a connection and old row versions for as long as their reader likes.
    static let snapshotsPerTenant = 2
    /// NAMEDATALEN less the zero byte: PostgreSQL cuts longer identifiers off.
    static let identifierBytes = 63
    /// Events that wait for one consumer; of 8000 bytes each at most, so 8 MB.
    static let bufferedNotifications = 1024
    /// A listening connection that was quiet for this long is asked whether it lives; it has as long to answer.
    static let listenerProbeInterval = Duration.seconds(15)
    /// The longest a migration waits for the lock of another process that migrates.
    static let migrationLockWait = Duration.seconds(300)
    /// Pauses between tries for the migration lock: short at first, then rare enough to be no load.
    static let migrationLockPauses = (first: Duration.milliseconds(25), longest: Duration.seconds(1))
    /// A migration that waits for a table lock makes everyone behind it wait: it gives up quickly and tries again.
    static let migrationLockTimeoutMilliseconds = 2_000
    static let migrationLockTries = 30
    /// What is built CONCURRENTLY waits for every older transaction, and stops no writer meanwhile: given up, it would have been built for
    /// nothing. As long as others wait for their turn to migrate.
    static let concurrentLockTimeoutMilliseconds = 300_000
}
