internal import Protobuf
public import RPC
internal import Synchronization

/// grpc.health.v1: who is ready to serve. The empty name stands for the whole server.
public final class HealthService: Health {
    public typealias Status = HealthCheckResponse.ServingStatus

    private struct State {
        var statuses: Map<String, Status>
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var isShutDown = false
    }

    private struct Watcher {
        let service: String
        let updates: AsyncStream<Status>.Continuation
    }

    private let state: Mutex<State>

    /// Every service named, and the server as a whole, starts as SERVING.
    public init(services: [String] = []) {
        var statuses: Map<String, Status> = ["": .serving]
        for service in services { statuses[service] = .serving }
        state = Mutex(State(statuses: statuses))
    }

    /// Tells the watchers of `service`, too, when it is news. After `shutDown` it changes nothing any more.
    public func set(_ status: Status, for service: String = "") {
        state.withLock { state in
            if !state.isShutDown { HealthService.set(status, for: service, &state) }
        }
    }

    private static func set(_ status: Status, for service: String, _ state: inout State) {
        guard state.statuses[service] != status else { return }
        state.statuses[service] = status
        for watcher in state.watchers.values where watcher.service == service { watcher.updates.yield(status) }
    }

    /// Everything becomes NOT_SERVING: the first step of a drain, before connections are told. Every Watch hears of it and then
    /// ends: it would hold the drain up for as long as that may last.
    public func shutDown() {
        state.withLock { state in
            for service in state.statuses.keys { HealthService.set(.notServing, for: service, &state) }
            state.isShutDown = true
            for watcher in state.watchers.values { watcher.updates.finish() }
        }
    }

    public func check(_ request: HealthCheckRequest, _ call: Call) async throws -> HealthCheckResponse {
        guard let status = state.withLock({ $0.statuses[request.service] }) else {
            throw RPCError(.notFound, "this server has no service named \"\(request.service)\"")
        }
        return HealthCheckResponse(status)
    }

    /// The status now, then every change; an unknown service is SERVICE_UNKNOWN until it is known.
    public func watch(_ request: HealthCheckRequest, _ call: Call, _ replies: Outbound<HealthCheckResponse>) async throws {
        // Only the latest status counts for a watcher that reads slowly.
        let (updates, continuation) = AsyncStream<Status>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(service: request.service, updates: continuation)
            continuation.yield(state.statuses[request.service] ?? .serviceUnknown)
            if state.isShutDown { continuation.finish() }
            return state.nextWatcher
        }
        defer { state.withLock { _ = $0.watchers.removeValue(forKey: id) } }
        for await status in updates { try await replies.send(HealthCheckResponse(status)) }
    }

    /// All services and their status; at most 100 (gRFC A90).
    public func list(_ request: HealthListRequest, _ call: Call) async throws -> HealthListResponse {
        let statuses = state.withLock { $0.statuses }
        guard statuses.count <= 100 else {
            throw RPCError(.resourceExhausted, "this server has \(statuses.count) services; List tells of at most 100")
        }
        var reply = HealthListResponse()
        reply.statuses = statuses.mapValues { HealthCheckResponse($0) }
        return reply
    }
}

extension HealthCheckResponse {
    init(_ status: ServingStatus) {
        self.init()
        self.status = status
    }
}
