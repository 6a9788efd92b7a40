/// How often a job is tried, and how long it waits in between: a random time up to a bound that doubles with each attempt ("full jitter"), so
/// that jobs that failed together do not come back together.
public struct JobRetries: Sendable, Hashable {
    /// Attempts in all, 1 to 100. When the last one has failed, the job is a dead letter.
    public var attempts: Int
    /// The bound after the first attempt.
    public var first: Duration
    /// The highest bound.
    public var longest: Duration

    public init(attempts: Int, first: Duration = .seconds(1), longest: Duration = .seconds(3_600)) {
        precondition((1...100).contains(attempts), "a job has 1 to 100 attempts")
        self.attempts = attempts
        self.first = first
        self.longest = longest
    }

    /// 20 attempts within eight hours at most, half of that on average.
    public static let standard = JobRetries(attempts: 20)
    /// Never again, whatever the error.
    public static let none = JobRetries(attempts: 1)

    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - random: 0..<1.
    func pause(after attempt: Int, random: Double) -> Duration {
        var bound = min(first, longest)
        for _ in 1..<max(1, min(attempt, 64)) where bound < longest { bound = min(bound * 2, longest) }
        return bound * random
    }
}
