import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("What is told of subscriptions")
struct PlanEventTests {
    /// All that a method of plans may write, and what was told.
    private struct Kept: Equatable {
        var rows: [String]
        var told: [String]
    }

    private func kept(_ tenant: PlanTenant) async throws -> Kept {
        let (rows, told) = try await tenant.tenant.world.administration.batch(tenant.tenant.scope) { batch in
            (
                batch.all(
                    """
                    SELECT concat_ws(' ', id, version, billed_through, ends_on) FROM subscription WHERE tenant_id = current_tenant() UNION ALL
                    SELECT concat_ws(' ', subscription_id, from_day, plan_id) FROM subscription_phase WHERE tenant_id = current_tenant() UNION ALL
                    SELECT concat_ws(' ', id, through_day) FROM entitlement_override WHERE tenant_id = current_tenant() UNION ALL
                    SELECT concat_ws(' ', id, status, paid) FROM invoice WHERE tenant_id = current_tenant() UNION ALL
                    SELECT concat_ws(' ', invoice_id, line_number) FROM bill_line WHERE tenant_id = current_tenant() UNION ALL
                    SELECT id::text FROM ledger_journal WHERE tenant_id = current_tenant() ORDER BY 1
                    """, as: String.self),
                batch.all(
                    "SELECT regexp_replace(topic, '.*[.]', '') || ' ' || subject FROM outbox WHERE tenant_id = current_tenant() ORDER BY xid, number",
                    as: String.self)
            )
        }
        return Kept(rows: rows, told: told)
    }

    /// - Parameters:
    ///   - topics: what is told, in this order.
    ///   - call: says what the last of them is about.
    private func check(_ topics: [String], _ tenant: PlanTenant, _ call: () async throws -> String) async throws {
        let before = try await kept(tenant)
        try await tenant.tenant.run(
            "CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault()")
        #expect(await refusal { try await call() }?.reason == "DB_UNAVAILABLE", "\(topics)")
        try await tenant.tenant.run("DROP TRIGGER fault ON outbox")
        #expect(try await kept(tenant) == before, "\(topics)")
        let subject = try await call()
        let after = try await kept(tenant)
        #expect(after.rows != before.rows, "\(topics)")
        let told = Array(after.told.dropFirst(before.told.count))
        #expect(told.map { $0.split(separator: " ").first.map(String.init) } == topics)
        #expect(told.last?.hasSuffix(" \(subject)") == true, "\(told) \(subject)")
    }

    @Test("BIL-17 · each change of a subscription or of what it grants is told in its commit, and once")
    func told() async throws {
        let world = try await BillingWorld(TestCluster.shared(), loops: 1)
        let tenant = try await PlanTenant(world)
        try await tenant.tenant.run(
            """
            CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'a fault' USING ERRCODE = '53300';
            END
            $$
            """)
        let solo = try await tenant.plan()
        let duo = try await tenant.plan("duo")
        let customer = try await tenant.customer(limit: 10_000_000)
        var made = BillingAPI.Subscription()
        try await check(["SubscriptionStarted", "InvoiceIssued", "SubscriptionBilled"], tenant) {
            made = try #require(try await tenant.subscribe(customer, to: solo, by: .credit, key: "key-subscribe").subscription)
            return made.id
        }
        try await check(["SubscriptionChanged"], tenant) { try await tenant.change(made, to: duo, key: "key-change").id }
        var override = EntitlementOverride()
        try await check(["EntitlementsChanged"], tenant) {
            override = try await tenant.grant(PlanTenant.on("voice"), to: customer, key: "key-grant")
            return customer
        }
        try await check(["EntitlementsChanged"], tenant) {
            _ = try await tenant.plans.revokeOverride(.with { $0.id = override.id }, tenant.options())
            return customer
        }
        try await check(["SubscriptionCancelled"], tenant) { try await tenant.cancel(made).id }
    }
}
