import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("Many bill at the same moment")
struct BillingContentionTests {
    /// What a subscription owes in all, counted by hand: before taxes, in paise.
    private struct Owed {
        var recurring: Int64 = 0
        var usage: Int64 = 0
        var meetings: Int64 = 0
        var sum: Int64 { recurring + usage + meetings }
    }

    @Test("Each period, unit and meeting is billed once, whoever runs it and however often; a dry run says so before")
    func once() async throws {
        let seed = Soak.seed(9_019)
        var random = SeededRandom(seed: seed)
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let seats = try await desk.plan("seats", .addOn, PlanTenant.terms(20_000))
        var owed: [String: Owed] = [:]
        var first: Int64 = 0
        for number in 0..<30 {
            let customer = try await desk.customer(limit: 1_000_000_000)
            let count = Int32.random(in: 0...2, using: &random)
            if number.isMultiple(of: 3) { try await desk.pay(Int64.random(in: 100_000...200_000, using: &random), from: customer) }
            let reply = try await desk.subscribe(
                customer, to: plan, adding: count == 0 ? [] : [(seats, count)], by: number.isMultiple(of: 3) ? .advance : .credit)
            let subscription = try #require(reply.subscription)
            let price = 9_900 + 20_000 * Int64(count)
            first += price
            // March's is billed; April's and May's are not.
            var sums = Owed(recurring: 2 * price)
            if number.isMultiple(of: 2) {
                let units = Int64.random(in: 1...2_000, using: &random)
                try await desk.ingest([PlanTenant.event("event-\(1_000 + number)", subscription, units)])
                sums.usage = max(0, min(units, 1_000) - 100) * 10 + max(0, units - 1_000) * 6
            }
            if number.isMultiple(of: 5) {
                for ordinal in 1...4 {
                    let meeting = try await desk.record(subscription, at: "2026-03-02T10:00", worth: 400_000)
                    try await desk.confirm(meeting)
                    sums.meetings += ordinal <= 2 ? 10_000 : 9_000
                }
            }
            owed[subscription.id] = sums
        }
        desk.go(to: "2026-05-10")
        let dry = try await desk.run("2026-05", dry: true)
        let replies = try await withThrowingTaskGroup(of: RunBillingReply.self) { group in
            for _ in 0..<8 { group.addTask { try await desk.run("2026-05") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let bills = replies.flatMap(\.bills)
        #expect(replies.flatMap(\.unbilled).isEmpty, "seed \(seed)")
        #expect(bills.count == 30 && Set(bills.map(\.subscriptionID)) == Set(owed.keys), "seed \(seed)")
        let sortedDry = dry.bills.sorted { $0.subscriptionID < $1.subscriptionID }
        let sortedDone = bills.sorted { $0.subscriptionID < $1.subscriptionID }
        #expect(sortedDry.map(\.lines) == sortedDone.map(\.lines), "seed \(seed)")
        #expect(sortedDry.map(\.total) == sortedDone.map(\.total) && sortedDry.map(\.paid) == sortedDone.map(\.paid), "seed \(seed)")
        for bill in bills {
            let sums = try #require(owed[bill.subscriptionID])
            func sum(_ kind: BillLineKind) -> Int64 {
                bill.lines.filter { $0.kind == kind }.reduce(0) { $0 + $1.units * ($1.unitPrice?.minorUnits ?? 0) }
            }
            #expect(sum(.recurring) == sums.recurring && sum(.usage) == sums.usage && sum(.meeting) == sums.meetings, "seed \(seed)")
            #expect(try await desk.invoice(bill.invoiceID).totals?.taxable == sums.sum, "seed \(seed)")
        }
        // What the database has: the invoices of all bills, with those of the first periods.
        let taxable = try await desk.tenant.count("SELECT sum(taxable)::bigint FROM invoice WHERE tenant_id = current_tenant()")
        #expect(Int64(taxable) == first + owed.values.reduce(0) { $0 + $1.sum }, "seed \(seed)")
        #expect(
            try await desk.tenant.count(
                "SELECT coalesce(sum(units - billed_units), 0)::bigint FROM usage_total WHERE tenant_id = current_tenant()") == 0)
        #expect(
            try await desk.tenant.count("SELECT count(*) FROM meeting WHERE tenant_id = current_tenant() AND status <> 'billed'") == 0)
        #expect(
            try await desk.tenant.count(
                """
                SELECT count(DISTINCT (subscription_id, plan_id, period_from)) FROM bill_line
                WHERE tenant_id = current_tenant() AND kind = 'recurring'
                """
            )
                == (try await desk.tenant.count(
                    "SELECT count(*) FROM bill_line WHERE tenant_id = current_tenant() AND kind = 'recurring'")))
        try await desk.demandOrder("seed \(seed)")
        #expect(try await desk.run("2026-05") == RunBillingReply())
    }

