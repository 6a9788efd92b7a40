/// How a failed call is tried again (gRFC A6).
///
/// A call is tried again only while its server has sent nothing but a status, and what it sent itself is still held
/// (`Limits.replayBytes`). One deadline covers all attempts.
public struct RetryPolicy: Sendable, Hashable {
    public let maxAttempts: Int
    public let initialBackoff: Duration
    public let maxBackoff: Duration
    public let multiplier: Double
    public let retryableCodes: Set<StatusCode>

    /// - Parameters:
    ///   - maxAttempts: 2 or more, the first one included; more than 5 means 5.
    ///   - initialBackoff: before the second attempt; each wait is drawn from 0.8 to 1.2 times its value.
    ///   - maxBackoff: no wait is longer, that factor apart.
    ///   - multiplier: each wait is so many times the one before.
    ///   - retryableCodes: the statuses that are worth another attempt; UNAVAILABLE is the usual one. Never OK.
    /// Throws INVALID_ARGUMENT, as gRFC A6 wants it, when these make no sense.
    public init(
        maxAttempts: Int, initialBackoff: Duration = .milliseconds(100), maxBackoff: Duration = .seconds(5), multiplier: Double = 2,
        retryableCodes: Set<StatusCode> = [.unavailable]
    ) throws(RPCError) {
        guard maxAttempts >= 2 else { throw RPCError(.invalidArgument, "a retry policy has 2 attempts or more, not \(maxAttempts)") }
        guard initialBackoff > .zero, maxBackoff > .zero, multiplier > 0, multiplier.isFinite else {
            throw RPCError(.invalidArgument, "a retry policy's backoffs and its multiplier are greater than zero")
        }
        guard !retryableCodes.isEmpty, !retryableCodes.contains(.ok) else {
            throw RPCError(.invalidArgument, "a retry policy names the status codes that it is for; OK is none of them")
        }
        self.maxAttempts = min(maxAttempts, Limits.retryAttempts)
        self.initialBackoff = initialBackoff
        self.maxBackoff = maxBackoff
        self.multiplier = multiplier
        self.retryableCodes = retryableCodes
    }
}

/// Ends retries while too many calls fail, so that they do not bury a server that is in trouble (gRFC A6, Throttling). One for a channel.
public struct RetryThrottling: Sendable, Hashable {
    public let maxTokens: Double
    public let tokenRatio: Double

    /// - Parameters:
    ///   - maxTokens: from 1 to 1,000. Each failure takes one; below half of it nothing is tried again.
    ///   - tokenRatio: what each success gives back; three decimals count.
    /// Throws INVALID_ARGUMENT for other values.
    public init(maxTokens: Double = 100, tokenRatio: Double = 0.1) throws(RPCError) {
        guard (1...1_000).contains(maxTokens) else { throw RPCError(.invalidArgument, "a retry throttle has 1 to 1000 tokens") }
        guard tokenRatio > 0, tokenRatio.isFinite else { throw RPCError(.invalidArgument, "a retry throttle's ratio is greater than zero") }
        self.maxTokens = maxTokens
        self.tokenRatio = (tokenRatio * 1_000).rounded(.down) / 1_000
    }
}
