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
                "SELECT count(DISTINCT (subscription_id, plan_id, period_from)) FROM bill_line WHERE tenant_id = current_tenant() AND kind = 'recurring'"
            )
                == (try await desk.tenant.count(
                    "SELECT count(*) FROM bill_line WHERE tenant_id = current_tenant() AND kind = 'recurring'")))
        try await desk.demandOrder("seed \(seed)")
        #expect(try await desk.run("2026-05") == RunBillingReply())
    }
}
