internal import Net
internal import Postgres
internal import RPC
internal import StandardTypes

extension RPCError {
    /// What a peer may know of a database's error: its kind, a sentence, and when to try again. Never a statement, a value or the server's
    /// own words. A service that knows what a constraint means says so itself before it comes here.
    init(_ error: PostgresError) {
        let retry = [ErrorDetail(RetryInfo(after: error.retryAfter ?? Limits.unavailableRetry))]
        switch error.kind {
        case .uniqueViolation: self.init(reason: .alreadyExists)
        case .foreignKeyViolation: self.init(reason: .referenceMissing)
        case .notNullViolation, .checkViolation, .exclusionViolation: self.init(reason: .constraintViolated)
        // A lock is waited for as long as the call allows, less what its end takes: who still has it then is in between.
        case .serializationFailure, .deadlock, .lockNotAvailable: self.init(reason: .serializationConflict)
        case .statementTimeout, .deadlineExceeded:
            self.init(reason: .deadlineExceeded, "The time was over before the database had answered.")
        case .cancelled: self.init(reason: .cancelled)
        case .invalidValue: self.init(reason: .fieldViolation, "A value does not fit where it should be stored.")
        case .insufficientPrivilege: self.init(reason: .databaseRefused)
        case .unavailable, .connectionLost, .statementStale, .readOnly, .closed: self.init(reason: .dbUnavailable, details: retry)
        case .saturated: self.init(reason: .poolSaturated, details: retry)
        case .commitUnknown: self.init(reason: .commitUnknown, details: retry)
        case .schemaMismatch, .noRow, .tooManyRows, .decoding, .migration, .other: self.init(reason: .internal)
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
