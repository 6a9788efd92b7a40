import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("The first bill of a subscription")
struct FirstBillTests {
    private func pay(_ amount: Int64, _ customer: String, _ tenant: PlanTenant) async throws {
        let id = try #require(RecordID(customer))
        _ = try await PaymentServiceClient(tenant.channel).recordPayment(
            tenant.tenant.request(amount, from: id), tenant.options(key: BillingTenant.newKey()))
    }

    /// Everything that a subscription could leave behind.
    private func kept(_ tenant: PlanTenant) async throws -> [Int] {
        let tables: [SQL] = [
            "subscription", "subscription_phase", "invoice", "invoice_line", "bill_line", "payment_allocation", "ledger_journal",
        ]
        var counts: [Int] = []
        for table in tables {
            counts.append(try await tenant.tenant.count("SELECT count(*)::int FROM \(table) WHERE tenant_id = current_tenant()"))
        }
        counts.append(
            try await tenant.tenant.count(
                "SELECT coalesce(sum(last_sequence), 0)::int FROM document_series WHERE tenant_id = current_tenant()"))
        return counts
    }

    @Test("BIL-14 · nobody gets a plan for nothing: what was paid ahead covers the whole first period, or nothing happens")
    func advance() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan()
        let customer = try await tenant.customer(limit: 1_000_000)
        for paid in [0, 117_800] as [Int64] {
            if paid > 0 { try await pay(paid, customer, tenant) }
            let before = try await kept(tenant)
            #expect(await refusal { try await tenant.subscribe(customer, to: plan) }?.reason == "OVER_ALLOCATION", "\(paid)")
            #expect(try await kept(tenant) == before)
        }
        try await pay(200, customer, tenant)
        let reply = try await tenant.subscribe(customer, to: plan, key: "key-of-first")
        let bill = try #require(reply.bill)
        // 999.00 and 18 %, to whole rupees.
        #expect(bill.total == PlanTenant.rupees(117_900) && bill.paid == bill.total && bill.customerID == customer)
        #expect(bill.lines.map { "\($0.periodFrom) \($0.periodThrough) \($0.planVersion)" } == ["2026-03-02 2026-04-01 1"])
        let made = try #require(reply.subscription)
        #expect(made.status == .active && made.billedThrough == "2026-04-01" && made.trialThrough.isEmpty)
        #expect(try await tenant.get(made) == made)
        let invoice = try #require(RecordID(bill.invoiceID))
        #expect(try await tenant.tenant.invoice(invoice) == "paid 117900")
        #expect(try await tenant.tenant.isSound())
        let again = try await tenant.subscribe(customer, to: plan, key: "key-of-first")
        #expect(again.encoded(deterministic: true) == reply.encoded(deterministic: true))
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM invoice WHERE tenant_id = current_tenant()") == 1)
    }

    @Test("BIL-14 · on credit subscribes who has a limit that somebody has set, and room in it")
    func credit() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan()
        for limit in [nil, 0, 117_899] as [Int64?] {
            let customer = try await tenant.customer(limit: limit)
            let before = try await kept(tenant)
            #expect(await refusal { try await tenant.subscribe(customer, to: plan, by: .credit) }?.reason == "CREDIT_LIMIT_EXCEEDED")
            #expect(try await kept(tenant) == before)
        }
        let customer = try await tenant.customer(limit: 117_900)
        let reply = try await tenant.subscribe(customer, to: plan, by: .credit)
        #expect(reply.bill?.paid == PlanTenant.rupees(0) && reply.subscription?.status == .active)
        let made = try #require(reply.subscription)
        // Due after the customer's seven days.
        tenant.go(to: "2026-03-10")
        #expect(try await tenant.get(made).status == .pastDue)
        #expect(try await tenant.check("documents", for: customer).isAllowed)
        tenant.go(to: "2026-03-24")
        #expect(try await tenant.get(made).status == .suspended)
        #expect(try await !tenant.check("documents", for: customer).isAllowed)
        try await pay(117_900, customer, tenant)
        #expect(try await tenant.get(made).status == .active)
        #expect(try await tenant.check("documents", for: customer).isAllowed)
    }

    @Test("A trial that is skipped or was had before is none, and the first period is billed now, with its add-ons")
    func billedAtOnce() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let more = try await tenant.plan("more", .addOn, PlanTenant.terms(10_000) { $0.features = [] })
        let free = try await tenant.plan("extra", .addOn, PlanTenant.terms(0) { $0.features = [] })
        let customer = try await tenant.customer(limit: 10_000_000)
        let reply = try await tenant.subscribe(customer, to: plan, .year, adding: [(more, 3), (free, 1)], by: .credit, skippingTrial: true)
        #expect(reply.bill?.lines.map { "\($0.units) \($0.unitPrice?.minorUnits ?? -1)" } == ["1 999000", "3 100000"])
        #expect(reply.subscription?.billedThrough == "2027-03-01")

        let other = try await tenant.customer(limit: 10_000_000)
        let trial = try #require(try await tenant.subscribe(other, to: plan, by: .credit).subscription)
        #expect(trial.status == .trialing)
        try await tenant.cancel(trial)
        tenant.go(to: "2026-03-03")
        let second = try await tenant.subscribe(other, to: plan, by: .credit)
        #expect(second.bill?.total == PlanTenant.rupees(117_900) && second.subscription?.trialThrough.isEmpty == true)
    }

    @Test("What is free is active without a bill, and needs no trial")
    func free() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("free", .base, PlanTenant.terms(0) { $0.trialDays = 14 })
        let reply = try await tenant.subscribe(try await tenant.customer(), to: plan)
        #expect(reply.bill == nil)
        #expect(reply.subscription?.status == .active && reply.subscription?.billedThrough == "2026-04-01")
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM invoice WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("Of two who subscribe one customer at once, one does")
    func atOnce() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan()
        let customer = try await tenant.customer(limit: 10_000_000)
        let reasons = await withTaskGroup(of: String.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    await refusal { try await tenant.subscribe(customer, to: plan, by: .credit) }.map { $0.reason ?? "" } ?? "OK"
                }
            }
            return await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(reasons.sorted() == Array(repeating: "ALREADY_EXISTS", count: 5) + ["OK"])
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM invoice WHERE tenant_id = current_tenant()") == 1)
    }
}
