import BenchAPI
import HTTP2
import Net
import RPC
import RPCTesting

/// Random calls of all kinds over a network that does its worst, and what must hold whatever happens.
struct RandomCalls {
    private let simulation: Simulation
    private let plans: [CallPlan]
    private let ledger = Ledger()
    private let clients: [EchoClient]
    /// Whether the network loses connections.
    private let mayLose: Bool
    /// How often a call may be begun: more than once when its channel has a retry policy.
    private let attempts: Int

    /// As a client saw it end, and how long it took.
    private struct Ending {
        let outcome: PlannedCall.Outcome
        let took: Duration

        var code: StatusCode { outcome.error?.code ?? .ok }
    }

    /// Makes them; throws a `Violation` when something does not hold. `outcomes` gets how each call ended.
    static func run(_ simulation: Simulation, plant: Plant? = nil, outcomes: Record<StatusCode> = Record()) async throws {
        let calls = try await RandomCalls(simulation, plant)
        try await calls.run(outcomes)
    }

    private init(_ simulation: Simulation, _ plant: Plant?) async throws {
        self.simulation = simulation
        let channels = Int.random(in: 1...3, using: &simulation.random)
        let count = Int.random(in: 1...40, using: &simulation.random)
        plans = (0..<UInt32(count)).map { CallPlan($0, channels: channels, using: &simulation.random) }
        let window = Int32.random(in: 1_000...80_000, using: &simulation.random)
        let streams = UInt32.random(in: 1...50, using: &simulation.random)
        // Small enough that senders often wait.
        let unsent = Int.random(in: 100...64_000, using: &simulation.random)
        try await simulation.serve([PlannedService(plans: plans, ledger: ledger, plant: plant)]) {
            $0.connectionLimits.streamWindowBytes = window
            $0.connectionLimits.connectionWindowBytes = 65_535
            $0.connectionLimits.concurrentStreams = streams
            $0.limits.unsentBytes = unsent
            // A client that cancels many calls is no attacker here.
            $0.connectionLimits.resets.burst = 10_000
        }
        let policy = Bool.random(using: &simulation.random) ? try RetryPolicy(maxAttempts: 3) : nil
        attempts = policy?.maxAttempts ?? 1
        let faults = simulation.faults
        mayLose = faults.resets > 0 || faults.refusedConnects > 0 || faults.goAways > 0
        clients = try (0..<channels).map { _ in
            EchoClient(
                try simulation.channel {
                    $0.connectionLimits.streamWindowBytes = window
                    $0.connectionLimits.connectionWindowBytes = 65_535
                    $0.limits.unsentBytes = unsent
                    $0.retryPolicy = policy
                })
        }
    }

    private func run(_ outcomes: Record<StatusCode>) async throws {
        try await withThrowingTaskGroup { group in
            for plan in plans {
                group.addTask {
                    let ending = try await end(of: plan)
                    outcomes.append(ending.code)
                    simulation.note("call \(plan.call) ended \(ending.code)")
                    try judge(plan, ending)
                }
            }
            try await group.waitForAll()
        }
        // Nothing goes wrong any more: what was given up is to be over everywhere soon.
        simulation.faults = .none
        try await simulation.sleep(for: .seconds(30))
        try await judgeWhatIsLeft()
    }

    // MARK: Calling

    private func end(of plan: CallPlan) async throws -> Ending {
        try await simulation.sleep(for: plan.begin)
        let task = Task(executorPreference: simulation.loop) { try await call(plan) }
        guard let cancelAfter = plan.cancelAfter else { return try await task.value }
        try await simulation.sleep(for: cancelAfter)
        task.cancel()
        return try await task.value
    }

    private func call(_ plan: CallPlan) async throws -> Ending {
        let begin = simulation.now
        let outcome = try await PlannedCall(plan: plan, client: clients[plan.channel]).run()
        return Ending(outcome: outcome, took: simulation.now - begin)
    }

    // MARK: Judging

    private func judge(_ plan: CallPlan, _ ending: Ending) throws {
        let seen = ledger[plan.call]
        let took = ending.took
        func violation(_ text: String) -> Violation {
            Violation("call \(plan.call) (\(plan.kind), took \(took)): \(text)")
        }
        guard let error = ending.outcome.error else {
            guard ending.outcome.replies == plan.replies.count else {
                throw violation("it ended well after \(ending.outcome.replies) replies")
            }
            guard plan.failure == nil, seen.succeeded, (1...attempts).contains(seen.began) else {
                throw violation("it ended well, but its handler did not")
            }
            return
        }
        switch error.code {
        case .deadlineExceeded:
            guard let timeout = plan.timeout else { throw violation("no deadline was set, but one has passed") }
            guard took >= timeout else { throw violation("its deadline of \(timeout) passed early") }
        case .cancelled:
            guard plan.cancelAfter != nil else { throw violation("nobody cancelled it: \(error)") }
        case .unavailable:
            guard mayLose else { throw violation("nothing was lost: \(error)") }
        default:
            guard let failure = plan.failure, failure.code == error.code, error.message == "planned for call \(plan.call)" else {
                throw violation("no such status is documented for this: \(error)")
            }
        }
        if let timeout = plan.timeout, took > timeout + Self.patience {
            throw violation("its deadline of \(timeout) has long passed")
        }
        if let cancelAfter = plan.cancelAfter, took > cancelAfter + Self.patience { throw violation("it was cancelled long before") }
    }

    /// A clock may jump beyond the moment, twice.
    private static let patience: Duration = .seconds(5)

    private func judgeWhatIsLeft() async throws {
        for plan in plans {
            let seen = ledger[plan.call]
            if let text = seen.violations.first { throw Violation("the handler of call \(plan.call): \(text)") }
            guard seen.began <= attempts else { throw Violation("call \(plan.call) had \(seen.began) handlers") }
            guard seen.began == seen.ended else {
                throw Violation("the handler of call \(plan.call) still runs, 30 s after all calls ended")
            }
            // Nobody else could have ended it.
            if seen.began > 0, plan.work == CallPlan.forEver, !seen.wasCancelled {
                throw Violation("the handler of call \(plan.call) was not told that its call was given up")
            }
        }
        guard simulation.runningCalls == 0 else { throw Violation("\(simulation.runningCalls) handlers are counted, and none runs") }
        let streams = try await simulation.openStreams()
        guard streams == 0 else { throw Violation("\(streams) streams are open, and no call is") }
        for client in clients { try await demandWindows(client) }
    }

    /// All that may be in flight on a connection passes three times over: no byte of a window was lost to a call that failed.
    private func demandWindows(_ client: EchoClient) async throws {
        let content = [UInt8](repeating: 7, count: 3 * 65_535)
        do {
            let reply = try await client.unary(EchoRequest(content), CallOptions(timeout: .seconds(60)))
            guard Parcel.areSame(reply.payload, content) else { throw Violation("an echo is not what was sent") }
        } catch let error as RPCError {
            throw Violation("when all was over, a call over a perfect network failed: \(error)")
        }
    }
}
