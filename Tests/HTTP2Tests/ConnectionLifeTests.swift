import Net
import Testing

@testable import HTTP2

/// Times in, at most one action out.
@Suite("What time does to a connection") struct ConnectionLifeTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private static func life(jitter: Double = 0, _ change: (inout Limits) -> Void) -> ConnectionLife {
        var limits = Limits.standard
        limits.connectionIdle = nil
        limits.keepalive = .off
        change(&limits)
        return ConnectionLife(limits: limits, born: start, jitter: jitter)
    }

    private static func state(_ seconds: Int, _ change: (inout ConnectionLife.State) -> Void = { _ in }) -> ConnectionLife.State {
        let now = start + .seconds(seconds)
        var state = ConnectionLife.State(
            now: now, lastRead: now, openStreams: 0, openedStreams: 0, fieldsSince: nil, hasAcknowledgedSettings: true)
        change(&state)
        return state
    }

    @Test("a header section and an acknowledgement of SETTINGS have ten seconds")
    func slow() {
        var life = Self.life { _ in }
        #expect(life.check(Self.state(10) { $0.fieldsSince = Self.start }) == nil)
        #expect(life.check(Self.state(11) { $0.fieldsSince = Self.start }) == .end(.slowHeaders))
        #expect(life.check(Self.state(10) { $0.hasAcknowledgedSettings = false }) == nil)
        #expect(life.check(Self.state(11) { $0.hasAcknowledgedSettings = false }) == .end(.settingsTimeout))
    }

    @Test("the greatest age has a tenth of jitter either way, and is told once", arguments: [(-1.0, 90), (0, 100), (1, 110), (7, 110)])
    func age(jitter: Double, seconds: Int) {
        var life = Self.life(jitter: jitter) { $0.connectionAge = .seconds(100) }
        #expect(life.check(Self.state(seconds) { $0.openStreams = 1 }) == nil)
        #expect(life.check(Self.state(seconds + 1) { $0.openStreams = 1 }) == .drain("max_age"))
        #expect(life.check(Self.state(seconds + 1_000) { $0.openStreams = 1 }) == nil)
    }

    @Test("calls have their grace from the second GOAWAY on", arguments: [nil, 30] as [Int?])
    func grace(seconds: Int?) {
        var life = Self.life {
            $0.connectionAge = .seconds(100)
            $0.connectionAgeGrace = seconds.map { .seconds($0) }
        }
        #expect(life.check(Self.state(101)) == .drain("max_age"))
        #expect(life.check(Self.state(200)) == nil)
        life.sentFinalGoAway(at: Self.start + .seconds(200))
        #expect(life.check(Self.state(230)) == nil)
        #expect(life.check(Self.state(231)) == (seconds == nil ? nil : .endCalls))
    }

    @Test("idle is who had no call for that long, not who had one between two looks")
    func idle() {
        var life = Self.life { $0.connectionIdle = .seconds(60) }
        #expect(life.check(Self.state(50) { $0.openStreams = 1 }) == nil)
        #expect(life.check(Self.state(110)) == nil)
        #expect(life.check(Self.state(110) { $0.openedStreams = 9 }) == nil)
        #expect(life.check(Self.state(170) { $0.openedStreams = 9 }) == nil)
        #expect(life.check(Self.state(171) { $0.openedStreams = 9 }) == .drain("max_idle"))
    }

    @Test("a silent peer is asked whether it lives, and given up when it says nothing; any byte is an answer")
    func keepalive() {
        let policy = Keepalive.Policy(time: .seconds(100), timeout: .seconds(20), permitsWithoutStreams: true)
        func look(_ life: inout ConnectionLife, _ second: Int, lastRead: Int) -> ConnectionLife.Action? {
            life.check(Self.state(second) { $0.lastRead = Self.start + .seconds(lastRead) })
        }
        var life = Self.life { $0.keepalive = policy }
        #expect(look(&life, 99, lastRead: 0) == nil)
        #expect(look(&life, 100, lastRead: 50) == nil)
        #expect(look(&life, 149, lastRead: 50) == nil)
        #expect(look(&life, 150, lastRead: 50) == .ping)
        #expect(look(&life, 160, lastRead: 155) == nil)
        #expect(look(&life, 170, lastRead: 155) == nil)
        #expect(look(&life, 255, lastRead: 155) == .ping)
        #expect(look(&life, 274, lastRead: 155) == nil)
        #expect(look(&life, 275, lastRead: 155) == .giveUp)
    }
}

@Suite("Whether a stream gets on") struct StreamProgressTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private static func look(
        _ progress: inout StreamProgress, _ second: Int, taken: UInt64 = 0, hasOutput: Bool = false, received: UInt64 = 0,
        isOwed: Bool = false
    ) -> Violation? {
        progress.check(
            taken: taken, hasOutput: hasOutput, received: received, isOwed: isOwed, at: start + .seconds(second), timeout: .seconds(60))
    }

    @Test("who takes less than a KiB of what waits in a minute is too slow, and nobody else")
    func output() {
        var progress = StreamProgress()
        #expect(Self.look(&progress, 0, taken: 5_000, hasOutput: true) == nil)
        #expect(Self.look(&progress, 60, taken: 6_023, hasOutput: true) == nil)
        #expect(Self.look(&progress, 61, taken: 6_023, hasOutput: true) == .unreadStream)
        var other = StreamProgress()
        #expect(Self.look(&other, 0, taken: 5_000, hasOutput: true) == nil)
        #expect(Self.look(&other, 60, taken: 6_024, hasOutput: true) == nil)
        #expect(Self.look(&other, 120, taken: 6_024, hasOutput: true) == nil)
        #expect(Self.look(&other, 121, taken: 6_024, hasOutput: false) == nil)
        #expect(Self.look(&other, 1_000, taken: 6_024, hasOutput: true) == nil)
    }

    @Test("who owes a message and sends less than a KiB of it in a minute is too slow, and nobody else")
    func input() {
        var progress = StreamProgress()
        #expect(Self.look(&progress, 0, isOwed: true) == nil)
        #expect(Self.look(&progress, 60, received: 1_000, isOwed: true) == nil)
        #expect(Self.look(&progress, 61, received: 1_000, isOwed: true) == .slowBody)
        var other = StreamProgress()
        #expect(Self.look(&other, 0, isOwed: true) == nil)
        #expect(Self.look(&other, 61, received: 1_000, isOwed: false) == nil)
        #expect(Self.look(&other, 1_000, received: 1_000, isOwed: true) == nil)
        #expect(Self.look(&other, 1_060, received: 2_024, isOwed: true) == nil)
        #expect(Self.look(&other, 1_120, received: 2_024, isOwed: true) == nil)
    }
}
