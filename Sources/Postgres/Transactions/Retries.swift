internal import Net

/// Whether a transaction's body is run again from its start when others got in its way.
public enum Retries: Sendable, Hashable {
    case none
    /// After a serialization failure, a deadlock, an outdated statement, or a connection that was lost before the commit; at most this
    /// many times more, within the scope's deadline. Never after `commitUnknown`.
    case onConflict(atMost: Int = 5)

    func cover(_ error: PostgresError, failures: Int) -> Bool {
        guard case .onConflict(let limit) = self, failures <= limit else { return false }
        return switch error.kind {
        case .serializationFailure, .deadlock, .statementStale, .connectionLost: true
        default: false
        }
    }

    /// Full jitter: anything up to a bound that doubles, so that those who collided do not collide again. `random` is in 0..<1.
    static func pause(afterFailures failures: Int, random: Double) -> Duration {
        let doublings = min(max(0, failures - 1), 16)
        let longest = min(Limits.retryPauses.first * (1 << doublings), Limits.retryPauses.longest)
        return .nanoseconds(Int64(Double(longest.wholeNanoseconds) * random))
    }
}

/// How much may be run again: retries take from it, successes add to it. When everything fails, retries stop soon instead of doubling
/// the work. Pure.
struct RetryBudget: Equatable {
    private(set) var tokens = Limits.retryBudget.full

    mutating func spend() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    mutating func earn() {
        tokens = min(Limits.retryBudget.full, tokens + Limits.retryBudget.perSuccess)
    }
}
