internal import AdminAPI
internal import AdminServer
internal import Glibc
internal import Net
internal import Platform
internal import RPC
internal import StandardTypes
internal import Synchronization

/// The server of this process, for its administration. It is made before the server is, which cannot be asked anything until it serves.
final class ProcessControl: ServerControl {
    private struct State {
        var report: ServerReport?
        var reload: (@Sendable () async throws -> ReloadConfigReply)?
        var isDraining = false
        var grace: Swift.Duration?
    }

    private let state = Mutex(State())
    private let log: Log

    init(log: Log) {
        self.log = log
    }

    func begin(_ report: ServerReport, reload: @escaping @Sendable () async throws -> ReloadConfigReply) {
        state.withLock { state in
            state.report = report
            state.reload = reload
        }
    }

    /// The server has begun to end, whoever wanted that. Gives how long calls may go on, if somebody said.
    func beginDrain() -> Swift.Duration? {
        state.withLock { state in
            state.isDraining = true
            return state.grace
        }
    }

    func drain(grace: Swift.Duration?, reason: String) -> DrainReply {
        let (wasDraining, report) = state.withLock { state in
            defer { state.isDraining = true }
            if !state.isDraining { state.grace = grace }
            return (state.isDraining, state.report)
        }
        var reply = DrainReply()
        reply.wasDraining = wasDraining
        reply.runningCalls = Int64(report?.server.runningCalls ?? 0)
        reply.connections = Int64(report?.server.connectionCounts.reduce(0, +) ?? 0)
        let time = state.withLock { $0.grace } ?? report?.reloads.current.settings.drainGrace ?? .zero
        reply.grace = StandardTypes.Duration(time)
        if !wasDraining {
            log.write(.info, "drain_asked_for", ["reason": .text(reason)])
            // The way that an operator's signal takes: who waits for one ends the server.
            kill(getpid(), SIGTERM)
        }
        return reply
    }

    func reload() async throws -> ReloadConfigReply {
        guard let reload = state.withLock({ $0.reload }) else { throw UnusableConfiguration("The server is only starting: ask again.") }
        return try await reload()
    }

    func information() async -> ServerInfoReply {
        let (report, isDraining) = state.withLock { ($0.report, $0.isDraining) }
        guard let report else { return ServerInfoReply() }
        var reply = await report.information()
        reply.isDraining = isDraining
        return reply
    }

    func connections(after place: ConnectionPlace?, limit: Int) async -> [(place: ConnectionPlace, connection: ServerConnection)] {
        guard let report = state.withLock({ $0.report }) else { return [] }
        return await report.connections(after: place, limit: limit)
    }
}
