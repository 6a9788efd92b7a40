import Crypto
import Net
import Postgres
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// What claims may not do whatever is committed between their statements.
@Suite struct JobClaimRaceTests {
    private let queue = JobQueue()

    /// A claim whose transaction is open while `body` runs.
    private static func claimOpen(
        _ worker: UUIDv7, _ world: JobWorld, _ body: ([ClaimedJob]) async throws -> Void
    ) async throws {
        try await world.second.transaction(world.scope()) { transaction in
            let statement = SQL.claimJobs(worker, JobQueue(), kinds: TestJobs.names, count: 9, after: "", shift: 0)
            try await body(transaction.all(statement, as: ClaimedJob.self))
        }
    }

    /// Waits until a backend of this database waits for a lock, or `task` has ended without.
    private static func waitForLock(_ world: JobWorld, or journal: Journal) async throws {
        try await eventually("somebody waits") {
            if !journal.all.isEmpty { return true }
            return try await world.count(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
        }
    }

    /// As workers do: a lock that was not given in time is asked for again.
    private static func insisting<Value>(_ body: () async throws(PostgresError) -> Value) async throws(PostgresError) -> Value {
        while true {
            do throws(PostgresError) {
                return try await body()
            } catch {
                guard [.lockNotAvailable, .statementTimeout, .deadlineExceeded].contains(error.kind) else { throw error }
            }
        }
    }

    @Test("a job of a sequence waits for one with a larger id that was committed, and begun, before it")
    func lateComer() async throws {
        try await JobWorld.with { world in
            let earlier = Job(TestJobs.note, StringValue("earlier"), sequence: "s")
            let later = Job(TestJobs.note, StringValue("later"), sequence: "s")
            let store = world.store()
            let worker = try await world.worker(store)
            try await world.enqueue([later])
            let running = try #require(try await store.claim(worker, queue, count: 9, after: "")?.first)
            try await world.enqueue([earlier])
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.count == 0)
            _ = try await store.finish(worker, [running.hold])
            #expect(try await store.claim(worker, queue, count: 9, after: "")?.map(\.hold.id) == [earlier.id])
        }
    }

    @Test("who is never the first to begin a sequence is told so after some tries, instead of trying for ever")
    func neverFirst() async throws {
        try await JobWorld.with { world in
            try await world.administration.batch(world.scope()) { batch in
                batch.enqueue("CREATE SEQUENCE claims")
                batch.enqueue("GRANT USAGE ON SEQUENCE claims TO PUBLIC")
                batch.enqueue(
                    """
                    CREATE OR REPLACE FUNCTION job_claim(
                        worker uuid, from_queue text, kinds text[], wanted integer, after_tenant text, queue_cap integer, tenant_cap integer,
                        shift bigint
                    ) RETURNS TABLE (
                        tenant_id text, id uuid, kind text, payload bytea, attempt integer, attempts_allowed integer, fence bigint,
                        caller text, request_id text, run_at timestamptz
                    ) LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM nextval('claims');
                        RAISE unique_violation USING CONSTRAINT = 'job_sequence_running';
                    END
                    $$
                    """)
            }
            let store = world.store()
            let worker = try await world.worker(store)
            let error = await #expect(throws: PostgresError.self) { try await store.claim(worker, queue, count: 9, after: "") }
            #expect(error?.kind == .uniqueViolation)
            #expect(try await world.count("SELECT last_value FROM claims") == 1 + Limits.jobClaimCollisions)
        }
    }

    @Test("of two claims at once, each of which sees another job of a sequence, one gets its job")
    func atOnce() async throws {
        try await JobWorld.with { world in
            let earlier = Job(TestJobs.note, StringValue("earlier"), sequence: "s")
            let later = Job(TestJobs.note, StringValue("later"), sequence: "s")
            let store = world.store()
            let (one, other) = (try await world.worker(store), try await world.worker(store))
            try await world.enqueue([later])
            let journal = Journal()
            var second: Task<Int?, any Error>?
            try await Self.claimOpen(one, world) { claimed in
                #expect(claimed.map(\.hold.id) == [later.id])
                try await world.enqueue([earlier])
                second = Task {
                    defer { journal.add("claimed") }
                    return try await Self.insisting { () throws(PostgresError) in
                        try await store.claim(other, JobQueue(), count: 9, after: "")
                    }?.count
                }
                try await Self.waitForLock(world, or: journal)
            }
            #expect(try await second?.value == 0)
            #expect(try await world.states() == ["ready/0", "running/1"])
        }
    }

    @Test("a claim that is committed after its jobs were put back is waited for: none runs that nobody knows of")
    func latePutBack() async throws {
        try await JobWorld.with { world in
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            let store = world.store()
            let worker = try await world.worker(store)
            let journal = Journal()
            var putBack: Task<Void, any Error>?
            try await Self.claimOpen(worker, world) { claimed in
                #expect(claimed.count == 1)
                // A beat is not held up by a claim.
                #expect(try await store.beat(worker) != nil)
                putBack = Task {
                    defer { journal.add("put back") }
                    try await Self.insisting { () throws(PostgresError) in
                        try await store.putBack(worker, queue: JobQueue().name, butFor: [])
                    }
                }
                try await Self.waitForLock(world, or: journal)
            }
            try await putBack?.value
            #expect(try await world.states() == ["ready/0"])
        }
    }

    @Test("a worker leaves jobs of kinds that it does not know as they are, and gets those behind them")
    func unknownKinds() async throws {
        try await JobWorld.with { world in
            try await world.enqueue((0..<3).map { _ in Job(TestJobs.note, StringValue("")) } + [Job(TestJobs.once, StringValue("known"))])
            let store = world.store()
            let worker = try await world.worker(store)
            #expect(try await store.claim(worker, queue, kinds: ["test.other"], count: 9, after: "")?.count == 0)
            #expect(try await world.states() == ["ready/0", "ready/0", "ready/0", "ready/0"])
            let claimed = try #require(try await store.claim(worker, queue, kinds: ["test.once", "test.other"], count: 1, after: ""))
            #expect(claimed.map(\.kind) == ["test.once"])
            #expect(try await world.states() == ["ready/0", "ready/0", "ready/0", "running/1"])
        }
    }
}
