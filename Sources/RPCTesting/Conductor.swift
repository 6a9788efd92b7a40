internal import HTTP2
internal import Net
internal import RPC

/// Runs a simulation's loops, one turn at a time, in an order that its seed decides. Confined to the thread that it runs on.
final class Conductor: @unchecked Sendable {
    private let simulation: Simulation
    private let network: MemoryNetwork
    /// What the body came to.
    var outcome: Result<Void, any Error>?
    private var turns = 0

    init(_ simulation: Simulation) {
        self.simulation = simulation
        network = simulation.network
    }

    func run() throws(SimulationFailure) -> History {
        defer {
            for loop in simulation.loops { loop.endTurns() }
            network.removeAll()
        }
        while outcome == nil { try go() }
        if case .failure(let error) = outcome { throw failure("\(error)") }
        // What was closed may linger; nobody may begin anything.
        let deadline = network.now + .seconds(600)
        while !isClean, network.now < deadline, hasMore { try go() }
        guard isClean else { throw failure("when the body had returned \(remains)") }
        return History(seed: simulation.seed, turns: turns, duration: network.now - Limits.epoch, hash: network.journal.hash)
    }

    private var isClean: Bool { simulation.runningCalls == 0 && network.openSockets == 0 }

    private var remains: String {
        "\(simulation.runningCalls) handlers had not, and \(network.openSockets) sockets stayed open, ten minutes later"
    }

    private func failure(_ reason: String) -> SimulationFailure {
        SimulationFailure(seed: simulation.seed, reason: reason, events: network.journal.tail)
    }

    // MARK: Turns

    private var nextMoment: MonotonicTime? {
        (simulation.loops.map(\.nextTimer) + [network.agenda.next]).compactMap(\.self).min()
    }

    private var hasMore: Bool {
        nextMoment != nil || simulation.loops.contains { $0.hasWork(at: network.now) }
            || network.watches.contains { !network.readiness(of: $0).isEmpty }
    }

    /// One turn of one loop; or, when none has anything to do, the clock moves on.
    private func go() throws(SimulationFailure) {
        turns += 1
        guard turns < Limits.turns else { throw failure("it took \(turns) turns and did not end: something wakes itself for ever") }
        while let work = network.agenda.popDue(at: network.now) { work() }
        var ready: [(watch: Watch, readiness: Readiness)] = []
        for watch in network.watches {
            let readiness = network.readiness(of: watch)
            if !readiness.isEmpty { ready.append((watch, readiness)) }
        }
        let candidates = simulation.loops.indices.filter { index in
            let loop = simulation.loops[index]
            return loop.hasWork(at: network.now) || ready.contains { $0.watch.loop === loop }
        }
        guard let index = candidates.randomElement(using: &network.random) else { return try wait() }
        let loop = simulation.loops[index]
        var own = ready.filter { $0.watch.loop === loop }
        own.shuffle(using: &network.random)
        // Not all that is ready needs to be seen in one turn.
        if own.count > 1 { own.removeLast(Int.random(in: 0..<own.count, using: &network.random)) }
        let jobs = Int.random(in: 1...Limits.jobsOfTurn, using: &network.random)
        network.journal.fold(UInt64(index))
        loop.takeTurn(ready: own, jobs: jobs)
        network.advance(to: network.now + network.random.duration(upTo: Limits.longestTurn))
        if network.random.chance(network.faults.goAways), let server = simulation.servers.randomElement(using: &network.random) {
            network.note("a client is sent away")
            server.http.drainConnection(Int.random(in: 0..<1024, using: &network.random))
        }
    }

    private func wait() throws(SimulationFailure) {
        guard var moment = nextMoment else {
            throw failure(
                """
                nothing is left to do, but the body has not returned: it waits for something that does not come, or for something \
                outside of the simulation, such as Task.sleep, a task without the loop's preference, or another thread
                """)
        }
        if network.random.chance(network.faults.clockJumps) {
            moment = moment + network.random.duration(upTo: network.faults.longestJump)
            network.note("the clock jumps")
        }
        network.advance(to: moment)
    }
}
