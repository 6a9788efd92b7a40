import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Money that a provider tells of")
struct ReceiptTests {
    private func tell(
        _ tenant: BillingTenant, _ event: String, _ amount: Int64 = 100, _ change: (inout RecordReceiptRequest) -> Void = { _ in }
    ) async throws(RPCError) -> RecordReceiptReply {
        try await tenant.payments.recordReceipt(
            .with {
                ($0.provider, $0.eventID, $0.method) = ("razorpay", event, .upi)
                $0.amount = BillingAPI.Money(amount, .inr)
                change(&$0)
            }, tenant.options(key: BillingTenant.newKey()))
    }

    private func match(
        _ receipt: Receipt?, _ customer: RecordID, _ tenant: BillingTenant
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await tenant.payments.matchUnmatched(
            .with { ($0.receiptID, $0.customerID) = (receipt?.id ?? "", customer.description) },
            tenant.options(key: BillingTenant.newKey()))
    }

    private func unmatched(_ tenant: BillingTenant) async throws -> [String] {
        try await tenant.payments.listUnmatched(ListUnmatchedRequest(), tenant.options()).receipts.map(\.eventID)
    }

    @Test("BIL-13 · Money is in suspense until somebody says whose it is; a customer's own phone is no reason")
    func suspense() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        try await tenant.run(
            "UPDATE customer SET phone = '+919876543210' WHERE tenant_id = current_tenant() AND id = \(customer)")
        let invoice = try await tenant.issue(1, 100, to: customer)
        let told = try await tell(tenant, "event-1") { ($0.payer, $0.reference) = ("+919876543210", "INV2627/000001") }
        #expect(told.receipt?.status == .unmatched)
        #expect(told.payment == nil)
        #expect(try await tenant.invoice(invoice) == "issued 0")
        #expect(try await tenant.balance(of: .suspense) == -100)
        #expect(try await unmatched(tenant) == ["event-1"])
        let payment = try await match(told.receipt, customer, tenant)
        #expect(payment.receiptID == told.receipt?.id)
        #expect(payment.allocated?.minorUnits == 100)
        #expect(try await tenant.invoice(invoice) == "paid 100")
        #expect(try await tenant.balance(of: .suspense) == 0)
        #expect(try await tenant.balance(of: .upiClearing) == 100)
        #expect(try await unmatched(tenant) == [])
        #expect(await refusal { try await match(told.receipt, customer, tenant) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.isSound())
    }

    @Test("BIL-13 · A provider's event counts once, also when it is told by sixteen at the same time")
    func once() async throws {
        let tenant = try await BillingTenant.selling()
        let replies = try await withThrowingTaskGroup(of: RecordReceiptReply.self) { group in
            for _ in 0..<16 { group.addTask { try await tell(tenant, "event-1") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.filter { !$0.isDuplicate }.count == 1)
        #expect(Set(replies.map(\.receipt?.id)).count == 1)
        #expect(try await tenant.balance(of: .suspense) == -100)
        let before = try await tenant.rowCounts()
        #expect(await refusal { try await tell(tenant, "event-1", 101) }?.reason == "ALREADY_EXISTS")
        #expect(await refusal { try await tell(tenant, "event-1") { $0.amount?.currencyCode = "USD" } }?.reason == "ALREADY_EXISTS")
        #expect(try await tenant.rowCounts() == before)
        // Another provider's, and another tenant's, are others.
        #expect(try await !tell(tenant, "event-1") { $0.provider = "paytm" }.isDuplicate)
        #expect(try await !tell(BillingTenant.selling(), "event-1").isDuplicate)
    }

    @Test("Reversed as a mistake, the money is in suspense again and another customer's; bounced, it is nobody's")
    func reversed() async throws {
        let tenant = try await BillingTenant.selling()
        let (wrong, right) = (try await tenant.newCustomer(), try await tenant.newCustomer())
        try await tenant.issue(1, 60, to: wrong)
        try await tenant.issue(2, 60, to: right)
        let told = try await tell(tenant, "event-1")
        let payment = try await match(told.receipt, wrong, tenant)
        try await tenant.reverse(payment, .mistake)
        #expect(try await tenant.balance(of: .suspense) == -100)
        #expect(try await unmatched(tenant) == ["event-1"])
        let again = try await match(told.receipt, right, tenant)
        #expect(try await tenant.balance(of: .receivable, wrong) == 60)
        #expect(try await tenant.balance(of: .receivable, right) == 0)
        try await tenant.reverse(again, .bounced)
        #expect(try await unmatched(tenant) == [])
        #expect(try await tenant.balance(of: .suspense) == 0)
        #expect(try await tenant.balance(of: .upiClearing) == 0)
        #expect(await refusal { try await match(told.receipt, right, tenant) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.isSound())
    }

    @Test("Only a payment of ours that is held for as much, in the currency, is captured by itself")
    func intent() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 100, to: customer)
        func authorize() async throws -> BillingAPI.Payment {
            try await tenant.payments.authorizePayment(
                .with {
                    ($0.customerID, $0.method) = (customer.description, .upi)
                    $0.amount = BillingAPI.Money(100, .inr)
                    $0.expiresAt = .with { $0.seconds = tenant.world.office.clock.now().unixMilliseconds / 1_000 + 3_600 }
                }, tenant.options(key: BillingTenant.newKey()))
        }
        let asked = try await authorize()
        #expect(try await tell(tenant, "too much", 101) { $0.paymentID = asked.id }.receipt?.status == .unmatched)
        let dollars = try await tell(tenant, "other currency") {
            $0.paymentID = asked.id
            $0.amount = BillingAPI.Money(100, .usd)
        }
        #expect(dollars.receipt?.status == .unmatched)
        #expect(try await tell(tenant, "nobody's") { $0.paymentID = RecordID(number: 7).description }.receipt?.status == .unmatched)
        let stranger = try await BillingTenant.selling()
        #expect(try await tell(stranger, "event-1") { $0.paymentID = asked.id }.receipt?.status == .unmatched)
        let told = try await tell(tenant, "event-1") { $0.paymentID = asked.id }
        #expect(told.receipt?.status == .matched)
        #expect(told.payment?.id == asked.id)
        #expect(told.payment?.status == .completed)
        #expect(try await tenant.invoice(invoice) == "paid 100")
        #expect(try await tell(tenant, "event-2") { $0.paymentID = asked.id }.receipt?.status == .unmatched)
        #expect(try await unmatched(tenant) == ["too much", "other currency", "nobody's", "event-2"])
        #expect(try await tenant.isSound())
    }

    @Test("A receipt is matched once, by whoever is first of eight, and with nobody of another tenant")
    func matchedOnce() async throws {
        let tenant = try await BillingTenant.selling()
        let told = try await tell(tenant, "event-1")
        var customers: [RecordID] = []
        for _ in 0..<8 { customers.append(try await tenant.newCustomer()) }
        let refusals = await withTaskGroup(of: String?.self) { group in
            for customer in customers {
                group.addTask { await refusal { try await match(told.receipt, customer, tenant) }?.reason }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refusals.filter { $0 == nil }.count == 1)
        #expect(refusals.compactMap { $0 }.allSatisfy { $0 == "PRECONDITION_FAILED" })
        let other = try await BillingTenant.selling()
        let strange = try await other.newCustomer()
        #expect(await refusal { try await match(told.receipt, strange, tenant) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await match(told.receipt, strange, other) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await tenant.isSound())
    }
}
