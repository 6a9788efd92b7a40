import Crypto
import Net
import Postgres
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// Schedules: which times are due, and that each takes place once.
@Suite struct JobScheduleTests {
    private static func schedule(
        _ name: String = "test.daily", _ cron: String = "0 3 * * *", _ catchUp: JobSchedule.CatchUp = .latest
    ) throws -> JobSchedule {
        try JobSchedule(name, cron, zone: "Etc/UTC", catchUp: catchUp, tenant: "a") { slot in Job(TestJobs.note, StringValue("\(slot)")) }
    }

    @Test(
        "what was missed is made up for as the policy says",
        arguments: [
            // Three days and a quarter after the last one.
            (JobSchedule.CatchUp.none, 6, []), (.latest, 6, [3]), (.all(atMost: 2), 6, [2, 3]), (.all(atMost: 9), 6, [1, 2, 3]),
            (.all(atMost: 0), 6, []),
            // At the moment, and a little later.
            (.none, 0, [3]), (.latest, 0, [3]),
        ])
    func catchUp(policy: JobSchedule.CatchUp, hours: Int, days: [Int]) throws {
        let last: Int64 = 20_000 * 86_400 + 3 * 3_600
        let due = try Self.schedule("x", "0 3 * * *", policy).due(after: last, now: last + 3 * 86_400 + Int64(hours) * 3_600)
        #expect(due == days.map { last + Int64($0) * 86_400 })
    }

    @Test("a schedule of minutes finds the last of a year of them, and all of none when nothing has passed")
    func minutes() throws {
        let schedule = try Self.schedule("x", "* * * * *", .latest)
        let now: Int64 = 20_000 * 86_400 + 30
        #expect(schedule.due(after: now - 366 * 86_400, now: now) == [now - 30])
        #expect(schedule.due(after: now - 20, now: now) == [])
        #expect(schedule.due(after: now - 30, now: now) == [])
        #expect(schedule.next(after: now) == now + 30)
    }

    @Test("of many processes one enqueues the job of each time, and a new schedule has missed nothing")
    func once() async throws {
        try await JobWorld.with { world in
            let schedule = try Self.schedule()
            let schedulers = [world.first, world.second, world.first, world.second].map {
                JobScheduler(store: world.store($0), schedules: [schedule], log: Log(minimum: .error))
            }
            func turns() async {
                await withTaskGroup { group in
                    for scheduler in schedulers { group.addTask { _ = await scheduler.turn() } }
                }
            }
            await turns()
            #expect(try await world.states() == [])
            for day in 1...3 {
                world.time.pass(.seconds(86_400))
                await turns()
                await turns()
                #expect(try await world.states().count == day)
            }
            // Four days at once: the last of them.
            world.time.pass(.seconds(4 * 86_400))
            await turns()
            #expect(try await world.states().count == 4)
            #expect(
                try await world.count("SELECT count(*) FROM job_slot WHERE to_char(slot AT TIME ZONE 'UTC', 'HH24:MI:SS') = '03:00:00'")
                    == 4)
            world.time.pass(.seconds(60 * 86_400))
            await turns()
            await turns()
            #expect(try await world.count("SELECT count(*) FROM job_slot") == 1)
        }
    }

    @Test("workers run their schedules")
    func workers() async throws {
        try await JobWorld.with { world in
            let journal = Journal()
            let schedule = try JobSchedule("test.platform", "0 3 * * *", zone: "Europe/London") { slot in
                Job(TestJobs.note, StringValue("\(slot)"))
            }
            let handlers = [JobHandler(TestJobs.note) { _, job in journal.add(job.tenant) }]
            // The schedule began a day ago.
            _ = await JobScheduler(store: world.store(), schedules: [schedule], log: Log(minimum: .error)).turn()
            world.time.pass(.seconds(86_400))
            let workers = JobWorkers(
                world.first, loops: world.loops.loops, queues: [JobQueue()], handlers: handlers, schedules: [schedule],
                log: Log(minimum: .error), clock: world.clock)
            workers.start()
            try await eventually("it was run") { journal.all == [PlatformTenant.name] }
            await workers.stop(grace: .seconds(60))
        }
    }
}
