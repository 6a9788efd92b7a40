import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Testing

@testable import BillingServer

@Suite("What the books do not have any more of what was wrong with others'")
struct LedgerFaultTests {
    @Test("BIL-4 · no amount is a float, and no balance is written by anybody but the trigger that posts")
    func exact() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let inexact = try await tenant.count(
            """
            SELECT count(*) FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money', 'numeric')
                AND (table_name LIKE 'ledger%' OR table_name LIKE 'invoice%' OR table_name LIKE 'tax%' OR table_name LIKE 'customer%'
                    OR table_name LIKE 'product%' OR table_name LIKE 'stock%')
            """)
        #expect(inexact == 0)
        let writable = try await tenant.count(
            """
            SELECT count(*) FROM unnest(ARRAY['ledger_balance', 'ledger_day']) AS kept, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) AS way
            WHERE has_table_privilege('switchboard_app', kept, way)
            """)
        #expect(writable == 0)
    }

    @Test("BIL-16 · who posted, closed and filed stands in the row itself, in the same commit, and not in a log alone")
    func kept() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        try await tenant.sell()
        try await tenant.post(1)
        _ = try await tenant.tax.lockPeriod(.with { $0.month = "2025-09" }, tenant.options())
        let rows = try await tenant.count(
            """
            SELECT (SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant() AND posted_by = 'tester/ada')
                + (SELECT count(*) FROM ledger_period WHERE tenant_id = current_tenant() AND closed_by = 'tester/ada')
                + (SELECT count(*) FROM tax_period WHERE tenant_id = current_tenant() AND filed_by = 'tester/ada')
            """)
        #expect(rows == 3)
    }

    @Test("BIL-19 · nothing of the books is ever removed, by superusers as little as by the role that serves")
    func neverDeleted() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        try await tenant.sell()
        try await tenant.post(1)
        try await tenant.seal(1)
        _ = try await tenant.tax.lockPeriod(.with { $0.month = "2025-09" }, tenant.options())
        let removals: [SQL] = [
            "DELETE FROM ledger_line WHERE tenant_id = current_tenant()", "DELETE FROM ledger_journal WHERE tenant_id = current_tenant()",
            "DELETE FROM ledger_seal WHERE tenant_id = current_tenant()", "DELETE FROM tax_period WHERE tenant_id = current_tenant()",
            "DELETE FROM invoice WHERE tenant_id = current_tenant()",
        ]
        for removal in removals {
            for database in [tenant.world.connections, tenant.world.administration] {
                let constraint = await refusal { () async throws(PostgresError) in
                    try await database.batch(tenant.scope) { $0.enqueue(removal) }
                }
                #expect(constraint != nil, "\(removal)")
            }
        }
        #expect(try await tenant.verify().verdict.isIntact)
    }
}
