import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Credit notes against what is paid")
struct CreditPaidTests {
    private func part(_ line: Int32, value: Int64) -> NoteContentLine {
        .with {
            $0.lineNumber = line
            $0.part = .value(.with { ($0.currencyCode, $0.minorUnits) = ("INR", value) })
        }
    }

    @Test("BIL-5 · what a paid invoice is credited is what its payments have left, the last one's first: no money is lost")
    func released() async throws {
        let desk = try await InvoiceDesk()
        let (tenant, customer) = (desk.tenant, desk.customer)
        let invoice = try await desk.issue()
        let first = try await tenant.pay(200_000, from: customer)
        let second = try await tenant.pay(50_000, from: customer)
        #expect(try await desk.get(invoice.id).status == .paid)
        #expect(try await tenant.get(second).unallocated?.minorUnits == 400)

        let note = try await desk.credit(invoice.id, [part(1, value: 50_000)])
        #expect((note.total, note.toReceivable, note.toAdvance) == (59_000, 0, 59_000))
        let credited = try await desk.get(invoice.id)
        #expect((credited.status, credited.paid, credited.credited) == (.paid, 190_600, 59_000))
        #expect(try await tenant.get(second).unallocated?.minorUnits == 50_000)
        let split = try await tenant.get(first)
        #expect((split.amount?.minorUnits, split.allocated?.minorUnits, split.unallocated?.minorUnits) == (200_000, 190_600, 9_400))
        // One ends, and what stays of it is allocated anew.
        #expect(split.allocations.map { "\($0.amount?.minorUnits ?? 0) \($0.releasedAt == nil)" } == ["200000 false", "190600 true"])
        #expect(try await tenant.balance(of: .receivable, customer) == 0)
        #expect(try await tenant.balance(of: .customerAdvances, customer) == -59_400)
        #expect(try await desk.balance(.salesReturns) == 50_000)
        try await desk.demandOrder("credited")
        #expect(try await tenant.isSound())
        let (balance, today) = (try await tenant.balance(customer.description), invoice.issuedOn)
        #expect((balance.owed, balance.advance) == (0, 59_400))
        guard case .closing(let closing)? = try await tenant.statement(customer.description, from: today, to: today).last else {
            throw BillingError.amountOutOfRange
        }
        #expect(closing.balance?.minorUnits == -59_400)
        let aging = AgingRequest.with { $0.customerID = customer.description }
        #expect(try await tenant.customers.aging(aging, tenant.options()).total.isEmpty)

        // Found by each that looks for advances.
        let next = try await desk.issue()
        #expect(try await tenant.applyCredit(of: customer).applied?.minorUnits == 59_400)
        #expect(try await desk.get(next.id).paid == 59_400)
        #expect(try await tenant.customers.aging(aging, tenant.options()).total.first?.total?.minorUnits == 249_600 - 59_400)
        try await tenant.reverse(second)
        #expect(try await desk.get(next.id).paid == 9_400)
        #expect(try await desk.get(invoice.id).status == .paid)
        try await desk.cancel(next.id)
        #expect(try await tenant.refund(9_400, of: first).unallocated?.minorUnits == 0)
        try await desk.demandOrder("taken back")
        #expect(try await tenant.isSound())
    }

    @Test(
        "BIL-5 · a note that is cancelled leaves the invoice owed again by its total, and the advance the customer's, which pays it again")
    func cancelled() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        let invoice = try await desk.issue()
        let payment = try await tenant.pay(249_600, from: desk.customer)
        let before = try await tenant.moneyState()
        let note = try await desk.credit(invoice.id)
        #expect((note.toReceivable, note.toAdvance) == (0, 249_600))
        #expect(try await tenant.get(payment).unallocated?.minorUnits == 249_600)
        let cancelled = try await desk.cancelNote(note.id)
        #expect((cancelled.status, cancelled.toAdvance) == (.cancelled, 249_600))
        let open = try await desk.get(invoice.id)
        #expect((open.status, open.paid, open.credited) == (.issued, 0, 0))
        #expect(try await tenant.balance(of: .receivable, desk.customer) == 249_600)
        #expect(try await tenant.balance(of: .customerAdvances, desk.customer) == -249_600)
        #expect(try await tenant.isSound())
        #expect(try await tenant.applyCredit(of: desk.customer).applied?.minorUnits == 249_600)
        #expect(try await tenant.moneyState() == before)
        // An advance that is given back already is no obstacle: the invoice is owed.
        let second = try await desk.credit(invoice.id, [part(1, value: 1_000)])
        try await tenant.refund(1_180, of: payment)
        try await desk.cancelNote(second.id)
        #expect(try await desk.get(invoice.id).status == .partial)
        #expect(try await tenant.balance(of: .receivable, desk.customer) == 1_180)
        try await desk.demandOrder("cancelled")
        #expect(try await tenant.isSound())
    }

    @Test("of a partly paid invoice what is owed still is taken off first, and a repetition has the same bytes")
    func partly() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        let invoice = try await desk.issue()
        let payment = try await tenant.pay(240_000, from: desk.customer)
        let key = BillingTenant.newKey()
        let note = try await desk.credit(invoice.id, [part(1, value: 10_000)], key: key)
        #expect((note.total, note.toReceivable, note.toAdvance) == (11_800, 9_600, 2_200))
        let state = try await tenant.moneyState()
        let again = try await desk.credit(invoice.id, [part(1, value: 10_000)], key: key)
        #expect(again.encoded(deterministic: true) == note.encoded(deterministic: true))
        #expect(try await tenant.moneyState() == state)
        #expect(try await tenant.get(payment).unallocated?.minorUnits == 2_200)
        #expect(try await desk.invoices.getCreditNote(.with { $0.id = note.id }, tenant.options()) == note)
        #expect(try await desk.get(invoice.id).status == .paid)
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.isSound())
    }

    @Test("what a note leaves of an allocation has paid the invoice since the first day")
    func velocity() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        let invoice = try await desk.issue()
        let issued = CivilDate(known: invoice.issuedOn)
        let early = try #require(issued.adding(days: -3))
        try await tenant.pay(249_600, from: desk.customer) { $0.paidOn = early.description }
        try await desk.credit(invoice.id, [part(1, value: 10_000)])
        try await desk.credit(invoice.id, [part(1, value: 10_000)])
        let range = try DayRange(from: invoice.issuedOn, to: invoice.issuedOn, atMost: 1)
        let days: DaysToPay = try await tenant.world.connections.batch(tenant.scope) { $0.one(.daysToPay(of: desk.customer, range)) }
        #expect((days.invoiceCount, days.days) == (1, -3))
    }

    @Test("notes, payments and credits at once leave what was paid with its payments, and never more credited than there is")
    func together() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        let invoice = try await desk.issue()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { try await tenant.pay(70_000, from: desk.customer) }
                group.addTask { try await desk.credit(invoice.id, [part(1, value: 40_000)]) }
                group.addTask { try await tenant.applyCredit(of: desk.customer) }
            }
            try await group.waitForAll()
        }
        try await tenant.applyCredit(of: desk.customer)
        let after = try await desk.get(invoice.id)
        #expect((after.status, after.credited, after.paid) == (.paid, 188_800, 60_800))
        #expect(try await tenant.balance(of: .customerAdvances, desk.customer) == -(280_000 - 60_800))
        try await desk.demandOrder("together")
        #expect(try await tenant.isSound())
    }
}
