internal import Net
public import StandardServices
internal import Synchronization

/// Asks now and then whether a server can do its work, and lets the health service say so. Whoever probes the server is answered from memory:
/// however often that is, what the work needs is asked no more often than this does.
public final class ReadinessProbe: Sendable {
    /// The name under which the health service says whether the process serves at all, whatever is away: a supervisor that asks for it does not
    /// start a server anew that only waits for its database.
    public static let liveness = "liveness"

    /// What was found last.
    public struct Finding: Sendable, Equatable {
        /// Nil: all is there.
        public var reason: String?
        /// Seconds since 1970.
        public var since: Int64
        /// Seconds since 1970.
        public var checkedAt: Int64
    }

    private let health: HealthService
    private let services: [String]
    private let log: Log
    private let failure: @Sendable () async -> String?
    private let finding: Mutex<Finding>

    /// - Parameters:
    ///   - services: those that are not ready while there is a failure; the server as a whole is one more.
    ///   - failure: why the work cannot be done now, for the log; nil: it can.
    public init(_ health: HealthService, services: [String], log: Log, failure: @escaping @Sendable () async -> String?) {
        self.health = health
        self.services = services
        self.log = log
        self.failure = failure
        let now = UnixTime.now()
        finding = Mutex(Finding(reason: nil, since: now, checkedAt: now))
    }

    public var latest: Finding { finding.withLock { $0 } }

    /// Until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Limits.readinessInterval)
            guard !Task.isCancelled else { return }
            await look()
        }
    }

    /// Asks once.
    func look() async {
        let reason = await failure()
        guard !Task.isCancelled else { return }
        let now = UnixTime.now()
        let isNews = finding.withLock { finding in
            let isNews = (finding.reason == nil) != (reason == nil)
            finding.reason = reason
            finding.checkedAt = now
            if isNews { finding.since = now }
            return isNews
        }
        guard isNews else { return }
        let isReady = reason == nil
        log.write(isReady ? .info : .error, isReady ? "database_usable" : "database_unusable", ["reason": .text(reason ?? "")])
        for service in [""] + services { health.set(isReady ? .serving : .notServing, for: service) }
    }
}
