public import Net
public import Postgres
internal import Synchronization

/// The outbox of a process, at work: it hands events on to those who must hear of each, and to those who only need to hear while they live.
public final class Outbox: Sendable {
    /// For caches and the like.
    public let feed: EventFeed
    private let database: Database
    private let loop: EventLoop
    private let log: Log
    private let readers: [Reader]
    private let purges: Bell
    private let notifier: PacedNotifier
    private let state = Mutex(State())

    /// Announced by a commit that tells of something.
    static let word = "outbox"

    private struct Reader {
        let bell: Bell
        let name: String
        /// Gives how many events there were; a page may have more behind it.
        let read: @Sendable () async throws -> Int
    }

    private struct State {
        var isStopping = false
        var listener: Int?
        var tasks: [Task<Void, Never>] = []
    }

    /// - Parameters:
    ///   - consumers: each with a name of its own.
    ///   - loop: where it works.
    public init(_ database: Database, consumers: [any EventConsumer] = [], on loop: EventLoop, log: Log) {
        precondition(Set(consumers.map(\.name)).count == consumers.count, "two consumers of one name")
        let feed = EventFeed(database)
        self.database = database
        self.loop = loop
        self.log = log
        self.feed = feed
        readers =
            [Reader(bell: Bell(on: loop), name: "feed", read: { try await feed.read() })]
            + consumers.map { consumer in
                let dispatcher = EventDispatcher(database, to: consumer, log: log)
                return Reader(bell: Bell(on: loop), name: consumer.name, read: { try await dispatcher.dispatch() })
            }
        purges = Bell(on: loop)
        notifier = PacedNotifier(.outbox, of: database, on: loop)
    }

    public func start() {
        let listener = database.announcements.listen { [weak self] words in
            guard words.contains(Self.word), let self else { return }
            self.ring()
            self.notifier.notify("")
        }
        var tasks = readers.map { reader in Task(executorPreference: loop) { await self.run(reader) } }
        tasks.append(Task(executorPreference: loop) { await self.purge() })
        tasks.append(Task(executorPreference: loop) { await self.hear() })
        state.withLock { state in
            state.listener = listener
            state.tasks = tasks
        }
    }

    /// Lets the page that is being read come to its end.
    public func stop() async {
        let (listener, tasks) = state.withLock { state in
            state.isStopping = true
            return (state.listener.take(), state.tasks)
        }
        if let listener { database.announcements.ignore(listener) }
        // The one that hears others' notifications ends by this only.
        tasks.last?.cancel()
        ring()
        purges.ring()
        for task in tasks { await task.value }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func ring() {
        for reader in readers { reader.bell.ring() }
    }

    private func hear() async {
        for await _ in database.notifications(on: [.outbox]) { ring() }
    }

    private func run(_ reader: Reader) async {
        while !isStopping {
            do {
                if try await readAll(reader) == 0 {
                    await reader.bell.wait(until: .now() + Limits.outboxSecondLook)
                    if !isStopping { _ = try await readAll(reader) }
                }
            } catch {
                log.write(
                    .warning, "events_not_handed_on", ["to": .text(reader.name), "error": "\(error)", "next": "they are tried again"])
            }
            if isStopping { return }
            await reader.bell.wait(until: .now() + Limits.outboxPoll * Double.random(in: 0.8...1.2))
        }
    }

    private func readAll(_ reader: Reader) async throws -> Int {
        var sum = 0
        while !isStopping {
            let count = try await reader.read()
            sum += count
            if count < Limits.outboxPage { break }
        }
        return sum
    }

    private func purge() async {
        while !isStopping {
            do {
                while !isStopping, try await database.purgeOutbox() > 0 {}
            } catch {
                log.write(.warning, "outbox_not_purged", ["error": "\(error)"])
            }
            if isStopping { return }
            await purges.wait(until: .now() + Limits.outboxPurgeEvery * Double.random(in: 0.8...1.2))
        }
    }
}

extension NotificationChannel {
    /// There are events in the outbox.
    static let outbox: NotificationChannel = "switchboard_outbox"
}
