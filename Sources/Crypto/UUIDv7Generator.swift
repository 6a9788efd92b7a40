internal import CNet

/// Makes ids; a test gives it a clock and a random source of its own.
public struct UUIDv7Generator: Sendable {
    /// The wall clock and OpenSSL's randomness.
    public static let system = UUIDv7Generator(
        unixNanoseconds: { wallClockNanoseconds() },
        random: { RandomWords.next() })

    private let unixNanoseconds: @Sendable () -> Int64
    private let random: @Sendable () -> UInt64

    public init(unixNanoseconds: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64) {
        self.unixNanoseconds = unixNanoseconds
        self.random = random
    }

    public func next() -> UUIDv7 {
        UUIDv7(unixNanoseconds: unixNanoseconds(), random: random())
    }
}

private func wallClockNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
