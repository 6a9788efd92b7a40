import Net
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// Processes that share quotas through a real PostgreSQL.
@Suite struct QuotaLeasesTests {
    /// One process: its quotas, its database, and its beats, which the test makes.
    private struct Process {
        let quotas: Quotas
        let database: Database
        let leases: QuotaLeases

        init(_ configuration: Database.Configuration, _ clock: SetClock, _ loops: EventLoopGroup, _ name: String) {
            quotas = Quotas(clock: { clock.time })
            database = Database(configuration, loops: loops.loops)
            leases = QuotaLeases(
                quotas, database, name: name, on: loops.loops[0], log: Log(minimum: .error), lease: QuotaLeasesTests.lease,
                patience: .seconds(300))
        }

        func granted(_ count: Int, _ subject: QuotaSubject, _ class: QuotaClass = .read) -> Int {
            (0..<count).filter { _ in (try? quotas.take(1, of: `class`, by: subject)) != nil }.count
        }
    }

    /// Longer than the slowest machine takes from one beat to the next: the database goes by its own clock. Shorter than its clock jumps.
    private static let lease = Duration.seconds(600)

    private static let ada = QuotaSubject.principal("ada", of: "acme")

    private func with(_ count: Int, _ body: (SetClock, [Process], TestDatabase) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        let loops = try EventLoopGroup(count: 1)
        let clock = SetClock()
        let processes = (0..<count).map { Process(fresh.application, clock, loops, "process \($0)") }
        let failure: (any Error)?
        do {
            try await body(clock, processes, fresh)
            failure = nil
        } catch {
            failure = error
        }
        for process in processes { await process.database.shutdown() }
        loops.shutdown()
        if let failure { throw failure }
    }

    private func set(_ quota: Quota, _ subject: QuotaSubject?, _ kind: QuotaSubject.Kind, _ class: QuotaClass, in database: Database)
        async throws
    {
        let row = QuotaRow(QuotaBook.Entry(kind: kind, subject: subject, class: `class`, quota: quota))
        let scope = Scope(tenant: row.tenant, caller: "test", requestID: "test", deadline: .now() + .seconds(300))
        try await database.batch(scope) { $0.enqueue(.setQuota(row, of: row.tenant, by: "test")) }
    }

