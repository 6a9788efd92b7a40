public import Crypto
public import Net
internal import Synchronization

/// A sender that leaves a destination alone when it fails, and never has too many attempts under way to one of them: what is slow or broken
/// there costs nobody else anything here.
public final class GuardedSender<Content: Sendable>: Sender {
    private let sender: any Sender<Content>
    private let clock: @Sendable () -> MonotonicTime
    private let report: @Sendable (String, Breaker.Change) -> Void
    private let table: Mutex<DestinationTable>

    /// - Parameters:
    ///   - attemptsPerDestination: how many may be under way to one destination; more are deferred.
    ///   - report: called with the destination when its breaker opens or closes, once each.
    public init(
        _ sender: any Sender<Content>, attemptsPerDestination: Int? = nil, clock: @escaping @Sendable () -> MonotonicTime = { .now() },
        report: @escaping @Sendable (String, Breaker.Change) -> Void = { _, _ in }
    ) {
        self.sender = sender
        self.clock = clock
        self.report = report
        table = Mutex(DestinationTable(attemptsPerDestination: attemptsPerDestination ?? Limits.attemptsPerDestination))
    }

    public func destination(of content: Content) -> String {
        sender.destination(of: content)
    }

    public func send(_ content: Content, id: UUIDv7) async -> Outcome {
        let destination = sender.destination(of: content)
        switch table.withLock({ $0.enter(destination, at: clock()) }) {
        case .refused(let reason, let retryAfter):
            return .deferred(reason: reason, retryAfter: retryAfter)
        case .pass(let pass):
            let outcome = await sender.send(content, id: id)
            let ending = Task.isCancelled ? Breaker.Ending.abandoned : Self.ending(of: outcome)
            if let change = table.withLock({ $0.leave(destination, pass, ending, at: clock()) }) { report(destination, change) }
            return outcome
        }
    }

    private static func ending(of outcome: Outcome) -> Breaker.Ending {
        switch outcome {
        case .accepted, .refused: .worked
        case .failed, .unknown: .failed
        case .deferred: .abandoned
        }
    }
}
