import Net
import Testing

@testable import RPC

/// But for what floating-point numbers lose.
private func isAbout(_ left: Duration, _ right: Duration) -> Bool { abs((left - right) / .microseconds(1)) < 1 }

@Suite("Connection backoff") struct BackoffTests {
    @Test("1 s, then 1.6 times as long each time, up to 120 s")
    func growth() {
        var schedule = BackoffSchedule(ConnectionBackoff())
        // 0.5 is the middle: no jitter.
        let waits = (0..<13).map { _ in schedule.next(random: 0.5) }
        #expect(waits[0] == .seconds(1))
        #expect(isAbout(waits[1], .seconds(1.6)))
        #expect(isAbout(waits[2], .seconds(2.56)))
        #expect(waits[12] == .seconds(120))
        #expect(waits[10] < .seconds(120))
    }

    @Test("the jitter is 20 % to either side, and none before the second attempt")
    func jitter() {
        for (random, expected) in [(0.0, Duration.seconds(1.28)), (0.999_999_999, .seconds(1.92))] {
            var schedule = BackoffSchedule(ConnectionBackoff())
            #expect(schedule.next(random: random) == .seconds(1))
            let second = schedule.next(random: random)
            #expect(isAbout(second, expected))
        }
    }

    @Test("jitter does not grow into the next wait, and a reset begins anew")
    func reset() {
        var schedule = BackoffSchedule(ConnectionBackoff())
        _ = schedule.next(random: 0.9)
        _ = schedule.next(random: 0.9)
        #expect(isAbout(schedule.next(random: 0.5), .seconds(2.56)))
        schedule.reset()
        #expect(schedule.next(random: 0.1) == .seconds(1))
    }
}

@Suite("When names are looked up") struct ResolutionScheduleTests {
    private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test("at once, one at a time, and then not before 30 s have passed since the last began")
    func interval() {
        var schedule = ResolutionSchedule(leastInterval: .seconds(30), backoff: ConnectionBackoff())
        #expect(schedule.want(at: at(100)) == .lookUp)
        #expect(schedule.want(at: at(101)) == nil)
        schedule.succeeded()
        #expect(schedule.want(at: at(110)) == .wait(until: at(130)))
        #expect(schedule.want(at: at(111)) == nil)
        #expect(schedule.due(at: at(130)) == .lookUp)
        schedule.succeeded()
        #expect(schedule.want(at: at(200)) == .lookUp)
    }

    @Test("after failures it is tried again with growing waits, which a success ends")
    func failures() {
        var schedule = ResolutionSchedule(leastInterval: .seconds(30), backoff: ConnectionBackoff())
        #expect(schedule.want(at: at(0)) == .lookUp)
        #expect(schedule.failed(at: at(10), random: 0.5) == .wait(until: at(11)))
        #expect(schedule.want(at: at(10)) == nil)
        #expect(schedule.due(at: at(11)) == .lookUp)
        #expect(schedule.failed(at: at(20), random: 0.5) == .wait(until: at(20) + .seconds(1.6)))
        #expect(schedule.due(at: at(22)) == .lookUp)
        schedule.succeeded()
        #expect(schedule.want(at: at(60)) == .lookUp)
        #expect(schedule.failed(at: at(60), random: 0.5) == .wait(until: at(61)))
    }

    @Test("a timer that comes after nobody needs it any more does nothing")
    func stopped() {
        var schedule = ResolutionSchedule(leastInterval: .seconds(30), backoff: ConnectionBackoff())
        #expect(schedule.want(at: at(0)) == .lookUp)
        _ = schedule.failed(at: at(1), random: 0.5)
        schedule.stop()
        #expect(schedule.due(at: at(2)) == nil)
    }
}
