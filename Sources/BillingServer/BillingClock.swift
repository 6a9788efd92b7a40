internal import Crypto
internal import Glibc
internal import Resources

/// Where times and ids of billing come from: the edge of the services, which a test can replace.
struct BillingClock: Sendable {
    let unixNanoseconds: @Sendable () -> Int64
    let random: @Sendable () -> UInt64

    static let system = BillingClock(
        unixNanoseconds: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        },
        random: { RandomWords.next() })

    func now() -> Instant { Instant(unixMicroseconds: unixNanoseconds() / 1_000) }

    /// A new record's, later ones sorting behind earlier ones.
    func newID() -> RecordID { RecordID(UUIDv7(unixNanoseconds: unixNanoseconds(), random: random())) }
}

extension RecordID {
    init(_ id: UUIDv7) { self.init(UInt128(id.words.high) << 64 | UInt128(id.words.low)) }
}
