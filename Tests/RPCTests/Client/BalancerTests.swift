import Net
import Testing

@testable import RPC

private let (a, b, c) = (address(1), address(2), address(3))

private func address(_ port: UInt16) -> SocketAddress { .ipv4([127, 0, 0, 1], port: port) }
private func address6(_ port: UInt16) -> SocketAddress { .ipv6([UInt8](repeating: 0, count: 15) + [1], port: port, scope: 0) }

@Suite("pick_first") struct PickFirstTests {
    @Test("the first address that stands gets all calls, and the others are let go")
    func first() {
        var balancer = PickFirst()
        #expect(balancer.handle(.addresses([a, b])) == [.report(.connecting, to: []), .connect(a), .startAttemptDelay])
        #expect(balancer.handle(.subchannel(a, .connecting)) == [])
        #expect(balancer.handle(.attemptDelayElapsed) == [.connect(b)])
        #expect(balancer.handle(.subchannel(b, .connecting)) == [])
        #expect(balancer.handle(.subchannel(b, .ready)) == [.stopAttemptDelay, .release(a), .report(.ready, to: [b])])
        #expect(balancer.handle(.subchannel(a, .ready)) == [])
    }

    @Test("an attempt that fails brings the next one at once, one that was overtaken does not")
    func failing() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a, b, c]))
        _ = balancer.handle(.subchannel(a, .connecting))
        #expect(balancer.handle(.subchannel(a, .transientFailure)) == [.stopAttemptDelay, .connect(b), .startAttemptDelay])
        _ = balancer.handle(.subchannel(b, .connecting))
        #expect(balancer.handle(.attemptDelayElapsed) == [.connect(c)])
        _ = balancer.handle(.subchannel(c, .connecting))
        #expect(balancer.handle(.subchannel(b, .transientFailure)) == [])
    }

    @Test("when all have failed the whole has, until one is READY; each is tried again when it may be")
    func allFailed() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a, b]))
        _ = balancer.handle(.subchannel(a, .connecting))
        _ = balancer.handle(.subchannel(a, .transientFailure))
        _ = balancer.handle(.subchannel(b, .connecting))
        #expect(
            balancer.handle(.subchannel(b, .transientFailure)) == [.stopAttemptDelay, .report(.transientFailure, to: []), .resolve])
        #expect(balancer.handle(.subchannel(a, .idle)) == [.connect(a)])
        #expect(balancer.handle(.subchannel(a, .connecting)) == [])
        #expect(balancer.handle(.subchannel(a, .transientFailure)) == [.report(.transientFailure, to: [])])
        #expect(balancer.handle(.subchannel(b, .idle)) == [.connect(b)])
        // Every so many failures as there are addresses, the name is asked again.
        #expect(balancer.handle(.subchannel(b, .transientFailure)) == [.report(.transientFailure, to: []), .resolve])
        #expect(balancer.handle(.subchannel(b, .ready)) == [.stopAttemptDelay, .release(a), .report(.ready, to: [b])])
    }

    @Test("an address whose wait was over before the pass was is tried again at its end")
    func idleBeforeTheEnd() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a, b]))
        _ = balancer.handle(.subchannel(a, .transientFailure))
        _ = balancer.handle(.subchannel(a, .idle))
        let end = balancer.handle(.subchannel(b, .transientFailure))
        #expect(end == [.stopAttemptDelay, .report(.transientFailure, to: []), .resolve, .connect(a)])
    }

    @Test("a connection that is lost makes the whole IDLE; the next call begins at the first address")
    func lost() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a, b]))
        _ = balancer.handle(.subchannel(a, .transientFailure))
        _ = balancer.handle(.subchannel(b, .ready))
        #expect(balancer.handle(.subchannel(b, .idle)) == [.report(.idle, to: []), .resolve])
        #expect(balancer.handle(.exitIdle) == [.report(.connecting, to: []), .connect(a), .startAttemptDelay])
        #expect(balancer.handle(.exitIdle) == [])
    }

    @Test("new addresses leave the connection alone when its own is among them, and otherwise replace it")
    func update() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a, b]))
        _ = balancer.handle(.subchannel(a, .ready))
        #expect(balancer.handle(.addresses([c, a])) == [])
        #expect(
            balancer.handle(.addresses([b, c])) == [
                .release(a), .report(.connecting, to: []), .connect(b), .startAttemptDelay,
            ])
    }

    @Test("new addresses in trouble are tried at once, and the trouble stays until one is READY")
    func updateWhileFailing() {
        var balancer = PickFirst()
        _ = balancer.handle(.addresses([a]))
        _ = balancer.handle(.subchannel(a, .transientFailure))
        #expect(balancer.handle(.addresses([a, c])) == [.connect(c)])
        #expect(balancer.handle(.subchannel(c, .ready)) == [.stopAttemptDelay, .release(a), .report(.ready, to: [c])])
    }

    @Test("families take turns, and an address is tried once")
    func order() {
        let (x, y) = (address6(1), address6(2))
        #expect(PickFirst.order([x, y, x, a, b, c]) == [x, a, y, b, c])
        #expect(PickFirst.order([a, x, a]) == [a, x])
        #expect(PickFirst.order([]) == [])
    }
}

@Suite("round_robin") struct RoundRobinTests {
    @Test("all addresses are connected to, and those that stand take turns")
    func all() {
        var balancer = RoundRobin()
        #expect(balancer.handle(.addresses([a, b, a])) == [.connect(a), .connect(b), .report(.connecting, to: [])])
        #expect(balancer.handle(.subchannel(a, .connecting)) == [.report(.connecting, to: [])])
        #expect(balancer.handle(.subchannel(b, .ready)) == [.report(.ready, to: [b])])
        #expect(balancer.handle(.subchannel(a, .ready)) == [.report(.ready, to: [a, b])])
        #expect(balancer.handle(.subchannel(b, .idle)) == [.connect(b), .report(.ready, to: [a]), .resolve])
    }

    @Test("it has failed when all have, and an address that failed counts as failed until it is READY")
    func failed() {
        var balancer = RoundRobin()
        _ = balancer.handle(.addresses([a, b]))
        #expect(balancer.handle(.subchannel(a, .transientFailure)) == [.report(.connecting, to: []), .resolve])
        #expect(balancer.handle(.subchannel(b, .transientFailure)) == [.report(.transientFailure, to: []), .resolve])
        #expect(balancer.handle(.subchannel(a, .idle)) == [.connect(a), .report(.transientFailure, to: [])])
        #expect(balancer.handle(.subchannel(a, .connecting)) == [.report(.transientFailure, to: [])])
        #expect(balancer.handle(.subchannel(a, .ready)) == [.report(.ready, to: [a])])
    }

    @Test("addresses that are gone are let go, new ones are connected to")
    func update() {
        var balancer = RoundRobin()
        _ = balancer.handle(.addresses([a, b]))
        _ = balancer.handle(.subchannel(a, .ready))
        _ = balancer.handle(.subchannel(b, .ready))
        #expect(balancer.handle(.addresses([b, c])) == [.release(a), .connect(c), .report(.ready, to: [b])])
    }
}
