import Net
import Testing

@testable import HTTP2

@Suite("A token bucket") struct TokenBucketTests {
    private func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    private func taken(_ bucket: inout TokenBucket, at milliseconds: UInt64) -> Int {
        var count = 0
        while bucket.take(at: time(milliseconds)) { count += 1 }
        return count
    }

    @Test("it gives its burst at once, and no more")
    func burst() {
        var bucket = TokenBucket(burst: 5, perSecond: 10, at: time(0))
        #expect(taken(&bucket, at: 0) == 5)
        #expect(taken(&bucket, at: 0) == 0)
    }

    @Test("it refills at its rate, up to its burst")
    func refill() {
        var bucket = TokenBucket(burst: 5, perSecond: 10, at: time(0))
        #expect(taken(&bucket, at: 0) == 5)
        #expect(taken(&bucket, at: 99) == 0)
        #expect(taken(&bucket, at: 100) == 1)
        #expect(taken(&bucket, at: 350) == 2)
        #expect(taken(&bucket, at: 400) == 1)
        #expect(taken(&bucket, at: 1_000_000) == 5)
    }

    @Test("time that goes back, no rate, and very long times are harmless")
    func edges() {
        var bucket = TokenBucket(burst: 2, perSecond: 0, at: time(0))
        #expect(taken(&bucket, at: 1_000_000) == 2)
        #expect(taken(&bucket, at: 0) == 0)
        var fast = TokenBucket(burst: .max, perSecond: .max, at: MonotonicTime(nanoseconds: 0))
        let first = fast.take(at: .distantFuture)
        let second = fast.take(at: MonotonicTime(nanoseconds: 5))
        #expect(first && second)
    }
}
