import Synchronization
import Testing

@testable import Net

@Suite("A loop's lag", .timeLimit(.minutes(10)))
struct LoopLagTests {
    @Test("a loop that is blocked says so from outside while it lasts, and afterwards that it was")
    func blocked() async throws {
        let loop = try EventLoop(name: "blocked")
        defer { loop.shutdown() }
        let isReleased = Atomic<Bool>(false)
        try await loop.run {}
        let before = loop.lag
        async let blocking: Void = loop.run {
            while !isReleased.load(ordering: .acquiring) {}
        }
        // However busy the machine is: the turn lasts until this has seen that it does.
        while loop.lag.now <= .milliseconds(25) { await Task.yield() }
        let during = loop.lag
        isReleased.store(true, ordering: .releasing)
        try await blocking
        // A turn is over when the next has begun.
        try await loop.run {}
        let after = loop.lag
        #expect(during.stalls > before.stalls)
        #expect(during.longest >= during.now)
        #expect(after.longest >= during.now)
        #expect(after.stalls >= during.stalls)
    }

    @Test("a turn within the limit is no stall; what is longer is one, during and after it")
    func stalls() {
        let pulse = LoopPulse()
        func time(_ milliseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }
        pulse.begin(at: time(100))
        #expect(pulse.lag(at: time(120)) == LoopLag(now: .milliseconds(20), longest: .milliseconds(20), stalls: 0))
        pulse.end(at: time(120))
        #expect(pulse.lag(at: time(500)) == LoopLag(now: .zero, longest: .milliseconds(20), stalls: 0))
        pulse.begin(at: time(600))
        // Read before the turn began.
        #expect(pulse.lag(at: time(599)) == LoopLag(now: .zero, longest: .milliseconds(20), stalls: 0))
        #expect(pulse.lag(at: time(621)) == LoopLag(now: .milliseconds(21), longest: .milliseconds(21), stalls: 1))
        pulse.end(at: time(630))
        #expect(pulse.lag(at: time(900)) == LoopLag(now: .zero, longest: .milliseconds(30), stalls: 1))
    }
}
