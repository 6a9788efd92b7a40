import Crypto
import Net
import Postgres
import RPC
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Workers at work: what is enqueued is run, and how it ends is what the database says.
@Suite struct JobWorkersTests {
    @Test("what is enqueued by either process runs once, in the tenant's name")
    func runs() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let handlers = [
                JobHandler(TestJobs.note) { note, job in
                    let tenant: String? = try await job.database.batch(job.scope) { $0.one("SELECT current_tenant()") }
                    journal.add("\(note.value) \(job.tenant) \(tenant ?? "") \(job.attempt)")
                }
            ]
            let here = world.workers(handlers)
            let there = world.workers(on: world.second, handlers)
            here.start()
            there.start()
            for number in 0..<20 {
                let tenant = number % 2 == 0 ? "a" : "b"
                let database = number % 3 == 0 ? world.second : world.first
                try await database.batch(world.scope(tenant)) { $0.enqueue(Job(TestJobs.note, StringValue("\(number)"))) }
            }
            try await eventually("all jobs are gone") { try await world.states().isEmpty }
            await here.stop(grace: .seconds(60))
            await there.stop(grace: .seconds(60))
            let expected = (0..<20).map { $0 % 2 == 0 ? "\($0) a a 1" : "\($0) b b 1" }
            #expect(journal.all.sorted() == expected.sorted())
            #expect(try await world.count("SELECT count(*) FROM job_worker") == 0)
        }
    }

    @Test("what a handler writes is committed with its completion, or not at all")
    func completesWithItsWrites() async throws {
        let table = Migration(
            service: "test", number: 1, name: "ledger",
            sql: """
                CREATE TABLE ledger (tenant_id text NOT NULL DEFAULT current_tenant(), entry text NOT NULL);
                ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
                ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
                CREATE POLICY tenant ON ledger USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
                GRANT SELECT, INSERT ON ledger TO switchboard_app;
                """)
        try await JobWorld.with([table]) { world in
            let journal = Journal()
            let workers = world.workers([
                JobHandler(TestJobs.note) { note, job in
                    try await job.complete { $0.enqueue("INSERT INTO ledger (entry) VALUES (\(note.value))") }
                    // A completed job is completed, whatever comes behind.
                    journal.add("complete")
                    throw JobError.permanent("too late")
                },
                JobHandler(TestJobs.thrice) { note, job in
                    try await job.transaction { transaction in
                        let entries: Int = try await transaction.one("SELECT count(*) FROM ledger")
                        transaction.enqueue("INSERT INTO ledger (entry) VALUES (\("\(note.value) behind \(entries)"))")
                        if job.attempt == 1 { throw JobError.retryAfter(.zero, "once more") }
                    }
                    journal.add("transaction \(job.attempt)")
                },
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("one"))])
            try await eventually("the first is gone") { try await world.states().isEmpty }
            try await world.enqueue([Job(TestJobs.thrice, StringValue("two"))])
            try await eventually("the second is gone") { try await world.states().isEmpty }
            await workers.stop(grace: .seconds(60))
            let entries: [String] = try await world.administration.batch(world.scope()) {
                $0.all("SELECT entry FROM ledger ORDER BY entry")
            }
            #expect(entries == ["one", "two behind 1"])
            #expect(journal.all == ["complete", "transaction 2"])
        }
    }

    @Test("errors become attempts, dead letters or other times, by their class, and each leaves its line of history")
    func failures() async throws {
        try await JobWorld.with { world in
            let workers = world.workers([
                JobHandler(TestJobs.thrice) { _, job in throw RPCError(.unavailable, "attempt \(job.attempt)") },
                JobHandler(TestJobs.note) { note, job in
                    switch note.value {
                    case "permanent": throw JobError.permanent("no such address")
                    case "snooze": throw JobError.snooze(.seconds(3_600))
                    default: throw RPCError(.invalidArgument, "wrong from the start")
                    }
                },
                JobHandler(TestJobs.once) { _, _ in throw CancellationError() },
            ])
            workers.start()
            let jobs = [
                Job(TestJobs.thrice, StringValue("")), Job(TestJobs.note, StringValue("permanent")),
                Job(TestJobs.note, StringValue("snooze")), Job(TestJobs.note, StringValue("wrong")), Job(TestJobs.once, StringValue("")),
            ]
            try await world.enqueue(jobs)
            try await eventually("all have failed as they should") {
                try await world.states() == ["dead/3", "dead/1", "scheduled/0", "dead/1", "dead/1"]
            }
            await workers.stop(grace: .seconds(60))
            let history: [String] = try await world.administration.batch(world.scope()) {
                $0.all("SELECT attempt || ' ' || class || ' ' || message FROM job_error WHERE job_id = \(jobs[0].id) ORDER BY fence")
            }
            #expect(history.count == 3)
            for (index, line) in history.enumerated() {
                #expect(line.hasPrefix("\(index + 1) transient ") && line.contains("attempt \(index + 1)"))
            }
            #expect(try await world.count("SELECT count(*) FROM job_error WHERE job_id = \(jobs[2].id)") == 0)
            #expect(try await world.count("SELECT count(*) FROM job_error WHERE class = 'permanent'") == 2)
        }
    }

    @Test("R12 · a job that never ends is cancelled at its timeout")
    func timeout() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let workers = world.workers([
                JobHandler(TestJobs.brief) { _, job in
                    defer { journal.add("ended") }
                    try await world.loops.loops[1].sleep(for: .seconds(100_000))
                }
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.brief, StringValue(""))])
            try await eventually("it is dead") { try await world.states() == ["dead/1"] }
            await workers.stop(grace: .seconds(60))
            #expect(journal.all == ["ended"])
            #expect(try await world.count("SELECT count(*) FROM job_error WHERE class = 'timeout'") == 1)
        }
    }

    @Test("a soft stop cancels what runs and puts it back at once; the attempt does not count")
    func softStop() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let handler = JobHandler(TestJobs.note) { note, job in
                journal.add("began \(job.attempt)")
                try await world.loops.loops[1].sleep(for: .seconds(100_000))
            }
            let workers = world.workers([handler])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            try await eventually("it runs") { journal.all == ["began 1"] }
            await workers.stop(grace: .zero)
            #expect(try await world.states() == ["ready/0"])
            #expect(try await world.count("SELECT count(*) FROM job_error") == 0)

            let others = world.workers(on: world.second, [handler])
            others.start()
            try await eventually("others run it") { journal.all == ["began 1", "began 1"] }
            await others.stop(grace: .zero)
        }
    }

    @Test("a stop lets what runs come to its end within the grace")
    func graceful() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let gate = Bell(on: world.loops.loops[1])
            let workers = world.workers([
                JobHandler(TestJobs.note) { _, _ in
                    journal.add("began")
                    await gate.wait()
                }
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            try await eventually("it runs") { journal.all == ["began"] }
            async let stopped: Void = workers.stop(grace: .seconds(3_600))
            gate.ring()
            await stopped
            #expect(try await world.states() == [])
        }
    }

    @Test(
        "R12 · a reply that comes just behind the time-out, and one that comes just behind the stop, is recorded", arguments: [true, false])
    func lateReply(isTimeout: Bool) async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let kind = isTimeout ? TestJobs.briefKept : TestJobs.kept
            let workers = world.workers([
                JobHandler(kind) { _, job in
                    journal.add("began")
                    try? await world.loops.loops[1].sleep(for: .seconds(100_000))
                    job.reply(StringValue("late"))
                }
            ])
            workers.start()
            try await world.enqueue([Job(kind, StringValue("x"))])
            try await eventually("it runs") { journal.all == ["began"] }
            if isTimeout { try await eventually("it is recorded") { try await world.states() == ["done/1"] } }
            await workers.stop(grace: .zero)
            #expect(try await world.states() == ["done/1"])
        }
    }

    @Test("E24 · the lease is renewed while a stop waits for what runs: nobody else takes it meanwhile")
    func leaseWhileDraining() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let gate = Bell(on: world.loops.loops[1])
            let workers = world.workers([
                JobHandler(TestJobs.note) { _, _ in
                    journal.add("began")
                    await gate.wait()
                }
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            try await eventually("it runs") { journal.all == ["began"] }
            async let stopped: Void = workers.stop(grace: .seconds(3_600))
            world.time.pass(.seconds(3_000))
            try await eventually("the lease is renewed") {
                // What is told of cancellations makes a worker renew it now.
                try await world.second.batch(world.scope()) { $0.enqueue(.notify(.jobCancellations)) }
                return try await world.count("SELECT count(*) FROM job_worker WHERE expires_at > now() + interval '3000 seconds'") == 1
            }
            #expect(try await world.store(world.second).rescue() == 0)
            gate.ring()
            await stopped
            #expect(try await world.states() == [])
        }
    }

    @Test("E24 · a worker that was taken for dead cancels what it runs, and goes on under another name")
    func leaseLost() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let workers = world.workers([
                JobHandler(TestJobs.note) { _, job in
                    journal.add("began \(job.attempt)")
                    guard job.attempt == 1 else { return }
                    defer { journal.add("cancelled") }
                    try await world.loops.loops[1].sleep(for: .seconds(100_000))
                }
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("x"))])
            try await eventually("it runs") { journal.all == ["began 1"] }
            // As another process does when it has heard nothing for the time of a lease.
            _ = try await world.administration.batch(world.scope()) { $0.execute("DELETE FROM job_worker") }
            // The workers themselves sweep now and then, and may be first.
            _ = try await world.store(world.second).rescue()
            try await world.administration.batch(world.scope()) { $0.enqueue(.notify(.jobCancellations)) }
            try await eventually("it has been run again, by the new one") { try await world.states().isEmpty }
            await workers.stop(grace: .seconds(60))
            #expect(journal.all.sorted() == ["began 1", "began 2", "cancelled"])
        }
    }

    @Test("a sequence goes on as soon as the one before has ended, without waiting for a poll")
    func sequence() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let workers = world.workers([
                JobHandler(TestJobs.note) { note, job in
                    journal.add(note.value)
                    if note.value.hasSuffix("5") { try await job.complete() }
                }
            ])
            workers.start()
            try await world.enqueue((100..<300).map { Job(TestJobs.note, StringValue("\($0)"), sequence: "s") })
            try await eventually("all have run") { try await world.states().isEmpty }
            await workers.stop(grace: .seconds(60))
            #expect(journal.all == (100..<300).map { "\($0)" })
        }
    }

    @Test("REL-5 · workers outlive a PostgreSQL that is stopped under them: every job is completed, and those that it cut off once more")
    func databaseLoss() async throws {
        let cluster = try await TestCluster.start()
        try await JobWorld.with(on: cluster) { world in
            let journal = Journal()
            let gate = Bell(on: world.loops.loops[1])
            let workers = world.workers([
                JobHandler(TestJobs.note) { note, job in
                    journal.add(note.value)
                    if note.value == "cut off" {
                        await gate.wait()
                        try await job.complete()
                    }
                }
            ])
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("cut off"))])
            try await eventually("it runs") { journal.all == ["cut off"] }
            try await cluster.stop()
            gate.ring()
            try await cluster.restart()
            // Its failed completion is an attempt; the next one is a pause away.
            try await eventually("all is done") {
                if journal.all.count > 1 { gate.ring() }
                return (try? await world.states()) == []
            }
            try await eventually("new ones can be enqueued") {
                (try? await world.enqueue([Job(TestJobs.note, StringValue("new"))])) != nil
            }
            try await eventually("they run") { journal.all.contains("new") }
            await workers.stop(grace: .seconds(60))
        }
        try await cluster.stop()
    }

    @Test("a job of an unknown kind is left to others")
    func unknownKind() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let handlers = [JobHandler(TestJobs.once) { known, _ in journal.add(known.value) }]
            let workers = world.workers(handlers)
            workers.start()
            try await world.enqueue([Job(TestJobs.note, StringValue("x")), Job(TestJobs.once, StringValue("known"))])
            try await eventually("what it knows is run") { try await world.states() == ["ready/0"] }
            await workers.stop(grace: .seconds(60))
            #expect(journal.all == ["known"])
            #expect(try await world.states() == ["ready/0"])
            #expect(try await world.count("SELECT fence FROM job") == 0)
            #expect(try await world.count("SELECT count(*) FROM job_error") == 0)
        }
    }
}
