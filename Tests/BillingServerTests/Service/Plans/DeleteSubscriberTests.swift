import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Deleting who was subscribed")
struct DeleteSubscriberTests {
    private func delete(_ customer: String, _ desk: PlanTenant) async throws {
        _ = try await CustomerServiceClient(desk.channel).deleteCustomer(.with { ($0.id, $0.etag) = (customer, "*") }, desk.options())
    }

    private func isHeld(_ customer: String, _ desk: PlanTenant) async -> Bool {
        await refusal { try await delete(customer, desk) }?.reason == "LEGAL_HOLD"
    }

    @Test("a subscription holds its customer to the end of its last day where the tenant is")
    func lastDay() async throws {
        let desk = try await PlanTenant()
        let customer = try await desk.customer()
        let plan = try await desk.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let made = try #require(try await desk.subscribe(customer, to: plan).subscription)
        desk.go(to: "2026-03-04")
        try await desk.cancel(made)
        // In London it is the fourth still.
        desk.clock.go(to: ReminderWorld.time("2026-03-04T23:59"))
        #expect(await isHeld(customer, desk))
        desk.clock.go(to: ReminderWorld.time("2026-03-05T00:01"))
        try await delete(customer, desk)
    }

    @Test("what was used or booked holds its customer until it is billed and paid, also of who was merged into it")
    func unbilled() async throws {
        let desk = try await PlanTenant()
        let (customer, other) = (try await desk.customer(limit: 10_000_000), try await desk.customer())
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let made = try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription)
        try await desk.ingest([PlanTenant.event("event-0001", made, 150)])
        let (met, missed) = (
            try await desk.record(made, at: "2026-03-03T10:00"), try await desk.record(made, at: "2026-03-03T11:00")
        )
        desk.go(to: "2026-03-05")
        let customers = CustomerServiceClient(desk.channel)
        _ = try await customers.mergeCustomers(
            .with { ($0.survivorID, $0.mergedID, $0.survivorEtag, $0.mergedEtag) = (other, customer, "*", "*") },
            desk.options(key: BillingTenant.newKey()))
        try await desk.cancel(made)
        func pay() async throws {
            let owed = try await customers.asOfBalance(.with { $0.customerID = other }, desk.options()).balances.first?.owed?.minorUnits
            try await desk.pay(try #require(owed), from: other)
        }
        try await pay()
        // Its end is behind it and nothing is owed: only what is on no bill yet is left.
        desk.go(to: "2026-05-20")
        #expect(await isHeld(other, desk))
        try await desk.confirm(met)
        #expect(await isHeld(other, desk))
        #expect(try await desk.run("2026-04").bills.first?.lines.count == 2)
        try await pay()
        // One meeting was neither confirmed nor missed.
        #expect(await isHeld(other, desk))
        try await desk.miss(missed)
        try await delete(other, desk)
    }

    @Test("what a cancelled bill had holds its customer until another bill has it")
    func cancelledBill() async throws {
        let desk = try await PlanTenant()
        let customer = try await desk.customer(limit: 10_000_000)
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let made = try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription)
        try await desk.ingest([PlanTenant.event("event-0001", made, 150)])
        desk.go(to: "2026-03-05")
        try await desk.cancel(made)
        func pay() async throws {
            let balances = try await CustomerServiceClient(desk.channel).asOfBalance(.with { $0.customerID = customer }, desk.options())
                .balances
            try await desk.pay(try #require(balances.first?.owed?.minorUnits), from: customer)
        }
        try await pay()
        desk.go(to: "2026-05-20")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        _ = try await desk.invoices.cancelInvoice(
            .with { ($0.id, $0.reason) = (bill.invoiceID, "a slip") }, desk.options(key: BillingTenant.newKey()))
        #expect(await isHeld(customer, desk))
        #expect(try await desk.run("2026-04").bills.first?.lines.count == 1)
        try await pay()
        try await delete(customer, desk)
    }
}
