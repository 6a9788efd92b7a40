import LeadAPI
import Net
import RPC
import StandardServices
import StandardTypes
import Synchronization

/// Callers that create leads one after the other, each repeating one under its idempotency-key until it is answered, whatever befalls the
/// server meanwhile. What they were answered is what has to be true in the end.
final class Writers: Sendable {
    struct Seen: Sendable {
        /// The id of the lead that each key was answered with.
        var acknowledged: [String: String] = [:]
        /// How often which refusal came, before the answer.
        var refusals: [String: Int] = [:]
        /// Refusals of a kind that an outage does not excuse.
        var inexcusable: [String] = []
        /// Since when the newest answer is there.
        var lastAnswer = MonotonicTime.now()
    }

    private struct Server: Sendable {
        let channel: RPC.Channel
        let metadata: Metadata
    }

    private let deployment: Deployment
    private let loop: EventLoop
    private let server = Mutex<Server?>(nil)
    private let state = Mutex(Seen())
    private let isOver = Atomic<Bool>(false)

    init(_ deployment: Deployment) throws {
        self.deployment = deployment
        loop = try EventLoop(name: "writers")
    }

    var seen: Seen { state.withLock { $0 } }
    var count: Int { state.withLock { $0.acknowledged.count } }
    var refused: Int { state.withLock { $0.refusals.values.reduce(0, +) } }

    /// From now on calls go there.
    func turn(to address: String) async throws {
        let (channel, metadata) = try await deployment.channel(to: address, loop)
        let old = server.withLock { server in
            defer { server = Server(channel: channel, metadata: metadata) }
            return server
        }
        await old?.channel.close()
    }

    /// Runs `writers` of them while `body` does what it does, and until each has been answered its last call.
    func run(_ writers: Int, _ body: () async throws -> Void) async throws {
        let work = Task { [self] in
            await withTaskGroup { group in
                for writer in 0..<writers { group.addTask { await self.write(as: writer) } }
            }
        }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
            work.cancel()
        }
        isOver.store(true, ordering: .relaxed)
        await work.value
        try outcome.get()
    }

    /// Waits until as many calls more have been answered.
    func answered(_ more: Int) async throws {
        let wanted = count + more
        try await eventually { self.count >= wanted || !self.seen.inexcusable.isEmpty }
    }

    /// The id of the lead that is answered now under this key.
    func create(_ key: String) async throws -> String {
        guard let server = server.withLock({ $0 }) else { throw RPCError(.unavailable, "there is no server yet") }
        var lead = Lead()
        lead.firstName = "Ada"
        lead.lastName = "Lovelace"
        lead.email = "\(key)@example.com"
        var request = CreateLeadRequest()
        request.lead = lead
        var metadata = server.metadata
        metadata.append("idempotency-key", key)
        return try await LeadServiceClient(server.channel).createLead(request, CallOptions(metadata: metadata, timeout: .seconds(60))).id
    }

    /// What the server's health service says of all of it.
    func isReady() async -> Bool? {
        guard let server = server.withLock({ $0 }) else { return nil }
        let reply = try? await HealthClient(server.channel).check(HealthCheckRequest(), CallOptions(timeout: .seconds(60)))
        return reply.map { $0.status == .serving }
    }

    private func write(as writer: Int) async {
        var number = 0
        while !isOver.load(ordering: .relaxed), !Task.isCancelled {
            number += 1
            await write("writer-\(writer)-call-\(number)")
        }
    }

    private func write(_ key: String) async {
        while !Task.isCancelled {
            do {
                let id = try await create(key)
                state.withLock { state in
                    state.acknowledged[key] = id
                    state.lastAnswer = .now()
                }
                return
            } catch {
                guard note(error) else { return }
                // The channel has a pause of its own before it connects again.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// False when repeating it is of no use.
    private func note(_ error: any Error) -> Bool {
        let error = error as? RPCError ?? RPCError(.unknown, "\(error)")
        return state.withLock { state in
            state.refusals["\(error.code) \(error.errorReason ?? "")", default: 0] += 1
            if !error.isExcusable { state.inexcusable.append("\(error)") }
            return error.isExcusable
        }
    }
}

extension RPCError {
    var errorReason: String? { detail(ErrorInfo.self)?.reason }

    /// What a caller may be told while the server or its database is away: come back, with a time where the server itself says it.
    fileprivate var isExcusable: Bool {
        switch (code, errorReason) {
        case (.unavailable, nil): true
        case (.unavailable, _), (.aborted, "IDEMPOTENCY_IN_PROGRESS"): detail(RetryInfo.self) != nil
        // Calls that were under way on a connection that broke, and those that had waited for one that did not come.
        case (.cancelled, nil): true
        default: false
        }
    }
}
