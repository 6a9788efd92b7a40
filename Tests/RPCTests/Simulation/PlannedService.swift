import BenchAPI
import Net
import RPC
import Synchronization

/// A mistake that a service may make, planted to see that it is found.
enum Plant: CaseIterable {
    case repeatsReply, swapsReplies, corruptsReply, dropsReply, ignoresCancellation, wrongStatus
}

/// What handlers saw, call by call.
final class Ledger: Sendable {
    struct Entry {
        var began = 0
        var ended = 0
        /// By the clock of the simulation, and whether its task, and its call, were cancelled by then.
        var end: MonotonicTime?
        var wasCancelled = false
        var succeeded = false
        /// What reached the handler and should not have.
        var violations: [String] = []
    }

    private let entries = Mutex<[UInt32: Entry]>([:])

    subscript(call: UInt32) -> Entry { entries.withLock { $0[call] ?? Entry() } }

    func change(_ call: UInt32, _ body: (inout Entry) -> Void) {
        entries.withLock { body(&$0[call, default: Entry()]) }
    }
}

/// Does what the plan of each call says, and takes down what it sees.
struct PlannedService: Echo {
    let plans: [CallPlan]
    let ledger: Ledger
    var plant: Plant?
    /// Told of every call that has begun.
    var began: @Sendable (UInt32) -> Void = { _ in }

    private func serve<Result>(_ call: Call, _ body: (CallPlan) async throws -> Result) async throws -> Result {
        guard let text = call.metadata["x-call"], let id = UInt32(text), id < plans.count else {
            throw RPCError(.internal, "a call without its number")
        }
        ledger.change(id) { $0.began += 1 }
        began(id)
        defer {
            let (end, isCancelled) = (call.loop.time, call.isCancelled && Task.isCancelled)
            ledger.change(id) {
                $0.ended += 1
                $0.end = end
                $0.wasCancelled = isCancelled
            }
        }
        let plan = plans[Int(id)]
        if plant == .ignoresCancellation {
            await sleepUncancelled(for: plan.work, on: call.loop)
        } else {
            try await call.loop.sleep(for: plan.work)
        }
        let result = try await body(plan)
        ledger.change(id) { $0.succeeded = true }
        return result
    }

    private func sleepUncancelled(for duration: Duration, on loop: EventLoop) async {
        // Unchecked: when the simulation has failed, nobody resumes it.
        await unsafe withUnsafeContinuation { continuation in
            loop.schedule(after: min(duration, .seconds(1000))) { unsafe continuation.resume() }
        }
    }

    private func check(_ request: EchoRequest, _ number: Int, _ plan: CallPlan) {
        if number >= plan.requests.count || !Parcel.areSame(request.payload, plan.requests[number]) {
            ledger.change(plan.call) { $0.violations.append("request \(number) is not the one that was sent") }
        }
    }

    private func failIfPlanned(after count: Int, _ plan: CallPlan) throws {
        guard let failure = plan.failure, failure.after == count else { return }
        throw RPCError(plant == .wrongStatus ? .unknown : failure.code, "planned for call \(plan.call)")
    }

    private func send(_ number: Int, _ plan: CallPlan, _ replies: Outbound<EchoReply>) async throws {
        try failIfPlanned(after: number, plan)
        var reply = plan.reply(number)
        switch plant {
        case .repeatsReply: try await replies.send(reply)
        case .swapsReplies where number + 1 < plan.replies.count: reply = plan.reply(number + 1)
        case .corruptsReply: reply.payload[reply.payload.count / 2] ^= 1
        case .dropsReply where number % 3 == 1: return
        default: break
        }
        try await replies.send(reply)
    }

    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
        // No call of the plan: it only fills the windows.
        if call.metadata["x-call"] == nil { return EchoReply(request.payload) }
        return try await planned(request, call)
    }

    private func planned(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
        try await serve(call) { plan in
            check(request, 0, plan)
            try failIfPlanned(after: 0, plan)
            try failIfPlanned(after: 1, plan)
            return plan.reply(0)
        }
    }

    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        try await serve(call) { plan in
            check(request, 0, plan)
            for number in plan.replies.indices { try await send(number, plan, replies) }
            try failIfPlanned(after: plan.replies.count, plan)
        }
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
        try await serve(call) { plan in
            var count = 0
            for try await request in requests {
                check(request, count, plan)
                count += 1
            }
            if count != plan.requests.count { ledger.change(plan.call) { $0.violations.append("it ended after \(count) requests") } }
            try failIfPlanned(after: 0, plan)
            try failIfPlanned(after: 1, plan)
            return plan.reply(0)
        }
    }

    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        try await serve(call) { plan in
            var count = 0
            for try await request in requests {
                check(request, count, plan)
                try await send(count, plan, replies)
                count += 1
            }
            if count != plan.requests.count { ledger.change(plan.call) { $0.violations.append("it ended after \(count) requests") } }
            try failIfPlanned(after: plan.replies.count, plan)
        }
    }
}
