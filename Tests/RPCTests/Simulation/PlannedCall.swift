import BenchAPI
import RPC

/// One call of a plan, as its client makes it.
struct PlannedCall {
    let plan: CallPlan
    let client: EchoClient

    struct Outcome: Sendable {
        /// Replies that came, each of which was the one that was due.
        var replies = 0
        /// Nil when it ended well.
        var error: RPCError?
    }

    /// Throws a `Violation` when a reply is not the one that was due.
    func run() async throws -> Outcome {
        var outcome = Outcome()
        do {
            try await exchange(&outcome)
        } catch let error as RPCError {
            outcome.error = error
        }
        return outcome
    }

    private func exchange(_ outcome: inout Outcome) async throws {
        switch plan.kind {
        case .unary: try take(try await client.unary(plan.request(0), plan.options), &outcome)
        case .serverStreaming:
            for try await reply in try await client.serverStream(plan.request(0), plan.options) { try take(reply, &outcome) }
        case .clientStreaming:
            let reply = try await client.clientStream(plan.options) { requests in
                for number in plan.requests.indices { try await requests.send(plan.request(number)) }
            }
            try take(reply, &outcome)
        case .bidirectional:
            outcome = try await client.bidiStream(plan.options) { requests, replies in try await converse(requests, replies) }
        }
    }

    private func converse(_ requests: Outbound<EchoRequest>, _ replies: Inbound<EchoReply>) async throws -> Outcome {
        var outcome = Outcome()
        async let sent: Void = send(requests)
        do {
            for try await reply in replies { try take(reply, &outcome) }
        } catch let error as RPCError {
            outcome.error = error
        }
        do {
            try await sent
        } catch {
            // A call that has failed says so on both sides.
            if outcome.error == nil, outcome.replies < plan.replies.count { throw error }
        }
        return outcome
    }

    private func send(_ requests: Outbound<EchoRequest>) async throws {
        for number in plan.requests.indices { try await requests.send(plan.request(number)) }
        requests.finish()
    }

    /// Each once, in their order, unchanged.
    private func take(_ reply: EchoReply, _ outcome: inout Outcome) throws {
        let due = outcome.replies
        guard due < plan.replies.count, Parcel.areSame(reply.payload, plan.replies[due]) else {
            let found = Parcel.read(reply.payload).map { "reply \($0.number) of call \($0.call)" } ?? "a reply with a wrong checksum"
            throw Violation("call \(plan.call) got \(found) where its own \(due) was due")
        }
        outcome.replies += 1
    }
}
