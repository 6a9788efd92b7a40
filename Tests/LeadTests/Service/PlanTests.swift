import LeadAPI
import Platform
import Postgres
import Resources
import TestSupport
import Testing

@testable import LeadServer

@Suite("How lists are found")
struct PlanTests {
    /// 20,000 leads of one tenant, and no statistics about them.
    private func crowd() async throws -> Tenant {
        let tenant = try await LeadWorld(TestCluster.shared()).tenant()
        _ = try await tenant.world.administration.batch(tenant.scope) {
            $0.execute(
                """
                INSERT INTO lead (tenant_id, id, first_name, last_name, email, score, source, tags, created_at, updated_at)
                SELECT current_tenant(), gen_random_uuid(), 'First', 'Last', 'lead-' || number || '@example.com', number % 101,
                    'source-' || number % 100, ARRAY['tag-' || number % 4], now(), now()
                FROM generate_series(1, 20000) AS number
                """)
        }
        return tenant
    }

    private func plan(_ statement: SQL, _ tenant: Tenant) async throws -> String {
        try await tenant.world.connections.batch(tenant.scope) { $0.all("EXPLAIN \(statement)", as: String.self) }.joined(separator: "\n")
    }

    private let middle: PagePosition

    init() throws {
        middle = PagePosition(id: try #require(LeadID("80000000-0000-4000-8000-000000000000")), score: 50)
    }

    @Test("A lead is found by its key even before PostgreSQL has statistics, as after a first import")
    func key() async throws {
        let tenant = try await crowd()
        let statements: [SQL] = [
            .lead(middle.id), .lockLead(middle.id), .leads([middle.id]), .deleteLead(middle.id, .any, at: Instant(unixMicroseconds: 0)),
        ]
        for statement in statements {
            let plan = try await plan(statement, tenant)
            #expect(plan.contains("lead_key"), "\(plan)")
            #expect(!plan.contains("lead_by") && !plan.contains("lead_email") && !plan.contains("Seq Scan"), "\(plan)")
        }
    }

    @Test("R13: every page of every list comes from an index, neither sorted nor counted")
    func indexes() async throws {
        let tenant = try await crowd()
        try await tenant.world.administration.transaction(tenant.scope) { transaction in
            transaction.enqueue("ANALYZE lead")
            transaction.enqueue("ANALYZE lead_tag")
        }
        var byStatus = try #require(LeadCriteria(.none))
        byStatus.statuses = [.qualified]
        var byEmail = try #require(LeadCriteria(.none))
        byEmail.email = "lead-7@example.com"
        var bySource = try #require(LeadCriteria(.none))
        bySource.source = "source-7"
        var byTag = try #require(LeadCriteria(.none))
        byTag.tags = ["tag-1"]
        let all = try #require(LeadCriteria(.none))
        let lists: [(String, SQL)] = [
            ("newest", .leads(all, .newestFirst, after: middle, limit: 51)),
            ("oldest", .leads(all, .oldestFirst, after: middle, limit: 51)),
            ("highest score", .leads(all, .highestScoreFirst, after: middle, limit: 51)),
            ("status", .leads(byStatus, .newestFirst, after: middle, limit: 51)),
            ("email", .leads(byEmail, .newestFirst, after: middle, limit: 51)),
            ("source", .leads(bySource, .newestFirst, after: middle, limit: 51)),
            ("tag", .leads(byTag, .newestFirst, after: middle, limit: 51)),
        ]
        for (name, list) in lists {
            let text = try await plan(list, tenant)
            #expect(!text.contains("Seq Scan"), "\(name):\n\(text)")
            // One lead at most has an address: there is nothing to sort.
            #expect(name == "email" || !text.contains("Sort"), "\(name):\n\(text)")
        }
    }
}

extension LeadCriteria {
    fileprivate init?(_ nothing: Never?) {
        var violations = Violations()
        self.init(LeadFilter(), &violations)
    }
}
