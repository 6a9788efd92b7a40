import Net
import Postgres
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// A consumer that writes what it hears into a table of the event's tenant, and fails where it is told to.
private struct Notes: EventConsumer {
    let name = "notes"
    var failsAt: String?

    struct Failure: Error {}

    func consume(_ event: RecordedEvent, _ transaction: borrowing Transaction) async throws {
        if event.subject == failsAt { throw Failure() }
        transaction.enqueue("INSERT INTO note (tenant_id, subject) VALUES (current_tenant(), \(event.subject))")
    }
}

/// One database of a test's own, with a table to write to beside the outbox.
private struct OutboxWorld {
    let database: Database
    let administration: Database

    private static let schema = Migration(
        service: "test", number: 1, name: "note",
        sql: """
            CREATE TABLE note (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id text NOT NULL, subject text NOT NULL);
            ALTER TABLE note ENABLE ROW LEVEL SECURITY;
            ALTER TABLE note FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON note USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
            GRANT SELECT, INSERT ON note TO switchboard_app;
            """)

    static func with(_ body: (OutboxWorld) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + [schema])
        let loops = try EventLoopGroup(count: 1)
        let world = OutboxWorld(
            database: Database(fresh.application, loops: loops.loops), administration: Database(fresh.administrator, loops: loops.loops))
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await world.database.shutdown()
        await world.administration.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    static func scope(_ tenant: String?) -> Scope { Scope(tenant: tenant, caller: "test/ada", requestID: "request-7") }

    static func event(_ subject: String) -> Event {
        var message = StringValue()
        message.value = "about \(subject)"
        return Event(message, about: subject)
    }

    func tell(_ subjects: String..., as tenant: String = "a") async throws {
        try await database.batch(Self.scope(tenant)) { batch in
            for subject in subjects { batch.tell(Self.event(subject)) }
        }
    }

    /// Waits until `count` events can be read in one page.
    func becomesReadable(_ count: Int) async throws {
        let deadline = MonotonicTime.now() + .seconds(600)
        while MonotonicTime.now() < deadline {
            let events: [RecordedEvent] = try await database.batch(Scope.outbox) { $0.all(.events(after: .beginning, limit: count)) }
            if events.count == count { return }
        }
        Issue.record("\(count) events never came to be readable")
    }

    func notes(of tenant: String) async throws -> [String] {
        try await database.batch(Self.scope(tenant)) { $0.all("SELECT subject FROM note ORDER BY number") }
    }
}

/// Reads until `count` events have come. A transaction of another suite's database may hold them up for a moment.
private func read(_ count: Int, _ page: () async throws -> Int) async throws -> Int {
    let deadline = MonotonicTime.now() + .seconds(600)
    var sum = 0
    while sum < count, MonotonicTime.now() < deadline { sum += try await page() }
    return sum
}

/// What a feed told, in order.
private final class Heard: Sendable {
    private let news = Mutex<[EventFeed.News]>([])

    func note(_ more: EventFeed.News) { news.withLock { $0.append(more) } }

    func take() -> [EventFeed.News] {
        news.withLock { news in
            defer { news = [] }
            return news
        }
    }
}

