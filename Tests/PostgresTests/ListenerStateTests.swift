import Net
import Testing

@testable import Postgres

/// The rules of the listening connection; NotificationTests has it with a real server.
@Suite struct ListenerStateTests {
    private final class Consumer {}
    private let first = Consumer()
    private let second = Consumer()
    private var one: ObjectIdentifier { ObjectIdentifier(first) }
    private var two: ObjectIdentifier { ObjectIdentifier(second) }
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    /// One subscriber of `a`, connected and live.
    private func live() -> ListenerState {
        var state = ListenerState()
        state.subscribe(one, ["a"], now: start)
        state.connected(now: start)
        state.answered(now: start)
        _ = state.takeActions()
        return state
    }

    @Test("Nothing is opened before somebody listens; then channels are asked for one by one")
    func begins() {
        var state = ListenerState()
        #expect(state.takeActions() == [])
        #expect(state.wakeAt == nil)
        state.subscribe(one, ["b", "a"], now: start)
        #expect(state.takeActions() == [.connect])
        state.connected(now: start)
        #expect(state.takeActions() == [.send(.listen("a"))])
        state.answered(now: start)
        #expect(state.takeActions() == [.send(.listen("b"))])
        state.answered(now: start)
        #expect(state.takeActions() == [.tellMayHaveMissed(one)])
    }

    @Test("A second subscriber of a channel that is listened to is told at once; one of another channel when that is")
    func another() {
        var state = live()
        state.subscribe(two, ["a"], now: start)
        #expect(state.takeActions() == [.tellMayHaveMissed(two)])
        state.unsubscribe(two, now: start)
        state.subscribe(two, ["b"], now: start)
        #expect(state.takeActions() == [.send(.listen("b"))])
        state.answered(now: start)
        #expect(state.takeActions() == [.tellMayHaveMissed(two)])
    }

    @Test("A channel that nobody wants any more is unlistened; without any subscriber the connection is closed")
    func ends() {
        var state = live()
        state.subscribe(two, ["b"], now: start)
        state.answered(now: start)
        _ = state.takeActions()
        state.unsubscribe(one, now: start)
        #expect(state.takeActions() == [.send(.unlisten("a"))])
        state.answered(now: start)
        state.unsubscribe(two, now: start)
        #expect(state.takeActions() == [.close])
        #expect(state.isClosed)
    }

    @Test("After a break it connects again after a pause that doubles, listens again, and says that something may have been missed")
    func reconnects() {
        var state = live()
        state.lost(now: start, random: 0.5)
        #expect(state.takeActions() == [])
        #expect(state.wakeAt == start + .milliseconds(50))
        state.tick(now: start + .milliseconds(49))
        #expect(state.takeActions() == [])
        state.tick(now: start + .milliseconds(50))
        #expect(state.takeActions() == [.connect])
        state.lost(now: start + .seconds(1), random: 0.5)
        #expect(state.wakeAt == start + .milliseconds(1100))
        state.tick(now: start + .seconds(2))
        state.connected(now: start + .seconds(2))
        #expect(state.takeActions() == [.connect, .send(.listen("a"))])
        // A server that takes connections and drops them is not well yet.
        state.lost(now: start + .seconds(2), random: 0.5)
        #expect(state.wakeAt == start + .milliseconds(2200))
        state.tick(now: start + .seconds(3))
        state.connected(now: start + .seconds(3))
        state.answered(now: start + .seconds(3))
        #expect(state.takeActions() == [.connect, .send(.listen("a")), .tellMayHaveMissed(one)])
        state.lost(now: start + .seconds(3), random: 0.5)
        #expect(state.wakeAt == start + .milliseconds(3050))
    }

    @Test("A quiet connection is probed; one that does not answer is closed")
    func probes() {
        var state = live()
        let quiet = start + Limits.listenerProbeInterval
        #expect(state.wakeAt == quiet)
        state.tick(now: quiet)
        #expect(state.takeActions() == [.send(.probe)])
        state.answered(now: quiet)
        #expect(state.takeActions() == [])
        state.tick(now: quiet + Limits.listenerProbeInterval)
        #expect(state.takeActions() == [.send(.probe)])
        state.tick(now: quiet + Limits.listenerProbeInterval + Limits.listenerProbeInterval)
        #expect(state.takeActions() == [.close])
        #expect(!state.isClosed)
    }

    @Test("When all leave before the connection is open it is closed as it opens, or not tried again")
    func leavesEarly() {
        var state = ListenerState()
        state.subscribe(one, ["a"], now: start)
        state.unsubscribe(one, now: start)
        _ = state.takeActions()
        var opens = state
        opens.connected(now: start)
        #expect(opens.takeActions() == [.close])
        state.lost(now: start, random: 0.5)
        #expect(state.isClosed)
        #expect(state.wakeAt == nil)
    }
}

@Suite struct SubscriptionTests {
    @Test("Who is too slow hears that it may have missed something in place of what did not fit")
    func overflows() async {
        let subscription = Subscription(["a"])
        for number in 0...Limits.bufferedNotifications { subscription.offer(.notified("a", payload: "\(number)")) }
        subscription.offer(.notified("a", payload: "last"))
        subscription.finish()
        var heard: [Notification] = []
        while let event = await subscription.next() { heard.append(event) }
        #expect(heard == [.mayHaveMissed, .notified("a", payload: "last")])
    }

    @Test("One gap is told once")
    func merges() async {
        let subscription = Subscription(["a"])
        subscription.offer(.mayHaveMissed)
        subscription.offer(.mayHaveMissed)
        subscription.finish()
        let (first, second) = (await subscription.next(), await subscription.next())
        #expect(first == .mayHaveMissed)
        #expect(second == nil)
    }
}
