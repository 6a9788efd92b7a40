internal import Crypto
internal import Glibc
internal import Resources

/// Where times and ids of leads come from: the edge of the service, which a test can replace.
struct LeadClock: Sendable {
    let unixNanoseconds: @Sendable () -> Int64
    let random: @Sendable () -> UInt64

    static let system = LeadClock(
        unixNanoseconds: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        },
        random: { RandomWords.next() })

    func now() -> Instant { Instant(unixMicroseconds: unixNanoseconds() / 1_000) }

    /// An id and the time it bears, from one look at the clock: lists by time of creation rely on it.
    func newLead() -> (id: LeadID, time: Instant) {
        let nanoseconds = unixNanoseconds()
        let id = UUIDv7(unixNanoseconds: nanoseconds, random: random())
        return (LeadID(id), Instant(unixMicroseconds: nanoseconds / 1_000))
    }
}
