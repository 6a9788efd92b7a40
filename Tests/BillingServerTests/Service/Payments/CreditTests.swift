import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Advances, refunds and reversals")
struct CreditTests {
    @Test("Advances pay open invoices, the oldest of both first; a reversal takes back exactly what its payment pays by then")
    func oldestFirst() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let first = try await tenant.pay(100, from: customer)
        let second = try await tenant.pay(50, from: customer)
        let invoice = try await tenant.issue(1, 120, to: customer)
        let reply = try await tenant.applyCredit(of: customer)
        #expect(reply.applied?.minorUnits == 120)
        #expect(reply.payments.map(\.id) == [first.id, second.id])
        #expect(reply.payments.map(\.unallocated?.minorUnits) == [0, 30])
        #expect(try await tenant.invoice(invoice) == "paid 120")
        #expect(try await tenant.balance(of: .customerAdvances, customer) == -30)
        #expect(try await tenant.applyCredit(of: customer).applied?.minorUnits == 0)
        try await tenant.reverse(first)
        #expect(try await tenant.invoice(invoice) == "partial 20")
        #expect(try await tenant.get(second).unallocated?.minorUnits == 30)
        #expect(try await tenant.balance(of: .receivable, customer) == 100)
        #expect(try await tenant.isSound())
    }

    @Test("Named parts of advances pay named invoices, or nothing does")
    func explicit() async throws {
        let tenant = try await BillingTenant.selling()
        let (customer, stranger) = (try await tenant.newCustomer(), try await tenant.newCustomer())
        let (payment, other, strange) = (
            try await tenant.pay(100, from: customer), try await tenant.pay(40, from: customer), try await tenant.pay(100, from: stranger)
        )
        let (one, two) = (try await tenant.issue(1, 60, to: customer), try await tenant.issue(2, 60, to: customer))
        let dollars = try await tenant.issue(3, 60, to: customer, in: .usd)
        let foreign = try await tenant.issue(4, 60, to: stranger)
        let before = (try await tenant.rowCounts(), try await tenant.moneyState())
        for (shares, reason) in [
            ([(payment, one, 61)], "OVER_ALLOCATION"), ([(other, one, 41)], "OVER_ALLOCATION"),
            ([(payment, one, 50), (other, one, 11)], "OVER_ALLOCATION"), ([(payment, one, 1), (payment, one, 1)], "FIELD_VIOLATION"),
            ([(strange, one, 1)], "RESOURCE_NOT_FOUND"), ([(payment, foreign, 1)], "PRECONDITION_FAILED"),
            ([(payment, dollars, 1)], "CURRENCY_MISMATCH"), ([(payment, one, 0)], "FIELD_VIOLATION"),
        ] as [([(BillingAPI.Payment, RecordID, Int64)], String)] {
            #expect(await refusal { try await tenant.applyCredit(of: customer, shares) }?.reason == reason)
        }
        #expect(try await (tenant.rowCounts(), tenant.moneyState()) == before)
        let reply = try await tenant.applyCredit(of: customer, [(other, two, 40), (payment, two, 20), (payment, one, 5)])
        #expect(reply.applied?.minorUnits == 65)
        #expect(try await tenant.invoice(one) == "partial 5")
        #expect(try await tenant.invoice(two) == "paid 60")
        #expect(try await tenant.get(payment).unallocated?.minorUnits == 75)
        #expect(try await tenant.isSound())
    }

    @Test("A refund gives back what pays nothing, in parts and then all of it; more is refused")
    func refund() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        try await tenant.issue(1, 40, to: customer)
        let payment = try await tenant.pay(100, from: customer)
        let before = try await tenant.rowCounts()
        #expect(await refusal { try await tenant.refund(61, of: payment) }?.reason == "OVER_ALLOCATION")
        #expect(await refusal { try await tenant.refund(1, of: payment, in: .usd) }?.reason == "CURRENCY_MISMATCH")
        #expect(await refusal { try await tenant.refund(0, of: payment) }?.violatedFields == ["amount.minor_units"])
        #expect(try await tenant.rowCounts() == before)
        let part = try await tenant.refund(20, of: payment)
        #expect(part.status == .partiallyRefunded)
        #expect(part.refunds.map(\.number) == ["RFD2627/000001"])
        let more = try await tenant.refund(40, of: payment)
        #expect(more.status == .partiallyRefunded)
        #expect(more.unallocated?.minorUnits == 0)
        #expect(more.refunds.map(\.amount?.minorUnits) == [20, 40])
        #expect(try await tenant.balance(of: .cash) == 40)
        #expect(try await tenant.balance(of: .customerAdvances, customer) == 0)
        #expect(await refusal { try await tenant.reverse(payment) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.refund(1, of: payment) }?.reason == "OVER_ALLOCATION")
        let whole = try await tenant.pay(10, from: customer)
        #expect(try await tenant.refund(10, of: whole).status == .refunded)
        #expect(await refusal { try await tenant.refund(1, of: whole) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.reverse(whole) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.isSound())
    }

    @Test("A payment is reversed once, under one key or two, and its journals by journals that are linked to them")
    func reversedOnce() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let payment = try await tenant.pay(100, from: customer)
        try await tenant.issue(1, 70, to: customer)
        try await tenant.applyCredit(of: customer)
        let key = BillingTenant.newKey()
        let reversed = try await tenant.reverse(payment, key: key)
        #expect(try await tenant.reverse(payment, key: key) == reversed)
        #expect(await refusal { try await tenant.reverse(payment) }?.reason == "PRECONDITION_FAILED")
        let unlinked = try await tenant.count(
            """
            SELECT count(*) FROM ledger_journal AS journal WHERE tenant_id = current_tenant() AND document_kind = 'payment'
                AND reverses_id IS NULL
                AND NOT EXISTS (SELECT FROM ledger_journal AS other WHERE other.tenant_id = journal.tenant_id AND other.reverses_id = journal.id)
            """)
        #expect(unlinked == 0)
        #expect(
            try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant() AND reverses_id IS NOT NULL")
                == 2)
        #expect(try await tenant.balance(of: .cash) == 0)
        #expect(try await tenant.isSound())
    }

    @Test("What pays an invoice is released to advances, wholly or in part, and the payment can be reversed after it")
    func release() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 100, to: customer)
        let (first, second) = (try await tenant.pay(70, from: customer), try await tenant.pay(50, from: customer))
        func release(_ amount: Int64?) async throws -> Int64 {
            try await tenant.world.office.database.transaction(tenant.scope) { transaction in
                let office = tenant.world.office
                _ = try await transaction.one(.lockCustomer(customer), as: CustomerRow.self)
                let (live, payments) = try await transaction.batch {
                    ($0.all(.lockAllocations(on: invoice), as: AllocationRow.self), $0.all(.payments(paying: invoice), as: PaymentRow.self))
                }
                return try PayingAllocations(invoice: invoice, debtor: customer, live: live, payments: payments).release(
                    amount, on: CivilDate(known: "2026-11-01"), at: office.clock.now(), by: "test", office.clock, in: transaction)
            }
        }
        await #expect(throws: BillingError.overAllocation(invoice)) { try await release(101) }
        #expect(try await release(40) == 40)
        #expect(try await tenant.invoice(invoice) == "partial 60")
        #expect(try await tenant.get(first).allocated?.minorUnits == 60)
        #expect(try await tenant.get(second).unallocated?.minorUnits == 50)
        #expect(try await tenant.isSound())
        #expect(try await release(nil) == 60)
        #expect(try await tenant.invoice(invoice) == "issued 0")
        #expect(try await tenant.balance(of: .customerAdvances, customer) == -120)
        #expect(try await release(nil) == 0)
        try await tenant.reverse(first)
        try await tenant.reverse(second)
        #expect(try await tenant.balance(of: .receivable, customer) == 100)
        #expect(try await tenant.balance(of: .cash) == 0)
        #expect(try await tenant.isSound())
    }

    @Test("A reversal is refused for a day before the payment's, and in a closed month")
    func days() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let payment = try await tenant.pay(100, from: customer) { $0.paidOn = "2026-10-05" }
        func reverse(on day: String) async throws(RPCError) -> BillingAPI.Payment {
            try await tenant.payments.reversePayment(
                .with { ($0.id, $0.cause, $0.reason, $0.reversedOn) = (payment.id, .mistake, "twice", day) },
                tenant.options(key: BillingTenant.newKey()))
        }
        #expect(await refusal { try await reverse(on: "2026-10-04") }?.violatedFields == ["reversed_on"])
        #expect(await refusal { try await reverse(on: "9999-10-04") }?.violatedFields == ["reversed_on"])
        try await tenant.run(
            "INSERT INTO ledger_period (tenant_id, month, is_closed, closed_by) VALUES (current_tenant(), '2026-10-01', true, 'ada')")
        #expect(await refusal { try await reverse(on: "2026-10-06") }?.reason == "PERIOD_LOCKED")
        #expect(try await tenant.get(payment) == payment)
        #expect(try await reverse(on: "").status == .reversed)
    }

    @Test("Another tenant's payment is found by nothing")
    func otherTenant() async throws {
        let (tenant, other) = (try await BillingTenant.selling(), try await BillingTenant.selling())
        let payment = try await tenant.pay(100, from: tenant.newCustomer())
        #expect(await refusal { try await other.get(payment) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.reverse(payment) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.refund(1, of: payment) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await tenant.get(payment) == payment)
        #expect(try await other.payments.listPayments(ListPaymentsRequest(), other.options()).payments.isEmpty)
    }

    @Test("Lists are read in pages, the newest first, of one customer or all; a token opens its own list only")
    func pages() async throws {
        let tenant = try await BillingTenant.selling()
        let (customer, other) = (try await tenant.newCustomer(), try await tenant.newCustomer())
        var ids: [String] = []
        for amount in 1...5 {
            ids.append(try await tenant.pay(Int64(amount), from: customer).id)
            try await tenant.pay(1, from: other)
        }
        var request = ListPaymentsRequest.with { ($0.pageSize, $0.customerID) = (2, customer.description) }
        var found: [String] = []
        repeat {
            let reply = try await tenant.payments.listPayments(request, tenant.options())
            found += reply.payments.map(\.id)
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        #expect(found == ids.reversed())
        let token = try await tenant.payments.listPayments(.with { $0.pageSize = 2 }, tenant.options()).nextPageToken
        request.pageToken = token
        #expect(await refusal { try await tenant.payments.listPayments(request, tenant.options()) }?.reason == "PAGE_TOKEN_INVALID")
    }
}
