import Net
import Testing

@testable import RPC

@Suite("The way to one address") struct SubchannelStateTests {
    private func at(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: 0) + .seconds(1_000 + seconds) }

    private func machine(connections: Int = 1) -> SubchannelState {
        SubchannelState(ConnectionBackoff(), mostConnections: connections)
    }

    @Test("IDLE, CONNECTING, READY, and IDLE again when the connection is lost")
    func well() {
        var machine = machine()
        #expect(machine.state == .idle)
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)) == [.connect(timeout: .seconds(20)), .report(.connecting)])
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)) == [])
        #expect(machine.handle(.established) == [.report(.ready)])
        #expect(machine.handle(.lost(at: at(0), served: true)) == [.report(.idle)])
    }

    @Test("after a failure it waits, counted from the attempt's start, and is then IDLE")
    func failure() {
        var machine = machine()
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        #expect(machine.handle(.failed(at: at(0.4))) == [.wait(until: at(1)), .report(.transientFailure)])
        #expect(machine.nextAttempt == at(1))
        #expect(machine.handle(.wanted(at: at(0.5), random: 0.5)) == [])
        #expect(machine.handle(.backoffElapsed) == [.report(.idle)])
        _ = machine.handle(.wanted(at: at(5), random: 0.5))
        #expect(machine.handle(.failed(at: at(6))) == [.wait(until: at(6.6)), .report(.transientFailure)])
    }

    @Test("an attempt that took longer than its wait need not wait")
    func slowFailure() {
        var machine = machine()
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        #expect(machine.handle(.failed(at: at(20))) == [.report(.transientFailure), .report(.idle)])
    }

    @Test("an attempt may take as long as the wait before the next, when that is longer than 20 s")
    func timeout() {
        var machine = machine()
        var timeouts: [Duration] = []
        for round in 0..<9 {
            let start = at(Double(round) * 1_000)
            if case .connect(let timeout)? = machine.handle(.wanted(at: start, random: 0.5)).first { timeouts.append(timeout) }
            _ = machine.handle(.failed(at: start + .seconds(500)))
        }
        #expect(timeouts.count == 9)
        #expect(timeouts[6] == .seconds(20))
        #expect(timeouts[7] > .seconds(26) && timeouts[7] < .seconds(27))
    }

    @Test("only a connection that stood resets the waits")
    func reset() {
        var machine = machine()
        for _ in 0..<3 {
            _ = machine.handle(.wanted(at: at(0), random: 0.5))
            _ = machine.handle(.failed(at: at(0)))
            _ = machine.handle(.backoffElapsed)
        }
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.established)
        _ = machine.handle(.lost(at: at(0), served: true))
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        #expect(machine.handle(.failed(at: at(0))) == [.wait(until: at(1)), .report(.transientFailure)])
    }

    @Test("a server that takes connections and ends them, one after the other, is tried ever more slowly")
    func fruitless() {
        var machine = machine()
        var waits: [SubchannelState.Action] = []
        for round in 0..<3 {
            let start = at(Double(round) * 10)
            _ = machine.handle(.wanted(at: start, random: 0.5))
            _ = machine.handle(.established)
            waits += machine.handle(.lost(at: start, served: false))
            _ = machine.handle(.backoffElapsed)
        }
        #expect(
            waits == [
                .report(.idle), .wait(until: at(11)), .report(.transientFailure), .wait(until: at(21.6)), .report(.transientFailure),
            ])
        #expect(machine.state == .idle)
    }

    @Test("nor is one more connection made to such a server without a pause, while another is being made")
    func fruitlessBesideAnother() {
        var machine = machine(connections: 4)
        for _ in 0..<2 {
            _ = machine.handle(.wanted(at: at(0), random: 0.5))
            _ = machine.handle(.established)
            _ = machine.handle(.wanted(at: at(0), random: 0.5))
            _ = machine.handle(.lost(at: at(0), served: false))
        }
        #expect(machine.handle(.established) == [.report(.ready)])
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)).count == 1)
        #expect(machine.nextAttempt.map { $0 > at(1) } == true)
    }

    @Test("a connection that served, or stood for as long as the wait, ends that", arguments: [(0.1, true), (300, false)])
    func fruitful(seconds: Double, served: Bool) {
        var machine = machine()
        for _ in 0..<3 {
            _ = machine.handle(.wanted(at: at(0), random: 0.5))
            _ = machine.handle(.established)
            _ = machine.handle(.lost(at: at(0), served: false))
            _ = machine.handle(.backoffElapsed)
        }
        _ = machine.handle(.wanted(at: at(100), random: 0.5))
        _ = machine.handle(.established)
        #expect(machine.handle(.lost(at: at(100 + seconds), served: served)) == [.report(.idle)])
        _ = machine.handle(.wanted(at: at(900), random: 0.5))
        #expect(machine.handle(.failed(at: at(900))) == [.wait(until: at(901)), .report(.transientFailure)])
        _ = machine.handle(.backoffElapsed)
        _ = machine.handle(.wanted(at: at(1_000), random: 0.5))
        _ = machine.handle(.established)
        #expect(machine.handle(.lost(at: at(1_000), served: false)) == [.report(.idle)])
    }

    @Test("who knows better ends the wait")
    func backoffReset() {
        var machine = machine()
        #expect(machine.handle(.backoffReset) == [])
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.failed(at: at(0)))
        #expect(machine.handle(.backoffReset) == [.stopWaiting, .report(.idle)])
        #expect(machine.handle(.backoffElapsed) == [])
    }

    @Test("further connections are made one at a time, up to the limit, and neither their making nor their failure shows")
    func further() {
        var machine = machine(connections: 3)
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.established)
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)) == [.connect(timeout: .seconds(20))])
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)) == [])
        #expect(machine.handle(.failed(at: at(0))) == [.wait(until: at(1))])
        #expect(machine.handle(.wanted(at: at(0), random: 0.5)) == [])
        #expect(machine.handle(.backoffElapsed) == [])
        for _ in 0..<2 {
            #expect(machine.handle(.wanted(at: at(2), random: 0.5)) == [.connect(timeout: .seconds(20))])
            #expect(machine.handle(.established) == [])
        }
        #expect(machine.handle(.wanted(at: at(3), random: 0.5)) == [])
        #expect(machine.handle(.lost(at: at(0), served: true)) == [])
        #expect(machine.handle(.lost(at: at(0), served: true)) == [])
        #expect(machine.handle(.lost(at: at(0), served: true)) == [.report(.idle)])
    }

    @Test("a last connection that is lost while a further one is made, or waited for, leaves that")
    func lostWhileConnecting() {
        var machine = machine(connections: 2)
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.established)
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        #expect(machine.handle(.lost(at: at(0), served: true)) == [.report(.connecting)])
        #expect(machine.handle(.established) == [.report(.ready)])
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.failed(at: at(0)))
        #expect(machine.handle(.lost(at: at(0), served: true)) == [.report(.transientFailure)])
    }

    @Test("once shut down it does nothing")
    func shutDown() {
        var machine = machine()
        _ = machine.handle(.wanted(at: at(0), random: 0.5))
        _ = machine.handle(.failed(at: at(0)))
        #expect(machine.handle(.shutDown) == [.stopWaiting])
        #expect(machine.handle(.wanted(at: at(9), random: 0.5)) == [])
        #expect(machine.handle(.backoffElapsed) == [])
        #expect(machine.state == .shutdown)
    }
}
