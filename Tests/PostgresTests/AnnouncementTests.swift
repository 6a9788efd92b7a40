import Net
import Postgres
import Synchronization
import TestSupport
import Testing

/// What a process says to itself about its commits.
@Suite struct AnnouncementTests {
    private final class Heard: Sendable {
        let words = Mutex<[[String]]>([])
    }

    @Test("A committed batch and a committed transaction announce; what was rolled back says nothing")
    func announced() async throws {
        try await World.with { world in
            let heard = Heard()
            let listener = world.connections.announcements.listen { words in heard.words.withLock { $0.append(words) } }
            try await world.connections.batch(.of("a")) { batch in
                batch.enqueue("SELECT 1")
                batch.announce("one")
                batch.announce("two")
            }
            try await world.connections.transaction(.of("a")) { transaction in
                transaction.announce("three")
                let _: Int = try await transaction.batch { batch in
                    batch.announce("four")
                    return batch.one("SELECT 1", as: Int.self)
                }
                #expect(heard.words.withLock { $0 } == [["one", "two"]])
            }
            #expect(heard.words.withLock { $0 } == [["one", "two"], ["three", "four"]])

            _ = await postgresError {
                try await world.connections.batch(.of("a")) { batch in
                    batch.announce("five")
                    batch.enqueue("SELECT 1 / 0")
                }
            }
            _ = try? await world.connections.transaction(.of("a")) { transaction in
                transaction.announce("six")
                transaction.enqueue("SELECT 1 / 0")
            }
            world.connections.announcements.ignore(listener)
            try await world.connections.batch(.of("a")) { batch in
                batch.enqueue("SELECT 1")
                batch.announce("seven")
            }
            #expect(heard.words.withLock { $0 } == [["one", "two"], ["three", "four"]])
        }
    }
}