    @Test(
        "SEC-9 · Two processes grant together no more than a tenth above the limit, wherever a caller goes, and come to grant it where he is"
    )
    func two() async throws {
        try await with(2) { clock, processes, _ in
            for _ in 0..<2 {
                for process in processes { try await process.leases.beat() }
            }
            // At once, as much as they get: equal shares.
            var sum = processes[0].granted(1_000, Self.ada) + processes[1].granted(1_000, Self.ada)
            #expect(sum == 600)
            // A minute at one of them: after some beats nearly all of the quota is that one's.
            for second in 0..<180 {
                clock.advance(.seconds(1))
                let granted = processes[0].granted(20, Self.ada)
                sum += granted
                if second >= 120 { #expect(granted >= 8) }
                try await processes[second % 2].leases.beat()
            }
            #expect(sum <= 600 + 3 * 600)
            // And a minute at the other one.
            for second in 0..<120 {
                clock.advance(.seconds(1))
                let granted = processes[1].granted(20, Self.ada)
                sum += granted
                if second >= 90 { #expect(granted >= 8) }
                try await processes[second % 2].leases.beat()
            }
            #expect(sum <= 600 + 5 * 600)
            // Others have what they would have had.
            #expect(processes[0].granted(1_000, .principal("grace", of: "acme")) == 300)
        }
    }

    @Test(
        "What is set in one process counts in all of them after one beat of theirs: for a subject, for all of a kind, and no longer when it is removed"
    )
    func settings() async throws {
        try await with(1) { clock, processes, configuration in
            let (quotas, database) = (processes[0].quotas, processes[0].database)
            try await processes[0].leases.beat()
            try await set(Quota(perPeriod: 1_200), Self.ada, .principal, .read, in: database)
            try await set(Quota(perPeriod: 10, burst: 3), nil, .principal, .send, in: database)
            try await set(Quota(perPeriod: 40), .service("prober"), .service, .read, in: database)
            try await set(Quota(perPeriod: 50), .service("crew", of: "acme"), .service, .probe, in: database)
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            try await processes[0].leases.beat()
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            #expect(processes[0].granted(100, .principal("grace", of: "umbrella"), .send) == 3)
            #expect(processes[0].granted(100, .service("prober")) == 40)
            #expect(processes[0].granted(100, .service("crew", of: "acme"), .probe) == 50)
            #expect(processes[0].granted(200_000, .service("other")) == 100_000)
            #expect(processes[0].granted(200_000, .service("prober", of: "acme")) == 100_000)
            let scope = Scope(tenant: "acme", caller: "test", requestID: "test", deadline: .now() + .seconds(300))
            try await database.batch(scope) { $0.enqueue(.removeQuota(kind: "principal", name: "ada", class: "read")) }
            try await processes[0].leases.beat()
            clock.advance(.seconds(60))
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            #expect(quotas.units(of: SharedQuota(subject: Self.ada, class: .read)) == 600)
        }
    }

    @Test("A process that leaves gives its share to the others; what it had taken of it stays taken")
    func leaving() async throws {
        try await with(2) { clock, processes, _ in
            for process in processes + processes { try await process.leases.beat() }
            let shared = SharedQuota(subject: Self.ada, class: .read)
            #expect(processes[0].quotas.units(of: shared) == 300)
            // All of a share, and it says so.
            #expect(processes[1].granted(1_000, Self.ada) == 300)
            clock.advance(.seconds(1))
            for process in processes.reversed() { try await process.leases.beat() }
            await processes[1].leases.stop()
            clock.advance(.seconds(1))
            for _ in 0..<2 { try await processes[0].leases.beat() }
            #expect(processes[0].quotas.units(of: shared) == 600)
            // The other's three hundred are earned in the minute that is to come.
            let granted = processes[0].granted(1_000, Self.ada)
            #expect(granted <= 320, "\(granted)")
            clock.advance(.seconds(60))
            #expect(processes[0].granted(1_000, Self.ada) == 600)
        }
    }

    @Test("A process that is not heard of any more is gone: its units count as taken, and are earned in a minute")
    func expiry() async throws {
        try await with(2) { clock, processes, fresh in
            for process in processes + processes { try await process.leases.beat() }
            let shared = SharedQuota(subject: Self.ada, class: .read)
            #expect(processes[1].granted(1_000, Self.ada) == 300)
            clock.advance(.seconds(1))
            for process in processes.reversed() { try await process.leases.beat() }
            let held = processes[0].quotas.units(of: shared)
            #expect(held < 300)
            // Its last word has not ended yet.
            try await processes[0].leases.beat()
            #expect(processes[0].quotas.units(of: shared) <= held)
            let session = try Session.connect(fresh.administrator)
            let id = processes[1].leases.id
            try session.execute("UPDATE quota_process SET expires_at = clock_timestamp() - interval '1 millisecond' WHERE id = \(id)")
            try await processes[0].leases.beat()
            let others: [Int64] = try session.execute("SELECT count(*) FROM quota_lease WHERE process_id = \(id)").all()
            #expect(others == [0])
            #expect(processes[0].quotas.units(of: shared) == 600)
            #expect(processes[0].granted(1_000, Self.ada) <= 300)
            clock.advance(.seconds(60))
            #expect(processes[0].granted(1_000, Self.ada) == 600)
        }
    }

    @Test("Of processes that were never heard of again nothing stays in the table, and one beat removes no more than a thousand leases")
    func purge() async throws {
        try await with(1) { _, processes, fresh in
            let session = try Session.connect(fresh.administrator)
            func count(_ condition: SQL) throws -> Int64 {
                let rows: [Int64] = try session.execute("SELECT count(*) FROM quota_lease WHERE \(condition)").all()
                return rows[0]
            }
            let nobody: SQL = "process_id = '00000000-0000-0000-0000-000000000000'"
            try session.execute(
                """
                INSERT INTO quota_process (id, name, expires_at)
                VALUES ('01890000-0000-7000-8000-000000000001', 'gone', clock_timestamp() - interval '1 hour')
                """)
            try session.execute(
                """
                INSERT INTO quota_lease (tenant_id, kind, name, class, process_id, units, wanted, owed_until)
                SELECT 'acme', 'principal', number::text, 'read', process::uuid, 1, 0, clock_timestamp() - interval '1 hour'
                FROM generate_series(1, 2500) AS number,
                    unnest(ARRAY['00000000-0000-0000-0000-000000000000', '01890000-0000-7000-8000-000000000001']) AS process
                """)
            for left in [1_500, 500, 0] as [Int64] {
                try await processes[0].leases.beat()
                #expect(try count("NOT \(nobody)") == left)
                let known: [Int64] = try session.execute("SELECT count(*) FROM quota_process WHERE name = 'gone'").all()
                // As long as it has leases, it counts.
                #expect(known == [left > 0 ? 1 : 0])
            }
            // What it may have taken is earned in a minute: until then it is known.
            #expect(try count(nobody) == 2_500)
            try await processes[0].leases.beat()
            #expect(try count(nobody) == 2_500)
            try session.execute("UPDATE quota_lease SET owed_until = owed_until - interval '3 minutes'")
            for left in [1_500, 500, 0] as [Int64] {
                try await processes[0].leases.beat()
                #expect(try count("true") == left)
            }
        }
    }

    @Test("While the database is away a process goes on with what it has, and after half a lease with no more than an equal share")
    func away() async throws {
        try await with(2) { clock, processes, _ in
            for process in processes + processes { try await process.leases.beat() }
            let shared = SharedQuota(subject: Self.ada, class: .read)
            for _ in 0..<20 {
                _ = processes[0].granted(100, Self.ada)
                clock.advance(.seconds(1))
                for process in processes { try await process.leases.beat() }
            }
            let held = processes[0].quotas.units(of: shared)
            #expect(held > 500)
            let last = clock.time
            await processes[0].database.shutdown()
            await #expect(throws: (any Error).self) { try await processes[0].leases.beat() }
            for _ in 0..<5 {
                await processes[0].leases.refresh()
                #expect(processes[0].quotas.units(of: shared) == held)
                #expect(clock.time - last <= Self.lease / 2)
                clock.advance(Self.lease / 10)
            }
            clock.advance(.seconds(1))
            await processes[0].leases.refresh()
            #expect(processes[0].quotas.units(of: shared) == 300)
            clock.advance(.seconds(60))
            #expect(processes[0].granted(1_000, Self.ada) == 300)
            // And so it stays.
            await processes[0].leases.refresh()
            clock.advance(.seconds(60))
            #expect(processes[0].granted(1_000, Self.ada) == 300)
        }
    }

    @Test(
        "The database's clock jumps by an hour, forward or back: nobody is locked out, and nobody gets more", arguments: [3_600, -3_600])
    func clockJump(seconds: Int64) async throws {
        try await with(2) { clock, processes, fresh in
            let session = try Session.connect(fresh.administrator)
            try session.execute("CREATE SCHEMA jumped")
            try session.execute("GRANT USAGE ON SCHEMA jumped TO PUBLIC")
            try session.execute("CREATE TABLE jumped.distance (seconds bigint)")
            try session.execute("INSERT INTO jumped.distance VALUES (0)")
            try session.execute("GRANT SELECT ON jumped.distance TO PUBLIC")
            // What the function takes for the clock from now on.
            try session.execute(
                """
                CREATE FUNCTION jumped.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                AS $$ SELECT pg_catalog.clock_timestamp() + (SELECT seconds FROM jumped.distance) * interval '1 second' $$
                """)
            try session.execute(
                "ALTER FUNCTION quota_beat(uuid, text, bigint, bigint) SET search_path = jumped, pg_catalog, public, pg_temp")
            func run(_ seconds: Int, asking index: Int) async throws -> Int {
                var granted = 0
                for _ in 0..<seconds {
                    clock.advance(.seconds(1))
                    granted += processes[index].granted(20, Self.ada)
                    for process in processes { try await process.leases.beat() }
                }
                return granted
            }
            for process in processes + processes { try await process.leases.beat() }
            _ = try await run(90, asking: 0)
            try session.execute("UPDATE jumped.distance SET seconds = \(seconds)")
            let here = try await run(60, asking: 0)
            #expect((540...660).contains(here), "\(here)")
            // Who asks elsewhere from now on gets the units that the other gives up, and what is owed for them.
            _ = try await run(90, asking: 1)
            let there = try await run(60, asking: 1)
            #expect((500...660).contains(there), "\(there)")
            try session.execute("UPDATE jumped.distance SET seconds = 0")
            let back = try await run(60, asking: 1)
            #expect((540...660).contains(back), "\(back)")
        }
    }

    @Test("A tenant's row is the tenant's: no other tenant reads or changes it")
    func rows() async throws {
        try await with(1) { _, processes, _ in
            let database = processes[0].database
            try await set(Quota(perPeriod: 1), Self.ada, .principal, .read, in: database)
            let stranger = Scope(tenant: "umbrella", caller: "test", requestID: "test", deadline: .now() + .seconds(300))
            let row = QuotaRow(QuotaBook.Entry(kind: .principal, subject: Self.ada, class: .read, quota: Quota(perPeriod: 9)))
            await #expect(throws: PostgresError.self) {
                try await database.batch(stranger) { $0.enqueue(.setQuota(row, of: "acme", by: "test")) }
            }
            try await database.batch(stranger) { $0.enqueue(.removeQuota(kind: "principal", name: "ada", class: "read")) }
            try await processes[0].leases.beat()
            #expect(processes[0].granted(10, Self.ada) == 1)
        }
    }
}
