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
            leases = QuotaLeases(quotas, database, name: name, on: loops.loops[0], log: Log(minimum: .error))
        }

        func granted(_ count: Int, _ subject: QuotaSubject, _ class: QuotaClass = .read) -> Int {
            (0..<count).filter { _ in (try? quotas.take(1, of: `class`, by: subject)) != nil }.count
        }
    }

    private static let ada = QuotaSubject.principal("ada", of: "acme")

    private func with(_ count: Int, _ body: (SetClock, [Process], Database.Configuration) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        let loops = try EventLoopGroup(count: 1)
        let clock = SetClock()
        let processes = (0..<count).map { Process(fresh.application, clock, loops, "process \($0)") }
        let failure: (any Error)?
        do {
            try await body(clock, processes, fresh.application)
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
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            try await processes[0].leases.beat()
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            #expect(processes[0].granted(100, .principal("grace", of: "umbrella"), .send) == 3)
            #expect(processes[0].granted(100, .service("prober")) == 40)
            #expect(processes[0].granted(1_000, .service("other")) == 600)
            let scope = Scope(tenant: "acme", caller: "test", requestID: "test", deadline: .now() + .seconds(300))
            try await database.batch(scope) { $0.enqueue(.removeQuota(kind: "principal", name: "ada", class: "read")) }
            try await processes[0].leases.beat()
            clock.advance(.seconds(60))
            #expect(processes[0].granted(2_000, Self.ada) == 600)
            #expect(quotas.units(of: SharedQuota(subject: Self.ada, class: .read)) == 600)
        }
    }

    @Test("A process that leaves gives its share to the others; one that was not heard of is gone")
    func leaving() async throws {
        try await with(2) { clock, processes, _ in
            for process in processes { try await process.leases.beat() }
            try await processes[0].leases.beat()
            let shared = SharedQuota(subject: Self.ada, class: .read)
            #expect(processes[0].quotas.units(of: shared) == 300)
            await processes[1].leases.stop()
            try await processes[0].leases.beat()
            #expect(processes[0].quotas.units(of: shared) == 600)
            #expect(processes[0].granted(1_000, Self.ada) == 600)
        }
    }

    @Test("While the database is away calls are judged as before")
    func away() async throws {
        try await with(2) { clock, processes, _ in
            for process in processes + processes { try await process.leases.beat() }
            await processes[0].database.shutdown()
            await #expect(throws: (any Error).self) { try await processes[0].leases.beat() }
            #expect(processes[0].granted(1_000, Self.ada) == 300)
            clock.advance(.seconds(60))
            #expect(processes[0].granted(1_000, Self.ada) == 300)
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
