internal import AdminAPI
internal import AdminServer
internal import Net
internal import Platform
internal import Synchronization

/// What a server was told last, and the way to tell it again.
final class Reloads: Sendable {
    struct State: Sendable {
        var settings: Settings
        var files: ServerFiles
        /// Seconds since 1970.
        var readAt: Int64
    }

    private let source: @Sendable () throws -> Settings
    private let state: Mutex<State>
    private let log: Log
    /// One at a time, in the order in which they were asked for.
    private let last = Mutex<Task<ReloadConfigReply, any Error>?>(nil)

    /// - Parameter source: reads the configuration. It blocks.
    init(_ settings: Settings, _ files: ServerFiles, log: Log, source: @escaping @Sendable () throws -> Settings) {
        self.source = source
        self.log = log
        state = Mutex(State(settings: settings, files: files, readAt: UnixTime.now()))
    }

    var current: State { state.withLock { $0 } }

    /// Reads everything, then has `parts` take it over.
    ///
    /// - Throws: `UnusableConfiguration`, and nothing has changed.
    func run(on parts: LiveParts) async throws -> ReloadConfigReply {
        let task = last.withLock { last in
            let task = Task { [before = last] in
                _ = await before?.result
                return try await self.reload(parts)
            }
            last = task
            return task
        }
        return try await task.value
    }

    private func reload(_ parts: LiveParts) async throws -> ReloadConfigReply {
        let old = current
        let (settings, files): (Settings, ServerFiles)
        do {
            (settings, files) = try await BlockingPool.shared.run { [source] in
                let settings = try source()
                return (settings, try ServerFiles(settings))
            }
        } catch {
            log.write(.error, "configuration_kept", ["reason": "\(error)"])
            throw UnusableConfiguration("\(error)")
        }
        let change = ConfigurationChange(from: (old.settings, old.files), to: (settings, files))
        let ended = await parts.take(settings, files)
        state.withLock { $0 = State(settings: settings, files: files, readAt: UnixTime.now()) }
        log.write(
            .info, "configuration_reloaded",
            [
                "changed": .text(change.live.joined(separator: " ")), "needs_restart": .text(change.needsRestart.joined(separator: " ")),
                "connections_ended": .number(ended),
            ])
        var reply = ReloadConfigReply()
        reply.changed = change.live
        reply.needsRestart = change.needsRestart
        reply.connectionsEnded = Int64(ended)
        reply.configurationDigest = settings.digest
        return reply
    }
}
