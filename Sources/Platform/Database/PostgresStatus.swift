internal import Net
internal import Postgres
internal import RPC
internal import StandardTypes

extension RPCError {
    /// What a peer may know of a database's error: its kind, a sentence, and when to try again. Never a statement, a value or the server's
    /// own words. A service that knows what a constraint means says so itself before it comes here.
    init(_ error: PostgresError) {
        switch error.kind {
        case .uniqueViolation:
            self.init(.alreadyExists, reason: "ALREADY_EXISTS", "Something with this key exists already.")
        case .foreignKeyViolation:
            self.init(
                .failedPrecondition, reason: "REFERENCE_MISSING", "Something that this refers to is not there, or is still referred to.")
        case .notNullViolation, .checkViolation, .exclusionViolation:
            self.init(.failedPrecondition, reason: "CONSTRAINT_VIOLATED", "The change breaks a rule of the data.")
        case .serializationFailure, .deadlock, .lockNotAvailable:
            self.init(.aborted, reason: "SERIALIZATION_CONFLICT", "Another change came in between: do the whole of it again.")
        case .statementTimeout, .deadlineExceeded:
            self.init(.deadlineExceeded, reason: "DEADLINE_EXCEEDED", "The time was over before the database had answered.")
        case .cancelled:
            self.init(.cancelled, reason: "CANCELLED", "The call was cancelled.")
        case .invalidValue:
            self.init(.invalidArgument, reason: "FIELD_VIOLATION", "A value does not fit where it should be stored.")
        case .insufficientPrivilege:
            self.init(.permissionDenied, reason: "DATABASE_REFUSED", "The server itself may not do this.")
        case .unavailable, .connectionLost, .statementStale, .readOnly, .closed:
            self.init(
                .unavailable, reason: "DB_UNAVAILABLE", "The database is not available. Nothing was changed: try again in a moment.",
                details: [ErrorDetail(RetryInfo(after: error.retryAfter ?? .seconds(1)))])
        case .saturated:
            self.init(
                .resourceExhausted, reason: "POOL_SATURATED", "The database has more work than it can take: try again in a moment.",
                details: [ErrorDetail(RetryInfo(after: error.retryAfter ?? .seconds(1)))])
        case .commitUnknown:
            self.init(
                .unavailable, reason: "COMMIT_UNKNOWN",
                "The connection to the database broke during the commit. The change may or may not have taken place: "
                    + "repeat the call with the same idempotency-key, or look first.",
                details: [ErrorDetail(RetryInfo(after: error.retryAfter ?? .seconds(1)))])
        case .schemaMismatch, .noRow, .tooManyRows, .decoding, .migration, .other:
            self.init(.internal, reason: "INTERNAL", "Something went wrong in the server. Its log knows more under the request id.")
        }
    }
}

extension RetryInfo {
    init(after pause: Swift.Duration) {
        self.init()
        var delay = StandardTypes.Duration()
        delay.seconds = pause.wholeNanoseconds / 1_000_000_000
        delay.nanos = Int32(clamping: pause.wholeNanoseconds % 1_000_000_000)
        retryDelay = delay
    }
}
