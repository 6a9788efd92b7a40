import Glibc
import Net
import Postgres
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// A process that runs jobs dies without a word.
@Suite(.timeLimit(.minutes(10))) struct JobDeathTests {
    private static let jobs = 400

    private static let ledger = Migration(
        service: "test", number: 1, name: "ledger",
        sql: """
            CREATE TABLE ledger (tenant_id text NOT NULL DEFAULT current_tenant(), entry text NOT NULL, attempt integer NOT NULL);
            ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
            ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
            CREATE POLICY tenant ON ledger USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
            GRANT SELECT, INSERT ON ledger TO switchboard_app;
            """)

    /// Writes each job down in the transaction that completes it.
    private static func handler(_ begins: @escaping @Sendable () -> Void = {}) -> JobHandler {
        JobHandler(TestJobs.note) { note, job in
            begins()
            try await job.complete { $0.enqueue("INSERT INTO ledger (entry, attempt) VALUES (\(note.value), \(Int32(job.attempt)))") }
        }
    }

    @Test("REL-2 · kill -9 under load: others take over what the dead process held, no job is lost, and none is done twice")
    func killed() async throws {
        try await JobWorld.with([Self.ledger]) { world in
            for first in stride(from: 0, to: Self.jobs, by: 100) {
                try await world.enqueue((first..<first + 100).map { Job(TestJobs.note, StringValue("\($0)")) })
            }
            let connection = world.first.configuration.connection
            let last = Int.random(in: 50..<350)
            await #expect(processExitsWith: .signal(SIGKILL), "killed as job \(last) begins") {
                [connection = connection as String, last = last as Int] in
                let loops = try EventLoopGroup(count: 2)
                let begun = Atomic<Int>(0)
                let handler = Self.handler {
                    if begun.wrappingAdd(1, ordering: .relaxed).newValue == last { kill(getpid(), SIGKILL) }
                }
                let workers = JobWorkers(
                    Database(Database.Configuration(connection: connection), loops: loops.loops), loops: loops.loops, queues: [JobQueue()],
                    handlers: [handler], name: "doomed", log: Log(minimum: .error))
                workers.start()
                while true { try await loops.loops[0].sleep(for: .seconds(60)) }
            }
            let held = try await world.count("SELECT count(*) FROM job WHERE state = 'running'")
            #expect(held > 0, "it died with nothing at hand")
            #expect(try await world.store().rescue() == 0, "its lease has not ended")

            world.time.pass(Limits.jobLease)
            let workers = world.workers([Self.handler()])
            workers.start()
            try await eventually("all jobs are gone") { try await world.states().isEmpty }
            await workers.stop(grace: .seconds(60))
            let entries: [String] = try await world.administration.batch(world.scope()) { $0.all("SELECT entry FROM ledger") }
            #expect(entries.compactMap(Int.init).sorted() == Array(0..<Self.jobs))
            #expect(try await world.count("SELECT count(*) FROM ledger WHERE attempt = 2") == held)
        }
    }
}
