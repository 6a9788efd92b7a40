import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("What becomes of a bill that is cancelled")
struct CancelledBillTests {
    @Test("The next run bills it again as it was, once, and again when that bill is cancelled, too")
    func again() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let seats = try await desk.plan("seats", .addOn, PlanTenant.terms(20_000))
        let reply = try await desk.subscribe(try await desk.customer(limit: 10_000_000), to: plan, adding: [(seats, 2)], by: .credit)
        let subscription = try #require(reply.subscription)
        try await desk.ingest([PlanTenant.event("event-0001", subscription, 1_500)])
        let meeting = try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00", worth: 400_000))
        desk.go(to: "2026-04-02")
        var bill = try #require(try await desk.run("2026-04").bills.first)
        // A period with its two seats, two tiers of usage, and a meeting.
        #expect(bill.lines.map(\.kind) == [.recurring, .recurring, .usage, .usage, .meeting])
        for _ in 0..<3 {
            try await desk.cancelBill(bill.invoiceID)
            let free = try await desk.get(meeting)
            #expect(free.status == .earned && free.invoiceID.isEmpty && free.fee == meeting.fee && free.ordinal == meeting.ordinal)
            let traces = try await desk.traces()
            #expect(try await desk.run("2026-04", dry: true).bills.map(\.lines) == [bill.lines])
            #expect(try await desk.traces() == traces)
            let next = try #require(try await desk.run("2026-04").bills.first)
            #expect(next.lines == bill.lines && next.total == bill.total && next.invoiceID != bill.invoiceID)
            #expect(try await desk.invoice(next.invoiceID).lines == (try await desk.invoice(bill.invoiceID).lines))
            #expect(try await desk.get(meeting).invoiceID == next.invoiceID)
            #expect(try await desk.run("2026-04") == RunBillingReply())
            bill = next
        }
        // The first one as well, and one that others have followed; of a month before them nothing falls due.
        let first = try #require(reply.bill)
        try await desk.cancelBill(first.invoiceID)
        #expect(try await desk.run("2026-02") == RunBillingReply())
        #expect(try await desk.run("2026-03").bills.map(\.lines) == [first.lines])
        #expect(try await desk.run("2026-04") == RunBillingReply())
        try await desk.demandOrder()
    }

    @Test("Whoever was merged, changed plans or left meanwhile owes what was billed, at the terms of then")
    func meanwhile() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let (old, new) = (try await desk.customer(limit: 10_000_000), try await desk.customer(limit: 10_000_000))
        let subscription = try #require(try await desk.subscribe(old, to: plan, by: .credit).subscription)
        try await desk.ingest([PlanTenant.event("event-0001", subscription, 500)])
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        try await desk.revise(plan, from: "2026-05-02", PlanTenant.recovery { $0.monthlyPrice = PlanTenant.rupees(1) })
        try await desk.cancelBill(bill.invoiceID)
        let (oldID, newID) = (try #require(RecordID(old)), try #require(RecordID(new)))
        try await desk.tenant.run(
            "UPDATE customer SET merged_into = \(newID), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(oldID)")
        try await desk.cancel(subscription)
        desk.go(to: "2026-06-10")
        let next = try #require(try await desk.run("2026-06").bills.first)
        #expect(next.lines == bill.lines && next.customerID == new)
        #expect(try await desk.run("2026-06") == RunBillingReply())
    }

    @Test("What is not to be owed is credited: that is not billed again")
    func credited() async throws {
        let desk = try await PlanTenant()
        let reply = try await desk.subscribe(try await desk.customer(limit: 10_000_000), to: try await desk.plan(), by: .credit)
        let bill = try #require(reply.bill)
        _ = try await desk.invoices.issueCreditNote(
            .with {
                ($0.invoiceID, $0.reason) = (bill.invoiceID, .other)
                $0.lines = [.with { ($0.lineNumber, $0.part) = (1, .quantity(.with { $0.milli = 1_000 })) }]
            }, desk.options(key: BillingTenant.newKey()))
        #expect(await refusal { try await desk.cancelBill(bill.invoiceID) } != nil)
        #expect(try await desk.run("2026-03") == RunBillingReply())
    }

    @Test("A meeting whose bill is cancelled is not billed again when nobody came to it")
    func missed() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let subscription = try #require(
            try await desk.subscribe(try await desk.customer(limit: 10_000_000), to: plan, by: .credit).subscription)
        let meeting = try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00"))
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        #expect(await refusal { try await desk.confirm(meeting) }?.reason == "PRECONDITION_FAILED")
        try await desk.cancelBill(bill.invoiceID)
        #expect(await refusal { try await desk.confirm(meeting) }?.reason == "PRECONDITION_FAILED")
        #expect(try await desk.miss(meeting).status == .void)
        #expect(try await desk.run("2026-04").bills.map { $0.lines.map(\.kind) } == [[.recurring]])
    }

    @Test("The database takes back only what a cancelled invoice has billed, and forgets none of it, whoever writes")
    func walls() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let subscription = try #require(
            try await desk.subscribe(try await desk.customer(limit: 10_000_000), to: plan, by: .credit).subscription)
        try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00"))
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        func refused(_ statement: SQL, asAdministrator: Bool = true) async -> String? {
            await desk.tenant.constraint(against: statement, asAdministrator: asAdministrator)
        }
        let release: SQL = "UPDATE bill_line SET released_at = now(), is_owed = kind <> 'meeting' WHERE tenant_id = current_tenant()"
        let unbill: SQL = """
            UPDATE meeting SET version = version + 1, status = 'earned', invoice_id = NULL, invoice_line = NULL, billed_on = NULL
            WHERE tenant_id = current_tenant()
            """
        for asAdministrator in [false, true] {
            #expect(await refused(release, asAdministrator: asAdministrator) == "bill_line_cancelled")
            #expect(await refused(unbill, asAdministrator: asAdministrator) == "meeting_bill_cancelled")
        }
        try await desk.cancelBill(bill.invoiceID)
        let owed: SQL = "tenant_id = current_tenant() AND is_owed"
        for asAdministrator in [false, true] {
            #expect(
                await refused("UPDATE bill_line SET is_owed = false WHERE \(owed)", asAdministrator: asAdministrator) == "bill_line_again")
        }
        #expect(await refused("UPDATE bill_line SET released_at = NULL, is_owed = false WHERE \(owed)") == "bill_line_immutable")
        #expect(await refused("UPDATE bill_line SET period_from = '2026-01-01' WHERE \(owed)") == "bill_line_immutable")
        #expect(
            await refused("UPDATE bill_line SET is_owed = true WHERE tenant_id = current_tenant() AND NOT is_owed") == "bill_line_again")
    }

    @Test("Whoever bills and cancels at once, what is owed in the end is what there was, each part of it on one bill that stands")
    func property() async throws {
        let seed = Soak.seed(9_021)
        var random = SeededRandom(seed: seed)
        let world = try await BillingWorld(TestCluster.shared())
        let desk = try await PlanTenant(world)
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        var subscriptions: [BillingAPI.Subscription] = []
        var (usage, meetings): (Int64, Int64) = (0, 0)
        for _ in 0..<6 {
            let customer = try await desk.customer(limit: 1_000_000_000)
            subscriptions.append(try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription))
        }
        for (number, day) in ["2026-03-20", "2026-04-20", "2026-05-20"].enumerated() {
            desk.go(to: day)
            for subscription in subscriptions where Bool.random(using: &random) {
                let units = Int64.random(in: 1...2_000, using: &random)
                try await desk.ingest([PlanTenant.event("e\(number)-\(subscription.id)", subscription, units)])
                usage += max(0, min(units, 1_000) - 100) * 10 + max(0, units - 1_000) * 6
                let meeting = try await desk.record(subscription, at: "\(day)T10:00", worth: 400_000)
                meetings += try await desk.confirm(meeting).fee?.minorUnits ?? 0
            }
            try await billAndCancel(desk, &random, in: day.prefix(7).description)
        }
        desk.go(to: "2026-06-10")
        try await billAndCancel(desk, &random, in: "2026-06")
        try await desk.run("2026-06")
        #expect(try await desk.run("2026-06") == RunBillingReply(), "seed \(seed)")

        func taxable(_ kind: String) async throws -> Int {
            try await desk.tenant.count(
                """
                SELECT coalesce(sum(taxable), 0)::bigint
                FROM bill_line JOIN invoice_line AS line
                    ON (line.tenant_id, line.invoice_id, line.number) = (bill_line.tenant_id, bill_line.invoice_id, bill_line.line_number)
                WHERE bill_line.tenant_id = current_tenant() AND kind = \(kind) AND released_at IS NULL
                """)
        }
        #expect(try await taxable("recurring") == 6 * 4 * 9_900, "seed \(seed)")
        #expect(try await taxable("usage") == Int(usage), "seed \(seed)")
        #expect(try await taxable("meeting") == Int(meetings), "seed \(seed)")
        let stands = try await desk.tenant.count(
            "SELECT coalesce(sum(taxable), 0)::bigint FROM invoice WHERE tenant_id = current_tenant() AND status <> 'cancelled'")
        #expect(stands == 6 * 4 * 9_900 + Int(usage) + Int(meetings), "seed \(seed)")
        #expect(try await desk.tenant.count("SELECT count(*) FROM bill_line WHERE tenant_id = current_tenant() AND is_owed") == 0)
        let cancelled = try await desk.tenant.count(
            "SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND status = 'cancelled'")
        #expect(cancelled > 6, "seed \(seed)")
        try await desk.demandOrder("seed \(seed)")
        #expect(try await world.deadlocks() == 0, "seed \(seed)")
    }

    /// Some cancel what there is, while others run the billing.
    private func billAndCancel(_ desk: PlanTenant, _ random: inout SeededRandom, in month: String) async throws {
        try await desk.run(month)
        let open = try await desk.invoices.listInvoices(.with { $0.pageSize = 100 }, desk.options()).invoices
        let bills = open.filter { $0.status == .issued }.map(\.id)
        var works: [@Sendable () async throws -> Void] = (0..<3).map { _ in { try await desk.run(month) } }
        for bill in bills where Bool.random(using: &random) { works.append { try await desk.cancelBill(bill) } }
        works.shuffle(using: &random)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for work in works { group.addTask { try await work() } }
            try await group.waitForAll()
        }
    }
}

extension PlanTenant {
    @discardableResult
    func cancelBill(_ invoice: String) async throws(RPCError) -> Invoice {
        try await invoices.cancelInvoice(
            .with { ($0.id, $0.reason) = (invoice, "the wrong address") }, options(key: BillingTenant.newKey()))
    }
}
