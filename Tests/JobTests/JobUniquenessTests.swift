import Crypto
import Net
import Postgres
import Protobuf
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// Jobs that are there once.
@Suite struct JobUniquenessTests {
    private func payloads(_ world: JobWorld) async throws -> [String] {
        let bytes: [[UInt8]] = try await world.administration.batch(world.scope()) {
            $0.all("SELECT payload FROM job ORDER BY state, id", as: [UInt8].self)
        }
        return try bytes.map { try StringValue(decoding: $0).value }
    }

    private func job(_ text: String, _ unique: Job.Uniqueness, start: Job.Start = .now) -> Job {
        Job(TestJobs.note, StringValue(text), start: start, unique: unique)
    }

    @Test("skip: the first of a key stands until it has ended; other tenants and kinds have keys of their own")
    func skip() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([job("1", .skip("k"))])
            try await world.enqueue([job("2", .skip("k")), job("3", .skip("l"))])
            try await world.enqueue([job("4", .skip("k"))], tenant: "b")
            try await world.enqueue([Job(TestJobs.once, StringValue("5"), unique: .skip("k"))])
            #expect(try await payloads(world) == ["1", "3", "4", "5"])

            let store = world.store()
            let worker = try await world.worker(store)
            let claimed = try #require(try await store.claim(worker, JobQueue(), count: 9, after: ""))
            try await world.enqueue([job("6", .skip("k"))])
            #expect(try await payloads(world) == ["1", "3", "4", "5"])
            _ = try await store.finish(worker, claimed.map(\.hold))
            try await world.enqueue([job("7", .skip("k"))])
            #expect(try await payloads(world) == ["7"])
        }
    }

    @Test("replace: one that waits has the newest payload and time; one that runs is left alone")
    func replace() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([job("1", .replace("k"), start: .after(.seconds(60)))])
            try await world.enqueue([job("2", .replace("k"))])
            #expect(try await payloads(world) == ["2"])
            #expect(try await world.states() == ["ready/0"])

            let store = world.store()
            let worker = try await world.worker(store)
            let running = try #require(try await store.claim(worker, JobQueue(), count: 9, after: "")?.first)
            try await world.enqueue([job("3", .replace("k"))])
            try await world.enqueue([job("4", .replace("k"))])
            #expect(try await payloads(world) == ["4", "2"])

            // Older work is not done after newer: its attempt was the last one.
            #expect(try await store.fail(running.hold, .again))
            #expect(try await world.states().sorted() == ["cancelled/1", "ready/0"])
            let newest = try #require(try await store.claim(worker, JobQueue(), count: 9, after: "")?.first)
            #expect(try StringValue(decoding: newest.payload).value == "4")
            _ = try await store.finish(worker, [newest.hold])
            world.time.pass(.seconds(600))
            #expect(try await store.claim(worker, JobQueue(), count: 9, after: "")?.count == 0)
        }
    }

    @Test("a replaced job does not run again either when its worker stops or is lost, or when it asks for a later time", arguments: 0..<3)
    func replacedWhileRunning(way: Int) async throws {
        try await JobWorld.with { world in
            try await world.enqueue([job("old", .replace("k"))])
            let store = world.store()
            let worker = try await world.worker(store)
            let running = try #require(try await store.claim(worker, JobQueue(), count: 9, after: "")?.first)
            try await world.enqueue([job("new", .replace("k"))])
            switch way {
            case 0: try await store.retire(worker)
            case 1:
                world.time.pass(Limits.jobLease + .seconds(1))
                #expect(try await store.rescue() == 1)
            default:
                var later = JobVerdict.again
                later.next = .later(after: .zero)
                #expect(try await store.fail(running.hold, later))
            }
            world.time.pass(.seconds(600))
            let claimed = try #require(try await store.claim(world.worker(store), JobQueue(), count: 9, after: ""))
            #expect(try claimed.map { try StringValue(decoding: $0.payload).value } == ["new"])
        }
    }

    @Test("a replaced job that waits for another attempt has all attempts again")
    func replacedAttempts() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([job("1", .replace("k"))])
            let store = world.store()
            let running = try #require(try await store.claim(world.worker(store), JobQueue(), count: 1, after: "")?.first)
            #expect(try await store.fail(running.hold, .again))
            #expect(try await world.states() == ["scheduled/1"])
            try await world.enqueue([job("2", .replace("k"))])
            #expect(try await world.states() == ["ready/0"])
        }
    }

    @Test("of a hundred that replace each other at once, one is there")
    func contention() async throws {
        try await JobWorld.with { world in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        let database = number % 2 == 0 ? world.first : world.second
                        try await database.batch(world.scope()) { batch in
                            batch.enqueue(Job(TestJobs.note, StringValue("\(number)"), unique: .replace("k")))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.states() == ["ready/0"])
        }
    }
}
