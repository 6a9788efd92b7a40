/// By how much jobs' clock is ahead of the database's, which all processes share: zero, but for a test that wants time to pass.
struct JobClock: Sendable {
    var shift: @Sendable () -> Duration

    static let system = JobClock { .zero }
}
