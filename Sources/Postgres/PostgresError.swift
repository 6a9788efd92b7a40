/// Everything that can go wrong in this module.
///
/// `message` is a sentence for anyone, a peer included: it never holds a statement, a value or the server's own words. Those are in
/// `report`, for the log.
public struct PostgresError: Error, Sendable, Equatable {
    public var kind: Kind
    /// PostgreSQL's five characters (appendix A of its manual), when the server said no.
    public var sqlstate: String?
    public var constraint: String?
    public var table: String?
    public var column: String?
    public var message: String
    /// What the server or libpq said, in the server's language, with detail and hint. For the log only: it may quote rows.
    public var report: String?
    /// When to come back, for `unavailable` and `saturated`: sooner is of no use.
    public var retryAfter: Duration?

    public enum Kind: Sendable, Hashable, CaseIterable {
        case uniqueViolation
        case foreignKeyViolation
        case notNullViolation
        case checkViolation
        case exclusionViolation
        /// Another transaction won (40001): run the whole transaction again.
        case serializationFailure
        /// Two transactions waited for each other (40P01): run the whole transaction again.
        case deadlock
        /// A lock was not to be had in time (55P03).
        case lockNotAvailable
        /// The statement ran into the timeout that the scope's deadline set.
        case statementTimeout
        /// The deadline had passed before a statement was sent.
        case deadlineExceeded
        /// The statement was cancelled by an operator, or the calling task was cancelled.
        case cancelled
        /// A value does not fit: out of range, not a number, invalid text (class 22).
        case invalidValue
        /// The statement names what the schema does not have, or is no SQL: a defect of the program or a missing migration.
        case schemaMismatch
        case insufficientPrivilege
        /// A write reached a read-only transaction or a standby.
        case readOnly
        /// PostgreSQL is not there, is starting or stopping, or has no connection to spare; nothing was executed.
        case unavailable
        /// All connections are taken and too many callers wait already, or this one waited too long; nothing was executed.
        case saturated
        /// The connection broke; the transaction was not committed.
        case connectionLost
        /// The connection broke after the commit was sent: it may or may not have taken place.
        case commitUnknown
        /// A prepared statement went away or no longer fits the schema; the transaction can be run again.
        case statementStale
        /// The query gave no row where one was demanded.
        case noRow
        /// The query gave several rows where at most one was allowed.
        case tooManyRows
        /// A column is missing, NULL, or of a type that the Swift type does not read.
        case decoding
        /// A migration cannot be applied, or was changed after it was applied.
        case migration
        /// The database was shut down by this process.
        case closed
        /// What is not named here: disk full, out of memory, an internal error of PostgreSQL.
        case other
    }

    public init(
        _ kind: Kind, _ message: String, sqlstate: String? = nil, constraint: String? = nil, table: String? = nil, column: String? = nil,
        report: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sqlstate = sqlstate
        self.constraint = constraint
        self.table = table
        self.column = column
        self.report = report
    }

    /// Whether the same work may succeed when it is run again from its start, and cannot have been done already.
    public var isRetryable: Bool {
        switch kind {
        case .serializationFailure, .deadlock, .lockNotAvailable, .statementStale, .unavailable, .saturated, .connectionLost: true
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// For the log: the sentence, the SQLSTATE, and what the server said.
    public var description: String {
        var text = message
        if let sqlstate { text += " [\(sqlstate)]" }
        if let report { text += " (\(report))" }
        return text
    }
}
