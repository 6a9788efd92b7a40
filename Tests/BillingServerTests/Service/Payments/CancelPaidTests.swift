import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Invoices that are cancelled when a part of them is paid")
struct CancelPaidTests {
    @Test(
        "BIL-5 · what was paid of a cancelled invoice is its customer's advance: ledger, statement and aging agree, and each payment keeps its sum"
    )
    func released() async throws {
        let desk = try await InvoiceDesk()
        let (tenant, customer) = (desk.tenant, desk.customer)
        let invoice = try await desk.issue()
        let id = try #require(RecordID(invoice.id))
        let early = try await tenant.pay(1_000, from: customer)
        let second = try await tenant.payExplicitly(60_000, from: customer, [(id, 50_000)])
        #expect(try await desk.get(invoice.id).paid == 51_000)

        let cancelled = try await desk.cancel(invoice.id)
        #expect((cancelled.status, cancelled.paid, cancelled.credited) == (.cancelled, 0, 0))
        #expect(try await desk.get(invoice.id) == cancelled)
        for (payment, amount) in [(early, Int64(1_000)), (second, 60_000)] {
            let now = try await tenant.get(payment)
            #expect((now.status, now.amount?.minorUnits, now.unallocated?.minorUnits) == (.completed, amount, amount))
            #expect(now.allocations.count == 1 && now.allocations.allSatisfy { $0.releasedAt != nil })
        }
        #expect(try await tenant.balance(of: .receivable, customer) == 0)
        #expect(try await tenant.balance(of: .customerAdvances, customer) == -61_000)
        try await desk.demandOrder("cancelled")
        #expect(try await tenant.isSound())
        let today = invoice.issuedOn
        let balance = try await tenant.balance(customer.description)
        #expect((balance.owed, balance.advance) == (0, 61_000))
        let parts = try await tenant.statement(customer.description, from: today, to: today)
        guard case .closing(let closing)? = parts.last else { throw BillingError.amountOutOfRange }
        #expect(closing.balance?.minorUnits == -61_000)
        let aging = try await tenant.customers.aging(.with { $0.customerID = customer.description }, tenant.options())
        #expect(aging.total.isEmpty)

        // Each of them is found by whatever looks for advances.
        let next = try await desk.issue()
        #expect(try await tenant.applyCredit(of: customer).applied?.minorUnits == 61_000)
        #expect(try await desk.get(next.id).paid == 61_000)
        try await desk.cancel(next.id)
        #expect(try await tenant.refund(60_000, of: second).unallocated?.minorUnits == 0)
        #expect(try await tenant.reverse(early).status == .reversed)
        #expect(try await tenant.balance(of: .customerAdvances, customer) == 0)
        try await desk.demandOrder("taken back")
        #expect(try await tenant.isSound())
    }

    @Test("one that is paid in full stays, and so does one in a closed month")
    func refused() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let payment = try await desk.tenant.pay(249_600, from: desk.customer)
        let before = (try await desk.traces(), try await desk.tenant.moneyState())
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PRECONDITION_FAILED")
        #expect(try await (desk.traces(), desk.tenant.moneyState()) == before)
        try await desk.tenant.reverse(payment)
        try await desk.tenant.pay(1, from: desk.customer)
        let month = "\(invoice.issuedOn.prefix(7))-01"
        try await desk.tenant.run(
            "INSERT INTO ledger_period (tenant_id, month, is_closed, closed_by) VALUES (current_tenant(), \(CivilDate(known: month)), true, 'ada')"
        )
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PERIOD_LOCKED")
        #expect(try await desk.get(invoice.id).paid == 1)
    }

    @Test("the same call again gets the first reply byte for byte, and releases nothing again")
    func repeated() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let payment = try await desk.tenant.pay(70, from: desk.customer)
        let key = BillingTenant.newKey()
        let first = try await desk.cancel(invoice.id, key: key)
        let next = try await desk.issue()
        try await desk.tenant.applyCredit(of: desk.customer)
        let before = (try await desk.traces(), try await desk.tenant.moneyState())
        #expect(try await desk.cancel(invoice.id, key: key).encoded(deterministic: true) == first.encoded(deterministic: true))
        #expect(try await (desk.traces(), desk.tenant.moneyState()) == before)
        #expect(try await desk.get(next.id).paid == 70)
        #expect(try await desk.tenant.get(payment).allocations.count == 2)
    }

    @Test("what a merged customer owed is taken off there, and the advance is of who had paid")
    func merged() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        let invoice = try await desk.issue()
        let (old, survivor) = (try await tenant.getCustomer(desk.customer.description), try await tenant.customer("Grace"))
        try await tenant.merge(old, into: survivor)
        let payer = try #require(RecordID(survivor.id))
        let payment = try await tenant.pay(100, from: payer)
        #expect(try await desk.get(invoice.id).paid == 100)
        try await desk.cancel(invoice.id)
        #expect(try await tenant.get(payment).unallocated?.minorUnits == 100)
        #expect(try await tenant.balance(of: .customerAdvances, payer) == -100)
        let balance = try await tenant.balance(survivor.id)
        #expect((balance.owed, balance.advance) == (0, 100))
        #expect(try await tenant.refund(100, of: payment).status == .refunded)
    }

    @Test("a payment that comes at the same time pays it before, or is an advance")
    func together() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        for round in 1...6 {
            let invoice = try await desk.issue()
            let id = try #require(RecordID(invoice.id))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await tenant.pay(10, from: desk.customer) } }
                group.addTask {
                    let named = await refusal { try await tenant.payExplicitly(10, from: desk.customer, [(id, 10)]) }
                    // It has come too late, or has not.
                    #expect(named == nil || named?.reason == "PRECONDITION_FAILED")
                    if named != nil { try await tenant.pay(10, from: desk.customer) }
                }
                group.addTask { try await desk.cancel(invoice.id) }
                try await group.waitForAll()
            }
            #expect(try await desk.get(invoice.id).status == .cancelled)
            #expect(try await tenant.balance(of: .customerAdvances, desk.customer) == -40 * Int64(round))
            #expect(try await tenant.isSound())
        }
        try await desk.demandOrder("together")
    }
}
