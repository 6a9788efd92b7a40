import BenchAPI
import HTTP2
import RPC
import TestSupport
import Testing

/// Hundreds of streams at once over several connections, with random payloads that prove themselves, and handlers that say what they saw.
@Suite("A crowd of calls", .timeLimit(.minutes(5))) struct CrowdTests {
    /// Calls that stay until all of them are there, and are cancelled then; that run into their deadline; and that do what calls do.
    private static let held = 300
    private static let late = 100
    private static let busy = 300
    private static let channels = 4

    private static func plans(seed: UInt64) -> [CallPlan] {
        var random = SeededRandom(seed: seed)
        return (0..<UInt32(held + late + busy)).map { number in
            var plan = CallPlan(number, channels: channels, using: &random)
            (plan.begin, plan.timeout, plan.cancelAfter, plan.work) = (.zero, nil, nil, .zero)
            if number < held {
                plan.channel = Int(number) % channels
                plan.work = CallPlan.forEver
            } else if number < held + late {
                plan.timeout = .milliseconds(Int.random(in: 1...500, using: &random))
                plan.work = CallPlan.forEver
            }
            return plan
        }
    }

    @Test("of all kinds, cancelled, late and busy ones: each ends as it must, and its handler knows", arguments: Security.allCases, [1, 2])
    func mixed(security: Security, loops: Int) async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        let plans = Self.plans(seed: seed)
        let ledger = Ledger()
        let everybody = Event()
        let present = Counter()
        let service = PlannedService(plans: plans, ledger: ledger) { call in
            if call < Self.held, present.add() == Self.held { everybody.happen() }
        }
        try await withLoopback(security, [service], loops: loops, { $0.connectionLimits.resets.burst = 10_000 }) { loopback in
            let clients = try (0..<Self.channels).map { _ in try loopback.client() }
            try await withThrowingTaskGroup { group in
                for plan in plans {
                    group.addTask {
                        let call = PlannedCall(plan: plan, client: clients[plan.channel])
                        let task = Task { try await call.run() }
                        if plan.call < Self.held {
                            try await everybody.wait()
                            task.cancel()
                        }
                        try Self.judge(plan, try await task.value)
                    }
                }
                try await group.waitForAll()
            }
            #expect(await eventually { plans.allSatisfy { ledger[$0.call].began == ledger[$0.call].ended } })
            for plan in plans {
                let seen = ledger[plan.call]
                #expect(seen.violations == [])
                // A late call may have ended before it got a stream.
                #expect(seen.began == 1 || seen.began == 0 && plan.timeout != nil)
                if seen.began == 1, plan.work == CallPlan.forEver { #expect(seen.wasCancelled && !seen.succeeded) }
            }
        }
    }

    private static func judge(_ plan: CallPlan, _ outcome: PlannedCall.Outcome) throws {
        let due: StatusCode =
            plan.call < held ? .cancelled : plan.timeout != nil ? .deadlineExceeded : plan.failure?.code ?? .ok
        guard (outcome.error?.code ?? .ok) == due else {
            throw Violation("call \(plan.call) (\(plan.kind)) ended with \(outcome.error.map { "\($0)" } ?? "OK"), not \(due)")
        }
        if due == .ok, outcome.replies != plan.replies.count {
            throw Violation("call \(plan.call) (\(plan.kind)) got \(outcome.replies) of \(plan.replies.count) replies")
        }
    }
}
