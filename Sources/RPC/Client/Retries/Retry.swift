/// What becomes of a call whose attempt has ended (gRFC A6). Pure.
struct Retry {
    /// How an attempt ended without a reply.
    enum Outcome {
        /// By a status, with the server's wish for when to come back.
        case status(StatusCode, Pushback?)
        /// The server says that it has not looked at it: REFUSED_STREAM, or above the last stream of its GOAWAY.
        case refused
        /// It has not left this process.
        case unsent
    }

    typealias Pushback = RPCError.Pushback

    enum Verdict: Equatable {
        /// The call has failed.
        case fail
        case again(after: Duration)
        /// A transparent retry: it does not count.
        case atOnce
    }

    private let policy: RetryPolicy?
    /// Those that began, transparent retries apart.
    private(set) var attempts = 0
    private var backoffs = 0
    private var wasRefused = false
    /// From now on it is the server's: a reply has begun, or what was sent is no longer held.
    private(set) var isCommitted = false

    init(_ policy: RetryPolicy?) {
        self.policy = policy
    }

    mutating func began() { attempts += 1 }
    mutating func commit() { isCommitted = true }

    /// `random` is from 0 up to 1.
    mutating func ended(_ outcome: Outcome, throttle: inout RetryThrottle?, random: Double) -> Verdict {
        guard !isCommitted else { return .fail }
        switch outcome {
        case .unsent:
            attempts -= 1
            return .atOnce
        case .refused where !wasRefused:
            wasRefused = true
            attempts -= 1
            return .atOnce
        case .refused: return failed(.unavailable, nil, &throttle, random)
        case .status(let code, let pushback): return failed(code, pushback, &throttle, random)
        }
    }

    private mutating func failed(
        _ code: StatusCode, _ pushback: Pushback?, _ throttle: inout RetryThrottle?, _ random: Double
    ) -> Verdict {
        let isRetryable = policy?.retryableCodes.contains(code) == true
        if isRetryable || pushback == .never { throttle?.failed() }
        guard let policy, isRetryable, pushback != .never, attempts < policy.maxAttempts, throttle?.permitsRetries != false else {
            return .fail
        }
        if case .after(let wait) = pushback {
            // The next wait of our own is the initial one again.
            backoffs = 0
            return .again(after: wait)
        }
        var wait = policy.initialBackoff
        for _ in 0..<backoffs where wait < policy.maxBackoff { wait = wait * policy.multiplier }
        backoffs += 1
        return .again(after: min(wait, policy.maxBackoff) * (0.8 + 0.4 * random))
    }
}
