import Crypto
import Net
import Postgres
import Protobuf
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// Claims, leases and ends, step by step, against a real PostgreSQL.
@Suite struct JobClaimTests {
    private let queue = JobQueue()

    @Test("a job is part of its transaction: with it committed, with it rolled back")
    func transactional() async throws {
        try await JobWorld.with { world in
            _ = try? await world.first.batch(world.scope()) { batch in
                batch.enqueue(Job(TestJobs.note, StringValue("lost")))
                batch.enqueue("SELECT 1 / 0")
            }
            _ = try? await world.first.transaction(world.scope()) { transaction in
                transaction.enqueue(Job(TestJobs.note, StringValue("lost")))
                throw CancellationError()
            }
            try await world.first.transaction(world.scope()) { $0.enqueue(Job(TestJobs.note, StringValue("kept"))) }
            let store = world.store()
            let claimed = try #require(try await store.claim(world.worker(store), queue, count: 10, after: ""))
            #expect(try claimed.map { try StringValue(decoding: $0.payload).value } == ["kept"])
            #expect(claimed.map(\.hold.tenant) == ["a"])
            #expect(claimed.map(\.caller) == ["tester/ada"])
            #expect(claimed.map(\.attempt) == [1])
        }
    }

    @Test("R8 · a tenant sees no other tenant's jobs, and nobody may enqueue for another one or without one")
    func isolation() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))], tenant: "a")
            for tenant in ["b", "_platform", ""] {
                let seen: Int = try await world.first.batch(world.scope(tenant)) { $0.one("SELECT count(*) FROM job") }
                let changed = try await world.first.batch(world.scope(tenant)) { $0.execute("UPDATE job SET priority = 0") }
                #expect((seen, changed) == (0, 0))
            }
            await #expect(throws: PostgresError.self) { try await world.enqueue([Job(TestJobs.note, StringValue("x"))], tenant: "") }
            await #expect(throws: PostgresError.self) {
                try await world.first.batch(world.scope("b")) { $0.enqueue("UPDATE job_worker SET expires_at = now()") }
            }
        }
    }

    @Test("two processes fight for one queue: every job is claimed once")
    func contention() async throws {
        try await JobWorld.with { world in
            for _ in 0..<4 { try await world.enqueue((0..<100).map { Job(TestJobs.note, StringValue("\($0)")) }) }
            let ids = try await withThrowingTaskGroup { group in
                for database in [world.first, world.second, world.first, world.second] {
                    group.addTask {
                        let store = world.store(database)
                        let worker = try await world.worker(store)
                        var ids: [UUIDv7] = []
                        while let claimed = try await store.claim(worker, JobQueue(), count: 7, after: ""), !claimed.isEmpty {
                            ids += claimed.map(\.hold.id)
                        }
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ids.count == 400)
            #expect(Set(ids).count == 400)
        }
    }

    @Test("E24 · a killed worker's jobs return after its lease, and what it writes then is fenced off")
    func lease() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            let dead = world.store(world.first)
            let killed = try await world.worker(dead)
            let old = try #require(try await dead.claim(killed, queue, count: 1, after: "")?.first)

            let living = world.store(world.second)
            #expect(try await living.rescue() == 0)
            world.time.pass(Limits.jobLease + .seconds(1))
            #expect(try await living.rescue() == 1)
            #expect(try await world.states() == ["scheduled/1"])
            world.time.pass(.seconds(61))
            let worker = try await world.worker(living)
            let new = try #require(try await living.claim(worker, queue, count: 1, after: "")?.first)
            #expect(new.hold.id == old.hold.id)
            #expect(new.attempt == 2)

            // The first one was only slow.
            #expect(try await dead.finish(killed, [old.hold]) == [])
            let run = JobRun(old, deadline: .now() + .seconds(300), world.first, clock: world.clock)
            await #expect(throws: JobError.leaseLost) {
                try await run.complete { $0.enqueue(Job(TestJobs.note, StringValue("never"))) }
            }
            #expect(try await dead.fail(old.hold, .again) == false)
            #expect(try await dead.beat(killed) == nil)
            #expect(try await dead.claim(killed, queue, count: 1, after: "") == nil)
            #expect(try await world.states() == ["running/2"])

            #expect(try await living.finish(worker, [new.hold]) == [new.hold.id])
            #expect(try await world.states() == [])
        }
    }

    @Test("a job that kills its workers ends as a dead letter with its history")
    func poison() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.thrice, StringValue("x"))])
            let store = world.store()
            for attempt in 1...3 {
                let claimed = try await store.claim(world.worker(store), queue, count: 1, after: "")
                #expect(claimed?.first?.attempt == attempt)
                world.time.pass(.seconds(100))
                #expect(try await store.rescue() == 1)
                world.time.pass(.seconds(100))
            }
            #expect(try await world.states() == ["dead/3"])
            #expect(try await world.count("SELECT count(*) FROM job_error WHERE class = 'lost'") == 3)
            #expect(try await store.claim(world.worker(store), queue, count: 1, after: "")?.count == 0)
        }
    }

    @Test("a claim that was not heard of is undone, and counts for nothing")
    func disowned() async throws {
        try await JobWorld.with { world in
            try await world.enqueue((0..<3).map { Job(TestJobs.note, StringValue("\($0)")) })
            let store = world.store()
            let worker = try await world.worker(store)
            let heard = try #require(try await store.claim(worker, queue, count: 1, after: ""))
            _ = try await store.claim(worker, queue, count: 2, after: "")
            try await store.putBack(worker, queue: queue.name, butFor: heard.map(\.hold.id))
            #expect(try await world.states().sorted() == ["ready/0", "ready/0", "running/1"])
        }
    }

    @Test("a worker that retires gives its jobs back at once")
    func retired() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            let store = world.store()
            let worker = try await world.worker(store)
            _ = try await store.claim(worker, queue, count: 1, after: "")
            try await store.retire(worker)
            let next = try await store.claim(world.worker(store), queue, count: 1, after: "")
            #expect(next?.map(\.attempt) == [1])
            #expect(try await world.count("SELECT count(*) FROM job_error") == 0)
        }
    }

    @Test("a job waits for its time")
    func delayed() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([
                Job(TestJobs.note, StringValue("later"), start: .after(.seconds(600))),
                Job(TestJobs.note, StringValue("past"), start: .at(unixMicroseconds: 0)),
            ])
            let store = world.store()
            let worker = try await world.worker(store)
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 1)
            world.time.pass(.seconds(590))
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 0)
            world.time.pass(.seconds(20))
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 1)
        }
    }

    @Test("what is urgent comes first, and what has waited long comes before that")
    func priorities() async throws {
        try await JobWorld.with { world in
            let now = try await world.count("SELECT (extract(epoch FROM now()) * 1000000)::bigint")
            func job(_ name: String, _ priority: JobPriority, minutesAgo: Int) -> Job {
                Job(
                    TestJobs.note, StringValue(name), start: .at(unixMicroseconds: Int64(now) - Int64(minutesAgo) * 60_000_000),
                    priority: priority)
            }
            try await world.enqueue([
                job("low", .low, minutesAgo: 1), job("normal", .normal, minutesAgo: 1), job("urgent", .urgent, minutesAgo: 1),
                job("aged", .background, minutesAgo: 11),
            ])
            let store = world.store()
            let worker = try await world.worker(store)
            var names: [String] = []
            for _ in 0..<4 {
                let job = try #require(try await store.claim(worker, queue, count: 1, after: "")?.first)
                names.append(try StringValue(decoding: job.payload).value)
            }
            #expect(names == ["aged", "urgent", "normal", "low"])
        }
    }

    @Test("jobs with a sequence key run one after the other, those without and those of others meanwhile")
    func sequences() async throws {
        try await JobWorld.with { world in
            let jobs = ["1", "2", "3"].map { Job(TestJobs.note, StringValue($0), sequence: "s") }
            try await world.enqueue(jobs + [Job(TestJobs.note, StringValue("free")), Job(TestJobs.note, StringValue("t1"), sequence: "t")])
            let store = world.store()
            let worker = try await world.worker(store)
            let claimed = try #require(try await store.claim(worker, queue, count: 9, after: ""))
            #expect(try claimed.map { try StringValue(decoding: $0.payload).value }.sorted() == ["1", "free", "t1"])
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 0)
            // A failed one still holds up those behind it.
            let first = try #require(claimed.first { $0.hold.id == jobs[0].id })
            #expect(try await store.fail(first.hold, .again))
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 0)
            world.time.pass(.seconds(60))
            let again = try #require(try await store.claim(worker, queue, count: 9, after: "")?.first)
            #expect(again.hold.id == jobs[0].id)
            _ = try await store.finish(worker, [again.hold])
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.map(\.hold.id) == [jobs[1].id])
        }
    }

    @Test("what was kept is removed when its time is over")
    func purged() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.kept, StringValue("x")), Job(TestJobs.note, StringValue("y"))])
            let store = world.store()
            let worker = try await world.worker(store)
            let claimed = try #require(try await store.claim(worker, queue, count: 9, after: ""))
            #expect(Set(try await store.finish(worker, claimed.map(\.hold))) == Set(claimed.map(\.hold.id)))
            #expect(try await world.states() == ["done/1"])
            #expect(try await store.purge() == 0)
            world.time.pass(.seconds(61))
            #expect(try await store.purge() == 1)
            #expect(try await world.states() == [])
        }
    }
}

extension JobVerdict {
    /// A failure that passes, to be tried again at once.
    static let again = JobVerdict(
        JobError.retryAfter(.zero, "not now"), as: .transient, isTimeout: false, attempt: 1, allowed: 9,
        retries: JobRetries(attempts: 9, first: .seconds(1)), random: 0.5)
}
