/// The tokens of one channel. Pure.
struct RetryThrottle {
    private let policy: RetryThrottling
    private(set) var tokens: Double

    init(_ policy: RetryThrottling) {
        self.policy = policy
        tokens = policy.maxTokens
    }

    var permitsRetries: Bool { tokens > policy.maxTokens / 2 }

    /// A call ended with a status worth a retry, or its server asked for none.
    mutating func failed() { tokens = max(0, tokens - 1) }

    mutating func succeeded() { tokens = min(policy.maxTokens, tokens + policy.tokenRatio) }
}
