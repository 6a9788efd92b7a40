internal import Net
internal import Postgres
internal import Synchronization

/// Tells listeners in this process of what happens anywhere, as long as the process lives: caches, which forget what has changed.
///
/// Nothing is kept for a process that is not there, and a listener that was told of an event may be told of it again.
public final class EventFeed: Sendable {
    /// What a listener hears.
    public enum News: Sendable, Hashable {
        /// In the order of the outbox.
        case events([RecordedEvent])
        /// The feed begins, or the database could not be read for longer than events are kept for: anything may have changed.
        case mayHaveMissed
    }

    private struct State {
        var position: OutboxPosition?
        var lastRead = MonotonicTime(nanoseconds: 0)
        var listeners: [@Sendable (News) -> Void] = []
    }

    private let database: Database
    private let now: @Sendable () -> MonotonicTime
    private let state = Mutex(State())

    init(_ database: Database, now: @escaping @Sendable () -> MonotonicTime = { .now() }) {
        self.database = database
        self.now = now
    }

    /// - Parameter listener: must not block. It is called with what is committed from then on.
    public func listen(_ listener: @escaping @Sendable (News) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// One page. The first time it only finds the place where to begin; while nobody listens there is none.
    @discardableResult
    func read() async throws -> Int {
        let began = now()
        let (isHeard, position) = state.withLock { state in
            // What was purged meanwhile would go unheard.
            (
                !state.listeners.isEmpty,
                state.position.flatMap { began - state.lastRead < .seconds(Limits.outboxRetentionSeconds) ? $0 : nil }
            )
        }
        if !isHeard { return 0 }
        let events: [RecordedEvent]
        if let position {
            events = try await database.batch(Scope.outbox) { $0.all(.events(after: position, limit: Limits.outboxPage)) }
            state.withLock { state in
                state.lastRead = began
                state.position = events.last?.position ?? position
            }
            if !events.isEmpty { tell(.events(events)) }
        } else {
            let end = try await database.batch(Scope.outbox) { $0.one(.outboxEnd, as: OutboxPosition.self) }
            events = []
            state.withLock { state in
                state.lastRead = began
                state.position = end
            }
            tell(.mayHaveMissed)
        }
        return events.count
    }

    private func tell(_ news: News) {
        for listener in state.withLock({ $0.listeners }) { listener(news) }
    }
}
