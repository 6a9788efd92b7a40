import HTTP2
import Net
import Testing

@Suite("Keepalive") struct KeepaliveTests {
    private func at(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: (1_000 + seconds) * 1_000_000_000) }

    private func machine(withoutStreams: Bool = false) throws -> Keepalive {
        let policy = Keepalive.Policy(time: .seconds(30), timeout: .seconds(20), permitsWithoutStreams: withoutStreams)
        return try #require(Keepalive(policy, at: at(0)))
    }

    @Test("without a time there is none")
    func off() {
        #expect(Keepalive(.off, at: at(0)) == nil)
    }

    @Test("after the time of silence comes a PING, and after the timeout the end")
    func silence() throws {
        var machine = try machine()
        #expect(machine.wake(at: at(0), openStreams: 1) == .sleep(until: at(30)))
        #expect(machine.wake(at: at(30), openStreams: 1) == .ping(wakeAt: at(50)))
        #expect(machine.wake(at: at(49), openStreams: 1) == .sleep(until: at(50)))
        #expect(machine.wake(at: at(50), openStreams: 1) == .giveUp)
    }

    @Test("silence is counted from the last byte read, not from the last PING")
    func talk() throws {
        var machine = try machine()
        machine.received(at: at(20))
        #expect(machine.wake(at: at(30), openStreams: 1) == .sleep(until: at(50)))
        #expect(machine.wake(at: at(50), openStreams: 1) == .ping(wakeAt: at(70)))
        machine.received(at: at(60))
        #expect(machine.wake(at: at(70), openStreams: 1) == .sleep(until: at(90)))
    }

    @Test("any byte after the PING is an answer, in the same instant, too")
    func answer() throws {
        var machine = try machine()
        #expect(machine.wake(at: at(30), openStreams: 1) == .ping(wakeAt: at(50)))
        machine.received(at: at(30))
        #expect(machine.wake(at: at(50), openStreams: 1) == .sleep(until: at(60)))
    }

    @Test("a timeout longer than the time does not make the PINGs rarer")
    func longTimeout() throws {
        let policy = Keepalive.Policy(time: .seconds(10), timeout: .seconds(25))
        var machine = try #require(Keepalive(policy, at: at(0)))
        #expect(machine.wake(at: at(10), openStreams: 1) == .ping(wakeAt: at(20)))
        machine.received(at: at(11))
        #expect(machine.wake(at: at(20), openStreams: 1) == .sleep(until: at(21)))
        #expect(machine.wake(at: at(21), openStreams: 1) == .ping(wakeAt: at(31)))
        #expect(machine.wake(at: at(31), openStreams: 1) == .sleep(until: at(41)))
        #expect(machine.wake(at: at(41), openStreams: 1) == .sleep(until: at(46)))
        #expect(machine.wake(at: at(46), openStreams: 1) == .giveUp)
    }

    @Test("without streams it sleeps, and a stream after a long silence is preceded by a PING")
    func dormant() throws {
        var machine = try machine()
        #expect(machine.wake(at: at(30), openStreams: 0) == .sleep(until: nil))
        #expect(machine.streamOpens(at: at(300)) == .ping(wakeAt: at(320)))
        #expect(machine.streamOpens(at: at(301)) == nil)
        #expect(machine.wake(at: at(320), openStreams: 1) == .giveUp)
    }

    @Test("a stream soon after the last byte is not")
    func wokenEarly() throws {
        var machine = try machine()
        #expect(machine.wake(at: at(30), openStreams: 0) == .sleep(until: nil))
        machine.received(at: at(100))
        #expect(machine.streamOpens(at: at(110)) == .sleep(until: at(130)))
    }

    @Test("a connection whose last stream ended is still given up when its PING has no answer")
    func lastStreamEnded() throws {
        var machine = try machine()
        #expect(machine.wake(at: at(30), openStreams: 1) == .ping(wakeAt: at(50)))
        #expect(machine.wake(at: at(50), openStreams: 0) == .giveUp)
    }

    @Test("with permission it asks without streams")
    func withoutStreams() throws {
        var machine = try machine(withoutStreams: true)
        #expect(machine.wake(at: at(30), openStreams: 0) == .ping(wakeAt: at(50)))
        #expect(machine.streamOpens(at: at(31)) == nil)
    }
}
