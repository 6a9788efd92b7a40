import Crypto
import Net
import Postgres
import StandardTypes
import Testing

@testable import Platform

/// What workers ask of the database costs what it is about, by plans that were made while there were no jobs, too.
@Suite struct JobCostTests {
    private static let waiting = 50_000
    private static let batch = 100
    /// A row that is written anew is found, locked and entered into its indexes: some 30 blocks. To read a tenant's jobs once takes hundreds.
    private static let blocksPerJob = 60

    /// The jobs that wait, those with the last ids first, so that no index finds them at its beginning. Nothing tells the planner how many
    /// there are.
    private static let fill: SQL = """
        INSERT INTO job (tenant_id, id, queue, kind, payload, state, priority, run_at, rank, attempts_allowed, caller, request_id)
        SELECT 'a', ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'default', 'test.note', '', 'ready', 5,
            now(), now() - n * interval '1 millisecond', 1, '', ''
        FROM generate_series(1, \(waiting)) AS n
        """

    /// Blocks of the table and its indexes that this transaction has read.
    private static let blocksRead: SQL = """
        SELECT sum(pg_stat_get_xact_blocks_fetched(oid))::bigint FROM pg_class
        WHERE oid = 'job'::regclass OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'job'::regclass)
        """

    @Test(
        "in a queue of 50,000, jobs are claimed, made ready, ended and removed at a cost for each, though the plans were made without any")
    func proportion() async throws {
        try await JobWorld.with { world in
            try await world.administration.batch(world.scope()) { $0.enqueue("ALTER TABLE job SET (autovacuum_enabled = false)") }
            // One session, which keeps the plans that it makes.
            var configuration = world.first.configuration
            configuration.connectionsPerLoop = 1
            let database = Database(configuration, loops: [world.loops.loops[0]])
            let store = world.store(database)
            let worker = try await world.worker(store)
            let claim: SQL = .claimJobs(worker, JobQueue(), kinds: TestJobs.names, count: Self.batch, after: "", shift: 0)
            for _ in 0..<8 {
                try await world.enqueue([Job(TestJobs.note, StringValue())])
                let claimed: [ClaimedJob] = try await database.batch(store.scope()) { $0.all(claim) }
                #expect(try await store.finish(worker, claimed.map(\.hold)).count == 1)
                _ = try await store.purge()
            }
            try await world.administration.batch(world.scope()) { $0.enqueue(Self.fill) }

            let claimed: [ClaimedJob] = try await cost(of: claim, on: database)
            #expect(claimed.count == Self.batch)
            let ended: [UUIDv7] = try await cost(of: .finishJobs(worker, claimed.map(\.hold), shift: 0), on: database)
            #expect(ended.count == Self.batch)

            try await world.administration.batch(world.scope()) {
                $0.enqueue(
                    "UPDATE job SET state = 'scheduled' WHERE id IN (SELECT id FROM job WHERE state = 'ready' ORDER BY id DESC LIMIT \(Self.batch))"
                )
                $0.enqueue("UPDATE job SET rank = rank + interval '1 day' WHERE state = 'ready'")
            }
            let due: [ClaimedJob] = try await cost(of: claim, on: database, changes: 2)
            #expect(due.count == Self.batch)

            try await world.administration.batch(world.scope()) {
                $0.enqueue(
                    """
                    UPDATE job SET state = 'done', worker_id = NULL, finished_at = now(), expires_at = now() - interval '1 day'
                    WHERE state = 'running'
                    """)
            }
            let purged: [Int] = try await cost(of: .purgeJobs(shift: 0), on: database)
            #expect(purged == [Self.batch])
            await database.shutdown()
        }
    }

    @Test("of 5,000 that run, one is completed, put off or noted at a cost for one, though the plans were made without any")
    func oneOfMany() async throws {
        try await JobWorld.with { world in
            try await world.administration.batch(world.scope()) { $0.enqueue("ALTER TABLE job SET (autovacuum_enabled = false)") }
            var configuration = world.first.configuration
            configuration.connectionsPerLoop = 1
            let database = Database(configuration, loops: [world.loops.loops[0]])
            let store = world.store(database)
            let worker = try await world.worker(store)
            func hold(_ number: Int) throws -> JobHold {
                let digits = String(number, radix: 16)
                let id = "01900000-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
                return JobHold(worker: worker, tenant: "a", id: try #require(UUIDv7(id)), fence: 1)
            }
            var verdict = JobVerdict(
                CancellationError(), as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: JobRetries(attempts: 1), random: 0)
            verdict.next = .later(after: .seconds(1))
            let (progress, later) = (JobReply(StringValue()), verdict)
            // The plans, as often as it takes for them to be kept.
            for _ in 0..<8 {
                let nobody = try hold(0)
                await #expect(throws: PostgresError.self) {
                    try await database.batch(world.scope()) { $0.enqueue(.completeJob(nobody, reply: nil, shift: 0)) }
                }
                try await database.batch(world.scope()) { batch in
                    batch.enqueue(.noteProgress(nobody, progress))
                    batch.enqueue(.failJob(nobody, later, shift: 0))
                }
            }
            try await world.administration.batch(world.scope()) { batch in
                batch.enqueue(
                    """
                    INSERT INTO job (
                        tenant_id, id, queue, kind, payload, state, priority, run_at, rank, attempt, attempts_allowed, fence, worker_id, caller,
                        request_id
                    )
                    SELECT 'a', ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'default', 'test.note', '', 'running', 5,
                        now(), now(), 1, 9, 1, \(worker), '', ''
                    FROM generate_series(1, 5000) AS n
                    """)
            }
            let statements: [SQL] = [
                .noteProgress(try hold(4_000), progress), .failJob(try hold(4_000), later, shift: 0),
                .completeJob(try hold(3_000), reply: nil, shift: 0),
            ]
            for statement in statements {
                let (before, after): (Int, Int) = try await database.batch(world.scope()) { batch in
                    let before = batch.one(Self.blocksRead, as: Int.self)
                    batch.enqueue(statement)
                    return (before, batch.one(Self.blocksRead, as: Int.self))
                }
                #expect(after - before <= Self.blocksPerJob, "\(statement)")
            }
            let left: Int = try await world.administration.batch(world.scope()) {
                $0.one("SELECT count(*) FROM job WHERE state = 'running'")
            }
            #expect(left == 4_998)
            await database.shutdown()
        }
    }

    /// Runs a statement about a batch of jobs.
    private func cost<Value: RowDecodable & Sendable>(of statement: SQL, on database: Database, changes: Int = 1) async throws -> [Value] {
        let scope = Scope(tenant: nil, caller: "jobs", requestID: "jobs")
        let (before, values, after): (Int, [Value], Int) = try await database.batch(scope) { batch in
            (batch.one(Self.blocksRead), batch.all(statement), batch.one(Self.blocksRead))
        }
        #expect(after - before <= changes * Self.batch * Self.blocksPerJob, "\(statement)")
        return values
    }
}
