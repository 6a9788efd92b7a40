internal import Postgres
internal import Protobuf
internal import RPC
internal import StandardTypes

/// What a handler throws when it knows better than ``JobErrorClass/standard(_:)`` what is to become of its job.
public enum JobError: Error, Sendable, Hashable {
    /// It can never succeed as it is: a dead letter at once.
    case permanent(String)
    /// It has failed, and the next attempt makes no sense earlier: a provider said so.
    case retryAfter(Swift.Duration, String)
    /// It is not time yet. Not an error, and not counted as an attempt.
    case snooze(Swift.Duration)
    /// The job was not this worker's any more when it was to be completed: somebody else has it, and nothing was written.
    case leaseLost
    /// `complete` or `transaction` had been called before: a job is completed once.
    case completedAlready
}

extension JobError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .permanent(let reason), .retryAfter(_, let reason): reason
        case .snooze: "It is not time yet."
        case .leaseLost: "The lease of this job has ended: another worker has it. Nothing was written."
        case .completedAlready: "This job is completed. Complete it once, as the last thing."
        }
    }
}

/// What an error means for a job.
public enum JobErrorClass: Sendable, Hashable {
    /// It may go well another time.
    case transient
    /// It never will.
    case permanent
    /// Another time, not before.
    case retryAfter(Swift.Duration)
    /// Not counted.
    case snooze(Swift.Duration)

    /// By its type: a status that says the request is wrong is permanent, and so is a payload that cannot be read. What is not known may pass.
    public static func standard(_ error: any Error) -> JobErrorClass {
        switch error {
        case JobError.permanent: return .permanent
        case JobError.retryAfter(let pause, _): return .retryAfter(pause)
        case JobError.snooze(let pause): return .snooze(pause)
        case is DecodeError: return .permanent
        case let error as RPCError:
            if let delay = error.detail(RetryInfo.self)?.retryDelay {
                return .retryAfter(Swift.Duration.seconds(delay.seconds) + .nanoseconds(delay.nanos))
            }
            switch error.code {
            case .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition, .outOfRange, .unimplemented,
                .dataLoss:
                return .permanent
            default: return .transient
            }
        default: return .transient
        }
    }
}
