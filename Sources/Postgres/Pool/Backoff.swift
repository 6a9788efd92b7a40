internal import Net

/// How long to wait before the next try to connect: doubling, bounded, spread.
struct Backoff: Equatable {
    private(set) var failures = 0

    /// The pause after one more failure. `random` is in 0..<1.
    mutating func failed(random: Double) -> Duration {
        let doublings = min(failures, 16)
        failures += 1
        let pause = min(Limits.backoffInitial * (1 << doublings), Limits.backoffMaximum)
        let spread = 1 + Limits.jitter * (2 * random - 1)
        return .nanoseconds(Int64((Double(pause.wholeNanoseconds) * spread).rounded()))
    }

    mutating func succeeded() {
        failures = 0
    }
}
