import LeadAPI
import Platform
import Postgres
import Testing

@testable import LeadServer

@Suite("How lists are found")
struct PlanTests {
    @Test("R13: every page of every list comes from an index, neither sorted nor counted")
    func indexes() async throws {
        let world = try await LeadWorld.shared()
        let tenant = world.tenant()
        try await world.administration.transaction(tenant.scope) { transaction in
            transaction.enqueue(
                """
                INSERT INTO lead (tenant_id, id, first_name, last_name, email, score, source, tags, created_at, updated_at)
                SELECT current_tenant(), gen_random_uuid(), 'First', 'Last', 'lead-' || number || '@example.com', number % 101,
                    'source-' || number % 100, ARRAY['tag-' || number % 4], now(), now()
                FROM generate_series(1, 20000) AS number
                """)
            transaction.enqueue("ANALYZE lead")
            transaction.enqueue("ANALYZE lead_tag")
        }
        let middle = PagePosition(id: try #require(LeadID("80000000-0000-4000-8000-000000000000")), score: 50)
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
            let plan = try await world.connections.batch(tenant.scope) { $0.all("EXPLAIN \(list)", as: String.self) }
            let text = plan.joined(separator: "\n")
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
