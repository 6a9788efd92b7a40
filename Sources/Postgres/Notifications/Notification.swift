internal import Net

/// What a listener hears.
public enum Notification: Sendable, Hashable {
    /// Somebody committed a NOTIFY.
    case notified(NotificationChannel, payload: String)
    /// Listening has begun, or has begun again after a gap: read the tables once, since what came before was not heard.
    case mayHaveMissed
}

/// What is notified on some channels, from `Database.notifications`. Each loop over it is a subscription of its own.
public struct Notifications: AsyncSequence, Sendable {
    public typealias Element = Notification
    public typealias Failure = Never

    let channels: Set<NotificationChannel>
    let listener: Confined<Listener>

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(Listening(Subscription(channels), at: listener))
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let listening: Listening

        fileprivate init(_ listening: Listening) {
            self.listening = listening
        }

        /// Waits for the next one. Nil when the task was cancelled or the database was shut down.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> Notification? {
            await listening.subscription.next()
        }
    }
}

/// Keeps a subscription alive as long as somebody iterates.
private final class Listening: Sendable {
    let subscription: Subscription
    private let listener: Confined<Listener>

    init(_ subscription: Subscription, at listener: Confined<Listener>) {
        self.subscription = subscription
        self.listener = listener
        listener.loop.runHere { listener.value.add(subscription) }
    }

    deinit {
        let (subscription, listener) = (subscription, listener)
        listener.loop.runHere { listener.value.remove(subscription) }
    }
}

extension Database {
    /// Listens on `channels`, on one connection for the whole database that is none of the pool's. It is opened again when it breaks.
    ///
    ///     for await event in database.notifications(on: [.jobs]) {
    ///         switch event {
    ///         case .mayHaveMissed, .notified: try await claimWhatIsThere()
    ///         }
    ///     }
    ///
    /// The first event is `mayHaveMissed`: what is committed after it is heard, what was committed before has to be read. Whoever is too
    /// slow hears `mayHaveMissed` in place of what did not fit. The loop ends with its task or with the database.
    public func notifications(on channels: [NotificationChannel]) -> Notifications {
        Notifications(channels: Set(channels), listener: listener)
    }
}
