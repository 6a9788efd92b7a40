internal import Console
internal import Net
internal import Platform

/// `switchboard serve --config FILE`: the server on a PostgreSQL of the user's own, until SIGTERM or SIGINT. SIGHUP has it read its
/// configuration again.
struct ServeCommand {
    private let path: String

    init(_ words: some Sequence<String>) throws {
        path = try configurationFile(words)
    }

    func run() async throws {
        let signals = try Signals.stream([Signals.interrupt, Signals.terminate, Signals.hangUp])
        let log = Log()
        let server = try await RunningServer.start(log: log) { [path] in try ConfigurationFile.settings(path) }
        await signals.untilAsked { await server.reload() }
        let impatience = Task {
            // Whoever asks twice does not want to wait.
            guard await signals.untilAsked(onHangUp: {}) else { return }
            log.flush()
            ExitStatus.failure.exitAtOnce()
        }
        await server.stop()
        impatience.cancel()
        ExitStatus.success.exitAtOnce()
    }
}

extension AsyncStream<Int32> {
    /// Waits for the next signal, but for SIGHUPs that `onHangUp` takes, one after the other and beside this. False when the task was
    /// cancelled instead: then nobody asked.
    @discardableResult
    func untilAsked(onHangUp: (@Sendable () async -> Void)? = nil) async -> Bool {
        var last: Task<Void, Never>?
        for await signal in self {
            guard signal == Signals.hangUp, let onHangUp else { return true }
            last = Task { [last] in
                await last?.value
                await onHangUp()
            }
        }
        return false
    }
}

/// The file of `--config FILE`, for commands that take nothing else.
func configurationFile(_ words: some Sequence<String>) throws -> String {
    let arguments = try Arguments(words, options: ["--config"])
    try arguments.demandNoOperands()
    guard let path = arguments["--config"] else { throw UsageError("Say with --config which configuration to use.") }
    return path
}
