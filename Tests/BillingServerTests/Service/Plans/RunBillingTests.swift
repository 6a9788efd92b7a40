import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("Subscriptions are billed")
struct RunBillingTests {
    @Test("A run bills the period that begins, the usage of the one that ended and the meetings of the month before, once")
    func month() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let seats = try await desk.plan("seats", .addOn, PlanTenant.terms(20_000))
        let customer = try await desk.customer(limit: 10_000_000)
        let subscription = try #require(try await desk.subscribe(customer, to: plan, adding: [(seats, 3)], by: .credit).subscription)
        try await desk.ingest([PlanTenant.event("event-001", subscription, 1_100)])
        let meeting = try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00", worth: 250_000))
        #expect(try await desk.run("2026-03").bills.isEmpty, "nothing is over, and the period is billed")

        desk.go(to: "2026-04-02")
        let key = BillingTenant.newKey()
        let reply = try await desk.run("2026-04", key: key)
        #expect(reply.unbilled.isEmpty && reply.nextPageToken.isEmpty)
        let bill = try #require(reply.bills.first)
        #expect(reply.bills.count == 1 && bill.subscriptionID == subscription.id && bill.customerID == customer)
        #expect(
            bill.lines.map { "\($0.kind) \($0.units)×\($0.unitPrice?.minorUnits ?? 0) \($0.periodFrom) \($0.periodThrough)" } == [
                "\(BillLineKind.recurring) 1×9900 2026-04-02 2026-05-01", "\(BillLineKind.recurring) 3×20000 2026-04-02 2026-05-01",
                "\(BillLineKind.usage) 900×10 2026-03-02 2026-04-01", "\(BillLineKind.usage) 100×6 2026-03-02 2026-04-01",
                "\(BillLineKind.meeting) 1×6250 2026-03-02 2026-03-02",
            ])
        #expect(bill.lines.map(\.lineNumber) == [1, 2, 3, 4, 5])
        #expect(bill.lines.map(\.planID) == [plan.id, seats.id, plan.id, plan.id, ""])
        let invoice = try await desk.invoice(bill.invoiceID)
        // 9,900 + 60,000 + 9,000 + 600 + 6,250, and 18 % of it.
        #expect(invoice.totals?.taxable == 85_750 && invoice.number == bill.invoiceNumber)
        #expect(bill.total == PlanTenant.rupees(invoice.totals?.payable ?? 0) && bill.paid == PlanTenant.rupees(0))
        #expect(invoice.lines.map(\.description) == bill.lines.map(\.description))
        #expect(try await desk.get(subscription).billedThrough == "2026-05-01")
        #expect(try await desk.get(meeting).invoiceID == bill.invoiceID)

        #expect(try await desk.run("2026-04", key: key).encoded(deterministic: true) == reply.encoded(deterministic: true))
        let traces = try await desk.traces()
        #expect(try await desk.run("2026-04") == RunBillingReply())
        #expect(try await desk.traces() == traces)

        // What was used before and told later is on the next bill, at the price of its tier.
        try await desk.ingest([PlanTenant.event("event-002", subscription, 50, at: PlanTenant.noon("2026-04-01"))])
        let late = try #require(try await desk.run("2026-04").bills.first)
        #expect(late.lines.map { "\($0.units)×\($0.unitPrice?.minorUnits ?? 0)" } == ["50×6"])
        try await desk.demandOrder()
    }

    @Test("A dry run says what the run then does, and keeps nothing")
    func dry() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        for number in 1...3 {
            let customer = try await desk.customer(limit: number == 2 ? 12_000 : 10_000_000)
            let subscription = try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription)
            try await desk.ingest([PlanTenant.event("event-00\(number)", subscription, 1_000)])
            try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00"))
        }
        desk.go(to: "2026-04-02")
        let traces = try await desk.traces()
        let dry = try await desk.run("2026-04", dry: true)
        #expect(try await desk.traces() == traces)
        #expect(dry.bills.count == 2 && dry.unbilled.map(\.reason) == ["CREDIT_LIMIT_EXCEEDED"])
        #expect(dry.bills.allSatisfy { $0.invoiceID.isEmpty && $0.invoiceNumber.isEmpty })
        var done = try await desk.run("2026-04")
        #expect(done.bills.allSatisfy { !$0.invoiceID.isEmpty && !$0.invoiceNumber.isEmpty })
        for index in done.bills.indices { (done.bills[index].invoiceID, done.bills[index].invoiceNumber) = ("", "") }
        #expect(done == dry)
        try await desk.demandOrder()
    }

    @Test("What was paid ahead pays a bill at once, as far as it goes, and the rest is owed")
    func advances() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan()
        let customer = try await desk.customer(limit: 10_000_000)
        try await desk.pay(150_000, from: customer)
        let first = try await desk.subscribe(customer, to: plan, by: .advance)
        #expect(first.bill?.total == PlanTenant.rupees(117_900) && first.bill?.paid == first.bill?.total)
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        #expect(bill.total == PlanTenant.rupees(117_900) && bill.paid == PlanTenant.rupees(32_100))
        let invoice = try await desk.invoice(bill.invoiceID)
        #expect(invoice.status == .partial && invoice.paid == 32_100)
        #expect(try await desk.get(try #require(first.subscription)).status == .active)
        try await desk.demandOrder()
    }

    @Test("BIL-14 · after a trial the first bill is paid for as one without a trial is, and until then nothing is granted")
    func afterTrial() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("trial", .base, PlanTenant.terms(99_900) { $0.trialDays = 14 })
        let (poor, unknown) = (try await desk.customer(limit: 10_000_000), try await desk.customer())
        let ahead = try #require(try await desk.subscribe(poor, to: plan, by: .advance).subscription)
        let credit = try #require(try await desk.subscribe(unknown, to: plan, by: .credit).subscription)
        try await desk.pay(117_899, from: poor)
        desk.go(to: "2026-03-16")
        let traces = try await desk.traces()
        let reply = try await desk.run("2026-03")
        #expect(reply.bills.isEmpty)
        let reasons = Dictionary(uniqueKeysWithValues: reply.unbilled.map { ($0.subscriptionID, $0.reason) })
        #expect(reasons == [ahead.id: "OVER_ALLOCATION", credit.id: "CREDIT_LIMIT_EXCEEDED"])
        #expect(reply.unbilled.allSatisfy { !$0.message.isEmpty })
        #expect(try await desk.traces() == traces)
        for subscription in [ahead, credit] { #expect(try await desk.get(subscription).status == .suspended) }
        try await desk.pay(1, from: poor)
        #expect(try await desk.run("2026-03").bills.map(\.paid) == [PlanTenant.rupees(117_900)])
        #expect(try await desk.get(ahead).status == .active)
    }

    @Test("BIL-14 · who owes too much to be billed again has two weeks, and then nothing is granted until it is billed")
    func refusedRenewal() async throws {
        let desk = try await PlanTenant()
        let customer = try await desk.customer(limit: 117_900)
        let made = try #require(try await desk.subscribe(customer, to: try await desk.plan(), by: .credit).subscription)
        try await desk.pay(117_900, from: customer)
        let id = try #require(RecordID(customer))
        try await desk.tenant.run("UPDATE customer SET credit_limit = 0 WHERE tenant_id = current_tenant() AND id = \(id)")
        desk.go(to: "2026-04-02")
        let traces = try await desk.traces()
        #expect(try await desk.run("2026-04", dry: true).unbilled.map(\.reason) == ["CREDIT_LIMIT_EXCEEDED"])
        #expect(try await desk.traces() == traces)
        desk.go(to: "2026-04-30")
        #expect(try await desk.get(made).status == .active, "that nobody has tried is no fault of who pays")
        #expect(try await desk.run("2026-04").unbilled.map(\.subscriptionID) == [made.id])
        #expect(try await desk.get(made).status == .active)
        desk.go(to: "2026-05-01")
        #expect(try await desk.run("2026-04").unbilled.count == 1)
        #expect(try await desk.get(made).status == .pastDue)
        #expect(try await desk.check("documents", for: customer).isAllowed)
        desk.go(to: "2026-05-15")
        #expect(try await desk.run("2026-05").unbilled.count == 1)
        #expect(try await desk.get(made).status == .suspended, "since it was refused first")
        #expect(try await !desk.check("documents", for: customer).isAllowed)
        try await desk.pay(235_800, from: customer)
        #expect(try await desk.run("2026-05").bills.map(\.lines.count) == [2])
        #expect(try await desk.get(made).status == .active)
        try await desk.demandOrder()
    }

    @Test("One subscription that cannot be billed keeps no other from it, page by page; a closed month is a reason")
    func unbilled() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan()
        var ids: [String] = []
        for number in 1...5 {
            desk.clock.go(to: ReminderWorld.time("2026-03-02T12:0\(number)"))
            let customer = try await desk.customer(limit: number == 3 ? 120_000 : 10_000_000)
            ids.append(try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription).id)
        }
        desk.go(to: "2026-04-05")
        var (replies, token) = ([RunBillingReply](), "")
        repeat {
            replies.append(try await desk.run("2026-04", max: 2, token: token))
            token = replies.last?.nextPageToken ?? ""
        } while !token.isEmpty
        #expect(replies.map { $0.bills.count + $0.unbilled.count } == [2, 2, 1])
        #expect(replies.flatMap(\.bills).map(\.subscriptionID) == [ids[0], ids[1], ids[3], ids[4]])
        #expect(replies.flatMap(\.unbilled).map(\.subscriptionID) == [ids[2]])
        try await desk.tenant.run(.closePeriod(CivilDate(known: "2026-05-01"), by: "ada"))
        desk.go(to: "2026-05-05")
        let traces = try await desk.traces()
        #expect(try await desk.run("2026-05").unbilled.map(\.reason).contains("PERIOD_LOCKED"))
        #expect(try await desk.traces() == traces)
    }

    @Test("Bad input is refused: no month, one that has not begun where the tenant is, another call's token")
    func refused() async throws {
        let desk = try await PlanTenant()
        #expect(await refusal { try await desk.run("2026-13") }?.violatedFields == ["period"])
        #expect(await refusal { try await desk.run("2026-04") }?.violatedFields == ["period"])
        desk.clock.go(to: ReminderWorld.time("2026-04-01T00:00"))
        #expect(try await desk.run("2026-04") == RunBillingReply())
        #expect(await refusal { try await desk.run("2026-04", token: "x") }?.reason == "PAGE_TOKEN_INVALID")
        let nobody = try await PlanTenant(sells: false)
        #expect(await refusal { try await nobody.run("2026-03") }?.reason == "RESOURCE_NOT_FOUND")
    }

    @Test("More units than a line of an invoice takes are on one line, at what all of them cost")
    func manyUnits() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let subscription = try #require(
            try await desk.subscribe(try await desk.customer(limit: Limits.amount), to: plan, by: .credit).subscription)
        try await desk.ingest((1...3).map { PlanTenant.event("event-00\($0)", subscription, 1_000_000_000) })
        desk.go(to: "2026-04-01")
        #expect(try await desk.run("2026-04").bills.isEmpty, "the period ends today")
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        let line = try #require(bill.lines.last)
        #expect(line.units == 2_999_999_000 && line.unitPrice == PlanTenant.rupees(6))
        let printed = try #require(try await desk.invoice(bill.invoiceID).lines.last)
        #expect(printed.gross == 17_999_994_000 && printed.quantity?.milli == 1_000)
        #expect(printed.description.contains("2999999000"))
        #expect(try await desk.run("2026-04") == RunBillingReply())
    }

    @Test("Meetings that cost nothing wait for a bill, and keep none that costs something from it")
    func freeMeetings() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("free", .base, PlanTenant.recovery { $0.monthlyPrice = PlanTenant.rupees(0) })
        let subscription = try #require(
            try await desk.subscribe(try await desk.customer(limit: 10_000_000), to: plan, by: .credit).subscription)
        let id = try #require(RecordID(subscription.id))
        try await desk.tenant.run(
            """
            INSERT INTO meeting (
                tenant_id, id, status, subscription_id, calendar_event_id, starts_at, month, deal_value, fee, attended_minutes, ordinal,
                created_at, updated_at
            )
            SELECT current_tenant(), gen_random_uuid(), 'earned', \(id), number::text, '2026-03-02T05:00:00Z', '2026-03-01', 0, 0, 30, number,
                now(), now()
            FROM generate_series(1, 600) AS number
            """)
        desk.go(to: "2026-04-02")
        #expect(try await desk.run("2026-04").bills.isEmpty)
        let paid = try await desk.confirm(try await desk.record(subscription, at: "2026-03-31T10:00"))
        #expect(paid.ordinal == 601)
        let bill = try #require(try await desk.run("2026-04").bills.first)
        #expect(bill.lines.count == 500 && bill.lines.first?.meetingID == paid.id)
        #expect(bill.lines.dropFirst().allSatisfy { $0.unitPrice == PlanTenant.rupees(0) })
        #expect(try await desk.invoice(bill.invoiceID).totals?.taxable == paid.fee?.minorUnits)
    }

    @Test("Who was merged is billed through the one that stands for them now")
    func merged() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan()
        let (old, new) = (try await desk.customer(limit: 10_000_000), try await desk.customer(limit: 10_000_000))
        try await desk.subscribe(old, to: plan, by: .credit)
        let (oldID, newID) = (try #require(RecordID(old)), try #require(RecordID(new)))
        try await desk.tenant.run(
            "UPDATE customer SET merged_into = \(newID), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(oldID)")
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        #expect(bill.customerID == new)
        #expect(try await desk.invoice(bill.invoiceID).customerID == new)
    }

    @Test("BIL-14 · a suspended subscription is billed on, grants again when all is paid, and owes no further period once it is cancelled")
    func suspended() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan()
        let (late, gone) = (try await desk.customer(limit: 10_000_000), try await desk.customer(limit: 10_000_000))
        let kept = try #require(try await desk.subscribe(late, to: plan, by: .credit).subscription)
        let left = try #require(try await desk.subscribe(gone, to: plan, by: .credit).subscription)
        // Its bill was due on 9 March.
        desk.go(to: "2026-03-24")
        for subscription in [kept, left] { #expect(try await desk.get(subscription).status == .suspended) }
        try await desk.cancel(left)
        desk.go(to: "2026-04-02")
        #expect(try await !desk.check("invoices", for: late).isAllowed)
        let bills = try await desk.run("2026-04").bills
        #expect(bills.map(\.subscriptionID) == [kept.id] && bills.first?.lines.map(\.periodFrom) == ["2026-04-02"])
        #expect(try await desk.get(kept).status == .suspended)
        #expect(try await !desk.check("invoices", for: late).isAllowed)
        try await desk.pay(2 * 117_900, from: late)
        #expect(try await desk.get(kept).status == .active)
        #expect(try await desk.check("invoices", for: late).isAllowed)
        #expect(try await desk.run("2026-04") == RunBillingReply())
    }

    @Test("Of two subscriptions that one customer pays for, the one that no longer fits into the credit limit is not billed")
    func limitOfBoth() async throws {
        let desk = try await PlanTenant()
        let plan = try await desk.plan()
        // A month is 1,179.00 with taxes: two are owed, and only one more fits.
        let (old, new) = (try await desk.customer(limit: 10_000_000), try await desk.customer(limit: 3 * 117_900))
        for customer in [old, new] { try await desk.subscribe(customer, to: plan, by: .credit) }
        let (oldID, newID) = (try #require(RecordID(old)), try #require(RecordID(new)))
        try await desk.tenant.run(
            "UPDATE customer SET merged_into = \(newID), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(oldID)")
        desk.go(to: "2026-04-02")
        let reply = try await desk.run("2026-04")
        #expect(reply.bills.map(\.total) == [PlanTenant.rupees(117_900)])
        #expect(reply.unbilled.map(\.reason) == ["CREDIT_LIMIT_EXCEEDED"])
    }

    @Test("Another tenant's subscriptions are not billed")
    func otherTenant() async throws {
        let desk = try await PlanTenant()
        let customer = try await desk.customer(limit: 10_000_000)
        try await desk.subscribe(customer, to: try await desk.plan(), by: .credit)
        let other = try await PlanTenant()
        for tenant in [desk, other] { tenant.go(to: "2026-04-02") }
        #expect(try await other.run("2026-04", of: customer) == RunBillingReply())
        #expect(try await desk.run("2026-04", of: try await desk.customer()) == RunBillingReply())
        #expect(try await desk.run("2026-04", of: customer).bills.count == 1)
    }
}
