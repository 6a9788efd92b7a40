import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@testable import BillingServer

struct MergeCustomersTests {
    @Test("what is owed and paid ahead goes to the survivor by one journal for each currency; the merged one points to it")
    func moves() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (asha, old) = (try await tenant.customer(), try await tenant.customer("Asha D.") { $0.phone = "9876543210" })
        try await tenant.post(asha.id, owed: 1_000, on: "2025-10-01")
        try await tenant.post(old.id, owed: 300, on: "2025-10-02")
        try await tenant.post(old.id, advance: 70, on: "2025-10-03", kind: .payment)
        try await tenant.post(old.id, owed: 9, on: "2025-10-03", .usd)
        let key = BillingTenant.newKey()
        let reply = try await tenant.merge(old, into: asha, etags: (old.etag, asha.etag), key: key)
        let moved = reply.moved.map { "\($0.owed?.currencyCode ?? "") \($0.owed?.minorUnits ?? 0) \($0.advance?.minorUnits ?? 0)" }
        #expect(moved == ["INR 300 70", "USD 9 0"])
        #expect(reply.journalIDs.count == 2)
        let (survivor, merged) = (try #require(reply.survivor), try #require(reply.merged))
        #expect((merged.mergedInto, survivor.mergedInto) == (asha.id, ""))
        #expect(try await tenant.merge(old, into: asha, etags: (old.etag, asha.etag), key: key) == reply)

        let balance = try await tenant.balance(asha.id)
        #expect((balance.owed, balance.advance) == (1_300, 70))
        let own: [CustomerBalanceRow] = try await tenant.world.connections.batch(tenant.scope) {
            $0.all(.partyBalances(RecordID(asha.id) ?? .none))
        }
        #expect(own.map(\.balance.owed.minorUnits) == [1_300, 9])
        let left: [CustomerBalanceRow] = try await tenant.world.connections.batch(tenant.scope) {
            $0.all(.partyBalances(RecordID(old.id) ?? .none))
        }
        #expect(left.filter { !$0.balance.isSettled }.isEmpty)
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.isEmpty)
        // Its number is free, it takes nothing any more, and the survivor answers for it.
        try await tenant.customer("Usha") { $0.phone = "9876543210" }
        #expect(await refusal { try await tenant.update(merged, "name") { $0.name = "x" } }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.balance(old.id) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.statement(old.id, from: "2025-10-01", to: "2025-10-02") }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.merge(merged, into: survivor) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.merge(survivor, into: merged) }?.reason == "PRECONDITION_FAILED")
    }

    @Test("who was merged before goes along: nobody points to one who points on, and past days have the debts of all")
    func chain() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (first, second, third) = (try await tenant.customer("A"), try await tenant.customer("B"), try await tenant.customer("C"))
        try await tenant.post(first.id, owed: 1, on: "2025-10-01")
        try await tenant.post(second.id, owed: 10, on: "2025-10-02")
        try await tenant.post(third.id, owed: 100, on: "2025-10-03")
        try await tenant.merge(first, into: second)
        try await tenant.merge(second, into: third)
        #expect(try await tenant.getCustomer(first.id).mergedInto == third.id)
        #expect(try await tenant.getCustomer(second.id).mergedInto == third.id)
        #expect(try await tenant.balance(third.id, asOf: "2025-10-01").owed == 1)
        #expect(try await tenant.balance(third.id, asOf: "2025-10-02").owed == 11)
        #expect(try await tenant.balance(third.id, asOf: "2025-10-03").owed == 111)
        // What is taken back of the old one later is taken from the survivor.
        try await tenant.post(first.id, owed: -1, on: "2025-10-04")
        #expect(try await tenant.balance(third.id).owed == 110)
    }

    @Test("a merger with itself, with a stale version, without a key or in a closed month changes nothing")
    func refused() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (asha, old) = (try await tenant.customer(), try await tenant.customer("Asha D."))
        try await tenant.post(old.id, owed: 5, on: "2025-10-01")
        #expect(await refusal { try await tenant.merge(asha, into: asha) }?.violatedFields == ["merged_id"])
        #expect(await refusal { try await tenant.merge(old, into: asha, etags: ("v9", "*")) }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await tenant.merge(old, into: asha, etags: ("*", "v9")) }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await tenant.merge(old, into: asha, etags: ("", "*")) }?.violatedFields == ["merged_etag"])
        let keyless = MergeCustomersRequest.with {
            ($0.survivorID, $0.mergedID, $0.survivorEtag, $0.mergedEtag) = (asha.id, old.id, "*", "*")
        }
        #expect(
            await refusal { try await tenant.customers.mergeCustomers(keyless, tenant.options()) }?.reason == "IDEMPOTENCY_KEY_MISSING")
        let today = try Zones().day(of: tenant.world.office.clock.now(), in: "Asia/Kolkata")
        let month = try #require(CivilDate(year: today.year, month: today.month, day: 1))
        try await tenant.world.connections.batch(tenant.scope) { $0.enqueue(.closePeriod(month, by: "ada")) }
        #expect(await refusal { try await tenant.merge(old, into: asha) }?.reason == "PERIOD_LOCKED")
        #expect(try await tenant.getCustomer(old.id) == old)
        #expect(try await tenant.getCustomer(asha.id) == asha)
        #expect(try await tenant.balance(old.id).owed == 5)
    }

    @Test("mergers of one pair in both directions and changes of both, all at once: one merger takes place, and every sum stays")
    func concurrent() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        for round in 0..<4 {
            let (asha, usha) = (try await tenant.customer("Asha \(round)"), try await tenant.customer("Usha \(round)"))
            try await tenant.post(asha.id, owed: 100, on: "2025-10-01")
            try await tenant.post(usha.id, owed: 23, on: "2025-10-01")
            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<4 {
                    group.addTask { await refusal { try await tenant.merge(asha, into: usha) }?.reason ?? "asha" }
                    group.addTask { await refusal { try await tenant.merge(usha, into: asha) }?.reason ?? "usha" }
                    group.addTask {
                        await refusal { try await tenant.update(asha, "landmark", etag: "*") { $0.landmark = "\(number)" } }?.reason
                            ?? "changed"
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(Set(outcomes).isSubset(of: ["asha", "usha", "changed", "PRECONDITION_FAILED"]), "\(outcomes)")
            let merged = outcomes.filter { ["asha", "usha"].contains($0) }
            try #require(merged.count == 1, "\(outcomes)")
            let survivor = merged == ["asha"] ? usha.id : asha.id
            #expect(try await tenant.balance(survivor).owed == 123)
        }
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.isEmpty)
    }

    @Test("a merger takes no opt-out back and widens no consent; who was merged and has said nothing asks for nothing")
    func preferences() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        func preferences(_ customer: BillingAPI.Customer) async throws -> BillingAPI.ContactPreferences {
            try await tenant.reminders.getContactPreferences(.with { $0.customerID = customer.id }, tenant.options())
        }
        let (asha, old, silent) = (try await tenant.customer("A"), try await tenant.customer("B"), try await tenant.customer("C"))
        try await tenant.prefer(asha.id) {
            ($0.channels, $0.weeklyCap, $0.monthlyCap) = ([.sms, .email], 5, 6)
            ($0.quietFrom, $0.quietUntil) = ("20:00", "08:00")
        }
        try await tenant.merge(silent, into: asha)
        #expect(try await preferences(asha).etag == "v1")
        try await tenant.prefer(old.id) {
            ($0.channels, $0.weeklyCap, $0.monthlyCap, $0.isOptedOut) = ([.email, .whatsapp], 2, 9, true)
            $0.timeZone = "Asia/Dubai"
        }
        try await tenant.merge(old, into: asha)
        let joined = try await preferences(asha)
        #expect((joined.channels, joined.weeklyCap, joined.monthlyCap, joined.isOptedOut) == ([.email], 2, 6, true))
        #expect((joined.quietFrom, joined.quietUntil, joined.timeZone, joined.etag) == ("20:00", "09:00", "Asia/Dubai", "v2"))

        // Who has said nothing agrees to mail alone; the other one's SMS was agreed to for another number.
        let (usha, agreed) = (try await tenant.customer("D"), try await tenant.customer("E"))
        try await tenant.prefer(agreed.id) { ($0.channels, $0.weeklyCap) = ([.email, .sms], 9) }
        try await tenant.merge(agreed, into: usha)
        let narrow = try await preferences(usha)
        #expect((narrow.channels, narrow.weeklyCap, narrow.isOptedOut, narrow.etag) == ([.email], 3, false, "v1"))
    }

    @Test("the survivor's lists have the merged one's documents, and of an open invoice among them it can be reminded")
    func lists() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        try await tenant.sell()
        let (old, survivor) = (try await tenant.debtor(), try await tenant.debtor(email: "survivor@example.com"))
        let payment = try await PaymentServiceClient(tenant.world.channel).recordPayment(
            .with {
                ($0.customerID, $0.amount) = (old, PlanTenant.rupees(100))
                $0.tenders = [.with { ($0.method, $0.amount) = (.cash, PlanTenant.rupees(100)) }]
            }, tenant.options(key: BillingTenant.newKey()))
        let bill = try await tenant.bill(of: old, number: "INV2526/000001", due: "2025-09-15")
        let reminder = try await tenant.remind(old) { ($0.invoiceID, $0.kind) = (bill, .paymentOverdue) }
        func remind() async throws -> BillingAPI.Reminder {
            try await tenant.remind(survivor, at: "2025-10-03T10:00") { ($0.invoiceID, $0.kind) = (bill, .paymentOverdue) }
        }
        // It is somebody else's until then.
        #expect(await refusal { try await remind() }?.reason == "RESOURCE_NOT_FOUND")
        try await tenant.merge(.with { $0.id = old }, into: .with { $0.id = survivor })
        let second = try await remind()
        #expect((second.customerID, second.invoiceID) == (survivor, bill))

        let invoices = try await InvoiceServiceClient(tenant.world.channel).listInvoices(
            .with { $0.filter = .with { $0.customerID = survivor } }, tenant.options()
        ).invoices
        #expect(invoices.map(\.id) == [bill])
        let payments = try await PaymentServiceClient(tenant.world.channel).listPayments(
            .with { $0.customerID = survivor }, tenant.options()
        ).payments
        #expect(payments.map(\.id) == [payment.id])
        let reminders = try await tenant.reminders.listReminders(.with { $0.customerID = survivor }, tenant.options()).reminders
        #expect(Set(reminders.map(\.id)) == [second.id, reminder.id])
    }
}
