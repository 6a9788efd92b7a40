internal import Postgres
internal import RPC

/// What becomes of a job whose handler has thrown. Pure.
struct JobVerdict: Equatable {
    enum Next: Equatable {
        /// Another attempt, after a pause.
        case again(after: Duration)
        /// The same attempt once more, after a pause.
        case later(after: Duration)
        case dead
    }

    /// As job_error has it.
    enum Class: String {
        case transient, permanent, timeout
    }

    var next: Next
    var `class`: Class
    var message: String

    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - allowed: how many there are.
    ///   - random: 0..<1.
    init(
        _ error: any Error, as errorClass: JobErrorClass, isTimeout: Bool, attempt: Int, allowed: Int, retries: JobRetries, random: Double
    ) {
        message = Self.storable(Self.sentence(of: error))
        let pause = retries.pause(after: attempt, random: random)
        let isLast = attempt >= allowed
        if isTimeout {
            self.class = .timeout
            message = "It took too long and was cancelled."
            next = isLast ? .dead : .again(after: pause)
            return
        }
        switch errorClass {
        case .transient:
            self.class = .transient
            next = isLast ? .dead : .again(after: pause)
        case .retryAfter(let demanded):
            self.class = .transient
            // The jitter is added: at the demanded time all those that were turned away would come at once.
            next = isLast ? .dead : .again(after: Self.clamped(demanded, to: Limits.jobRetryAfter) + retries.first * random)
        case .permanent:
            self.class = .permanent
            next = .dead
        case .snooze(let demanded):
            self.class = .transient
            next = .later(after: Self.clamped(demanded, to: Limits.jobSnooze))
        }
    }

    private static func clamped(_ pause: Duration, to longest: Duration) -> Duration { min(max(.zero, pause), longest) }

    /// What the column holds: it counts code points, and PostgreSQL's text has no NUL.
    private static func storable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(Limits.jobErrorCharacters)))
    }

    /// What people may read who look at dead letters, or at an operation of theirs. The database's own words may quote rows, and those of an
    /// error that was not written for anybody may hold whatever was at hand: those are for the log.
    private static func sentence(of error: any Error) -> String {
        switch error {
        case let error as JobError: error.description
        case let error as RPCError: error.message
        case let error as any RPCErrorConvertible: error.rpcError.message
        case let error as PostgresError: error.sqlstate.map { "\(error.message) [\($0)]" } ?? error.message
        default: "Something went wrong in the server. Its log knows more under the job's id."
        }
    }
}
