import LeadAPI
import Platform
import Postgres
import RPC
import TestSupport
import Testing

@testable import LeadServer

/// What a call may ask of the database, however much data there is.
@Suite("How many statements a call takes")
struct StatementBudgetTests {
    /// One call of a method, and the round trips that it may take. How many statements, its policy says (`queries_max`): the first statement of
    /// each transaction says on whose behalf it is. A stream's depend on how long it is: here is what they are for a hundred leads.
    private struct Budget: Sendable {
        var method: String
        var statements: Int?
        var roundTrips: Int
        var call: @Sendable (Tenant, [Lead]) async throws -> Void
    }

    private static let budgets = [
        Budget(method: "GetLead", roundTrips: 1) { _ = try await $0.get($1[0].id) },
        Budget(method: "BatchGetLeads", roundTrips: 1) { tenant, leads in _ = try await tenant.batchGet(leads.map(\.id)) },
        Budget(method: "ListLeads", roundTrips: 1) { tenant, _ in _ = try await tenant.list { $0.pageSize = 100 } },
        Budget(method: "ExportLeads", statements: 2, roundTrips: 1) { tenant, _ in _ = try await tenant.export() },
        // The key, the lead, the event.
        Budget(method: "CreateLead", roundTrips: 1) { tenant, leads in
            _ = try await tenant.create(.numbered(leads.count + 1) { $0.tags = ["one", "two"] })
        },
        // BEGIN and on whose behalf; the lead, held; then what time is left, the change, what is told of it, and COMMIT.
        Budget(method: "UpdateLead", roundTrips: 2) { tenant, leads in
            var lead = leads[0]
            lead.tags = ["three", "four", "five"]
            _ = try await tenant.update(lead, ["tags"], etag: "*")
        },
        Budget(method: "DeleteLead", roundTrips: 1) { tenant, leads in try await tenant.delete(leads[1].id, etag: "*") },
        // Its beginning, its end, and around each chunk of 500 rows; one statement for each row beside that, all in one round trip.
        Budget(method: "ImportLeads", statements: 16 + 100, roundTrips: 5) { tenant, _ in
            let rows = (0..<100).map { number in Lead.numbered(number) { $0.email = "imported-\(number)@example.com" } }
            _ = try await tenant.importLeads("an-import-\(UInt32.random(in: 0 ... .max))", rows)
        },
    ]

    private func leads(of tenant: Tenant, _ count: Int) async throws -> [Lead] {
        _ = try await tenant.importLeads("first-leads-\(count)", (0..<count).map { .numbered($0) })
        return try await tenant.list { $0.pageSize = 100 }.leads
    }

    @Test("R34: no call takes more statements than its policy declares, nor more round trips, with a hundred leads as with one")
    func budgets() async throws {
        let (world, proxy) = try await LeadWorld.behindProxy()
        #expect(Set(world.service.routes.map(\.method.name)) == Set(Self.budgets.map(\.method)), "every method has its budget")
        for budget in Self.budgets {
            let small = world.tenant()
            let one = try await leads(of: small, 2)
            try await budget.call(small, one)
            // The connection knows the statements now.
            let tenant = world.tenant()
            let many = try await leads(of: tenant, 100)
            proxy.arm(nil)
            try await budget.call(tenant, many)
            let seen = proxy.seen
            let declared = world.service.routes.first { $0.method.name == budget.method }?.method.policy?.queries
            #expect((declared == nil) != (budget.statements == nil), "\(budget.method) has its number in one place")
            #expect(seen.statements <= declared ?? budget.statements ?? 0, "\(budget.method): \(seen)")
            #expect(seen.syncs <= budget.roundTrips, "\(budget.method): \(seen)")
        }
    }

    @Test("R34: of all methods none reads a table of more than 10,000 rows from end to end")
    func noSequentialScan() async throws {
        let world = try await LeadWorld(TestCluster.shared())
        let tenant = world.tenant()
        try await world.administration.transaction(tenant.scope) { transaction in
            transaction.enqueue(
                """
                INSERT INTO lead (tenant_id, id, first_name, last_name, email, tags, created_at, updated_at)
                SELECT current_tenant(), gen_random_uuid(), 'First', 'Last', 'crowd-' || number || '@example.com', ARRAY['crowd'], now(), now()
                FROM generate_series(1, 20000) AS number
                """)
            transaction.enqueue("ANALYZE")
            transaction.enqueue("SELECT pg_stat_reset()")
        }
        for budget in Self.budgets where budget.method != "ExportLeads" {
            try await budget.call(tenant, try await tenant.list { $0.pageSize = 100 }.leads)
            let other = world.tenant()
            try await budget.call(other, try await leads(of: other, 100))
        }
        #expect(try await tenant.export().count > 20_000)
        // Backends tell what they have read when they end, at the latest.
        await world.connections.shutdown()
        while try await tenant.count(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'switchboard_app' AND datname = current_database()") > 0
        {}
        let scanned = try await world.administration.batch(tenant.scope) {
            $0.all(
                """
                SELECT c.relname::text FROM pg_class AS c JOIN pg_stat_user_tables AS s ON s.relid = c.oid
                WHERE c.reltuples > 10000 AND s.seq_scan > 0
                """, as: String.self)
        }
        #expect(scanned == [])
        #expect(try await tenant.count("SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_tables") > 0, "reads are counted")
    }
}