struct OutboxTests {
    @Test("R1 · an event is there when the change is committed, and not when it is rolled back")
    func sameCommit() async throws {
        try await OutboxWorld.with { world in
            let feed = EventFeed(world.database)
            let heard = Heard()
            feed.listen(heard.note)
            try await feed.read()
            #expect(heard.take() == [.mayHaveMissed])
            await #expect(throws: PostgresError.self) {
                try await world.database.batch(OutboxWorld.scope("a")) { batch in
                    batch.tell(OutboxWorld.event("never"))
                    batch.enqueue("SELECT 1/0")
                }
            }
            try await world.database.transaction(OutboxWorld.scope("a")) { $0.tell(OutboxWorld.event("once")) }
            #expect(try await read(1, feed.read) == 1)
            guard case .events(let events) = heard.take().first, let event = events.first else {
                Issue.record("nothing was told")
                return
            }
            #expect(event.tenant == "a")
            #expect(event.subject == "once")
            #expect(event.requestID == "request-7")
            #expect(try event.decode(StringValue.self)?.value == "about once")
            #expect(try event.decode(Int64Value.self) == nil)
            #expect(try await feed.read() == 0)
        }
    }

    @Test("an event of a transaction that commits late is not passed over for those that were committed before")
    func lateCommit() async throws {
        try await OutboxWorld.with { world in
            let feed = EventFeed(world.database)
            let heard = Heard()
            feed.listen(heard.note)
            try await feed.read()
            try await world.database.transaction(OutboxWorld.scope("a")) { transaction in
                transaction.tell(OutboxWorld.event("early"))
                try await transaction.execute("SELECT 1")
                try await world.tell("late")
                // The later one is committed; but the earlier one may still come, and would be behind it.
                #expect(try await feed.read() == 0)
            }
            #expect(try await read(2, feed.read) == 2)
            let subjects = heard.take().flatMap { if case .events(let events) = $0 { events.map(\.subject) } else { [] as [String] } }
            #expect(subjects == ["early", "late"])
        }
    }

    @Test("R8 · nobody reads the outbox past the functions that are made for it, not even his own tenant's events")
    func closed() async throws {
        try await OutboxWorld.with { world in
            try await world.tell("secret")
            for statement: SQL in ["SELECT count(*) FROM outbox", "DELETE FROM outbox", "UPDATE outbox SET subject = ''"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await world.database.batch(OutboxWorld.scope("a")) { $0.enqueue(statement) }
                }
                #expect(error?.kind == .insufficientPrivilege)
            }
            let foreign = await #expect(throws: PostgresError.self) {
                try await world.database.batch(OutboxWorld.scope("a")) {
                    $0.enqueue("INSERT INTO outbox (tenant_id, topic, subject, payload, request_id) VALUES ('b', 't', 's', '', '')")
                }
            }
            #expect(foreign?.kind == .insufficientPrivilege)
        }
    }

    @Test("a consumer hears every event once, in its tenant's name, and goes on where an error stopped it")
    func consumer() async throws {
        try await OutboxWorld.with { world in
            let dispatcher = EventDispatcher(world.database, to: Notes())
            try await dispatcher.register()
            try await world.tell("1", "2", as: "a")
            try await world.tell("3", as: "b")
            try await world.tell("4", as: "a")
            try await world.becomesReadable(4)
            let failing = EventDispatcher(world.database, to: Notes(failsAt: "3"))
            await #expect(throws: Notes.Failure.self) { try await read(4, failing.dispatch) }
            #expect(try await world.notes(of: "a") == [])
            #expect(try await read(4, dispatcher.dispatch) == 4)
            #expect(try await dispatcher.dispatch() == 0)
            #expect(try await world.notes(of: "a") == ["1", "2", "4"])
            #expect(try await world.notes(of: "b") == ["3"])
        }
    }

    @Test("of two processes that read for one consumer, one reads")
    func oneReader() async throws {
        try await OutboxWorld.with { world in
            let dispatcher = EventDispatcher(world.database, to: Notes())
            try await dispatcher.register()
            try await world.tell("1")
            try await world.database.transaction(Scope.outbox) { transaction in
                _ = try await transaction.one(.holdCursor(of: "notes"), as: OutboxPosition.self)
                #expect(try await dispatcher.dispatch() == 0)
            }
            #expect(try await read(1, dispatcher.dispatch) == 1)
        }
    }

    @Test("a consumer that is new hears what happens after it came")
    func newcomer() async throws {
        try await OutboxWorld.with { world in
            try await world.tell("before")
            let dispatcher = EventDispatcher(world.database, to: Notes())
            #expect(try await dispatcher.dispatch() == 0)
            try await world.tell("after")
            #expect(try await read(1, dispatcher.dispatch) == 1)
            #expect(try await world.notes(of: "a") == ["after"])
        }
    }

    @Test("a place that is ahead of the database, which was restored from another cluster, begins again")
    func restored() async throws {
        try await OutboxWorld.with { world in
            let dispatcher = EventDispatcher(world.database, to: Notes())
            try await dispatcher.register()
            try await world.administration.batch(OutboxWorld.scope(nil)) {
                $0.enqueue("UPDATE outbox_cursor SET xid = '1000000000000'::xid8, number = 7")
            }
            try await world.tell("1", "2")
            #expect(try await read(2, dispatcher.dispatch) == 2)
            #expect(try await world.notes(of: "a") == ["1", "2"])
            try await world.tell("3")
            #expect(try await read(1, dispatcher.dispatch) == 1)
            #expect(try await world.notes(of: "a") == ["1", "2", "3"])
        }
    }

    @Test("old events are removed once every consumer has heard them")
    func purge() async throws {
        try await OutboxWorld.with { world in
            let dispatcher = EventDispatcher(world.database, to: Notes())
            try await dispatcher.register()
            try await world.tell("1", "2")
            try await world.administration.batch(OutboxWorld.scope(nil)) {
                $0.enqueue("UPDATE outbox SET created_at = now() - interval '25 hours'")
            }
            #expect(try await world.database.purgeOutbox() == 0)
            #expect(try await read(2, dispatcher.dispatch) == 2)
            try await world.tell("3")
            #expect(try await read(1, dispatcher.dispatch) == 1)
            #expect(try await world.database.purgeOutbox() == 2)
            #expect(try await world.database.purgeOutbox() == 0)
        }
    }

    @Test("a feed that could not read for a day says that it may have missed something")
    func gap() async throws {
        try await OutboxWorld.with { world in
            let time = Mutex(MonotonicTime(nanoseconds: 0))
            let feed = EventFeed(world.database, now: { time.withLock { $0 } })
            let heard = Heard()
            feed.listen(heard.note)
            try await feed.read()
            _ = heard.take()
            try await world.tell("lost")
            time.withLock { $0 = $0 + .seconds(Limits.outboxRetentionSeconds) }
            try await feed.read()
            #expect(heard.take() == [.mayHaveMissed])
            try await world.tell("1")
            #expect(try await read(1, feed.read) == 1)
        }
    }
}