    @Test("While some bill, others count, confirm, miss and pay: nothing is lost, nothing billed twice, and nobody waits in a circle")
    func mixed() async throws {
        let seed = Soak.seed(9_020)
        var random = SeededRandom(seed: seed)
        let world = try await BillingWorld(TestCluster.shared())
        let desk = try await PlanTenant(world)
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        var subscriptions: [BillingAPI.Subscription] = []
        var meetings: [BillingAPI.Meeting] = []
        for number in 0..<8 {
            let customer = try await desk.customer(limit: 1_000_000_000)
            if number.isMultiple(of: 2) { try await desk.pay(20_000, from: customer) }
            let subscription = try #require(
                try await desk.subscribe(customer, to: plan, by: number.isMultiple(of: 2) ? .advance : .credit).subscription)
            subscriptions.append(subscription)
            for _ in 0..<6 { meetings.append(try await desk.record(subscription, at: "2026-03-31T10:00", worth: 400_000)) }
        }
        desk.go(to: "2026-04-02")
        var works: [@Sendable () async throws -> Void] = []
        for _ in 0..<6 { works.append { try await desk.run("2026-04") } }
        for number in 0..<24 {
            // Each message counts for several subscriptions, in an order of its own.
            let events = subscriptions.shuffled(using: &random).map {
                PlanTenant.event("e-\(number)-\($0.id)", $0, Int64(number + 1) * 10, at: PlanTenant.noon("2026-04-01"))
            }
            works.append { try await desk.ingest(events) }
        }
        for (number, meeting) in meetings.enumerated() {
            works.append { try await desk.confirm(meeting) }
            // Some are confirmed and missed at once: whoever comes second is refused, or is right.
            if number.isMultiple(of: 3) { works.append { try await desk.miss(meeting) } }
        }
        for subscription in subscriptions { works.append { try await desk.pay(1_000, from: subscription.customerID) } }
        works.shuffle(using: &random)
        let refusals = await withTaskGroup(of: RPCError?.self) { group in
            for work in works { group.addTask { await refusal(work) } }
            return await group.reduce(into: [RPCError]()) { if let error = $1 { $0.append(error) } }
        }
        #expect(refusals.allSatisfy { $0.reason == "PRECONDITION_FAILED" }, "seed \(seed): \(refusals.map(\.message))")
        try await desk.run("2026-04")
        #expect(try await desk.run("2026-04") == RunBillingReply(), "seed \(seed)")

        // 10 + 20 + … + 240 units of each, whoever billed which of them: 900 at 0.10 and 2,000 at 0.06.
        let totals: [UsageTotalRow] = try await desk.tenant.world.administration.batch(desk.tenant.scope) {
            $0.all("SELECT \(UsageTotalRow.columns) FROM usage_total WHERE tenant_id = current_tenant()")
        }
        #expect(
            totals.map(\.units) == Array(repeating: 3_000, count: 8) && totals.allSatisfy { $0.billedUnits == $0.units }, "seed \(seed)")
        let usage = try await desk.tenant.count(Self.sum(of: "usage"))
        #expect(usage == 8 * (900 * 10 + 2_000 * 6), "seed \(seed)")
        let billed = try await desk.tenant.count(
            "SELECT coalesce(sum(fee), 0)::bigint FROM meeting WHERE tenant_id = current_tenant() AND status IN ('billed', 'credited')")
        #expect(try await desk.tenant.count(Self.sum(of: "meeting")) == billed, "seed \(seed)")
        #expect(
            try await desk.tenant.count(
                "SELECT count(*) FROM meeting WHERE tenant_id = current_tenant() AND status IN ('pending', 'earned')")
                == 0, "seed \(seed)")
        let credited = try await desk.tenant.count(
            "SELECT coalesce(sum(taxable), 0)::bigint FROM credit_note WHERE tenant_id = current_tenant()")
        let given = try await desk.tenant.count(
            "SELECT coalesce(sum(fee), 0)::bigint FROM meeting WHERE tenant_id = current_tenant() AND status = 'credited'")
        #expect(credited == given, "seed \(seed)")
        #expect(try await world.deadlocks() == 0, "seed \(seed)")
        try await desk.demandOrder("seed \(seed)")
    }

    /// What the lines of a kind come to, before taxes.
    private static func sum(of kind: String) -> SQL {
        """
        SELECT coalesce(sum(taxable), 0)::bigint
        FROM bill_line JOIN invoice_line AS line
            ON (line.tenant_id, line.invoice_id, line.number) = (bill_line.tenant_id, bill_line.invoice_id, bill_line.line_number)
        WHERE bill_line.tenant_id = current_tenant() AND kind = \(kind)
        """
    }
}