/// The outbox of one process at work, told of what another one does.
struct OutboxAtWorkTests {
    @Test("what another process commits is heard here, by the feed and by a consumer, and goes on after the listening connection was cut")
    func between() async throws {
        try await OutboxWorld.with { world in
            let loops = try EventLoopGroup(count: 1)
            let outbox = Outbox(world.database, consumers: [Notes()], on: loops.loops[0], log: Log(minimum: .error))
            let (stream, heard) = AsyncStream<EventFeed.News>.makeStream()
            outbox.feed.listen { heard.yield($0) }
            try await EventDispatcher(world.database, to: Notes()).register()
            outbox.start()
            var news = stream.makeAsyncIterator()
            #expect(await news.next() == .mayHaveMissed)
            var subjects: [String] = []
            for number in 1...20 {
                if number == 10 {
                    try await world.administration.batch(OutboxWorld.scope(nil)) {
                        $0.enqueue(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND query LIKE '%LISTEN%' AND pid <> pg_backend_pid()
                            """)
                    }
                }
                try await world.tell("\(number)")
                while subjects.count < number, case .events(let events)? = await news.next() { subjects += events.map(\.subject) }
            }
            #expect(subjects == (1...20).map(String.init))
            var notes: [String] = []
            while notes.count < 20 { notes = try await world.notes(of: "a") }
            #expect(notes == subjects)
            await outbox.stop()
            loops.shutdown()
        }
    }
}
