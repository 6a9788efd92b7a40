import TestSupport
import Testing

@testable import BillingServer

@Suite("Journals")
struct JournalTests {
    private let customer = RecordID(number: 7)

    private func line(_ side: JournalLine.Side, _ code: AccountCode, _ amount: Int64, _ currency: Currency = .inr) throws -> JournalLine {
        try JournalLine(side, try Account(code), Money(minorUnits: amount, currency))
    }

    @Test("Debits and credits are equal in each currency, or there is no journal")
    func balanced() throws {
        #expect(throws: Never.self) { try Journal([line(.debit, .cash, 5), line(.credit, .sales, 3), line(.credit, .roundOff, 2)]) }
        #expect(throws: BillingError.journalUnbalanced(.inr)) { try Journal([line(.debit, .cash, 5), line(.credit, .sales, 4)]) }
        #expect(throws: BillingError.journalUnbalanced(.gbp)) {
            try Journal([line(.debit, .cash, 5, .gbp), line(.credit, .sales, 5, .inr)])
        }
        #expect(throws: BillingError.journalUnbalanced(.inr)) { try Journal([line(.debit, .cash, .max), line(.debit, .bank, .max)]) }
        #expect(throws: Never.self) {
            try Journal([line(.debit, .cash, .max), line(.debit, .bank, .max), line(.credit, .sales, .max), line(.credit, .sales, .max)])
        }
    }

    @Test("A journal has two lines at least, and not more than the limit")
    func length() throws {
        #expect(throws: BillingError.journalTooShort) { try Journal([]) }
        #expect(throws: BillingError.journalTooShort) { try Journal([line(.debit, .cash, 1)]) }
        let pair = [try line(.debit, .cash, 1), try line(.credit, .sales, 1)]
        #expect(throws: Never.self) { try Journal(Array(repeating: pair, count: 1_000).flatMap { $0 }) }
        #expect(throws: BillingError.journalTooLong(limit: 2_000)) { try Journal(Array(repeating: pair, count: 1_001).flatMap { $0 }) }
    }

    @Test("A line's amount is above zero", arguments: [0, -1, Int64.min])
    func positive(amount: Int64) {
        #expect(throws: BillingError.amountNotPositive) { try line(.debit, .cash, amount) }
    }

    @Test("What is kept for each customer names one, and nothing else does")
    func parties() throws {
        #expect(throws: BillingError.partyRequired(.receivable)) { try Account(.receivable) }
        #expect(throws: BillingError.partyRequired(.customerAdvances)) { try Account(.customerAdvances) }
        #expect(throws: BillingError.partyNotAllowed(.cash)) { try Account(.cash, of: customer) }
        #expect(try Account(.receivable, of: customer).customer == customer)
    }

    @Test("A journal and its reversal leave every account as it was; the reversal's reversal is the journal")
    func reversal() throws {
        let journal = try Journal([line(.debit, .cash, 5), line(.credit, .sales, 3), line(.credit, .roundOff, 2)])
        var balances: [Account: Int64] = [:]
        for line in journal.lines + journal.reversed.lines { balances[line.account, default: 0] += line.signedMinorUnits }
        #expect(balances.values.allSatisfy { $0 == 0 })
        #expect(journal.reversed.reversed == journal)
        #expect(journal.reversed != journal)
    }

    @Test("An issued invoice posts what is payable, sales, each government's tax, the round-off and the goods' cost")
    func invoice() throws {
        let bill = try TaxedBill(
            [Samples.line("2202", 1_000, 10_030)], place: Samples.place(.unionTerritory), on: Samples.day, by: Samples.rates())
        let journal = try #require(try Journal.issued(bill, to: customer, cost: 6_000))
        let lines = journal.lines.map { "\($0.side) \($0.account.code) \($0.amount.minorUnits)" }
        // 14 % of 10030 is 1404.2, 12 % is 1203.6; together 14042, payable 14000.
        #expect(
            lines == [
                "debit 1100 14000", "credit 4000 10030", "credit 2110 1404", "credit 2130 1404", "credit 2150 1204", "debit 4200 42",
                "debit 5000 6000", "credit 1200 6000",
            ])
        #expect(journal.lines.first?.account.customer == customer)
        let free = try TaxedBill([Samples.line("1006", 1_000, 0)], place: Samples.place(.intraState), on: Samples.day, by: Samples.rates())
        #expect(try Journal.issued(free, to: customer) == nil)
    }

    @Test("A payment's tenders add up to what they pay and what is left, or nothing is posted")
    func payment() throws {
        let tenders = [
            Tender(method: .cash, amount: Money(minorUnits: 300, .inr)), Tender(method: .upi, amount: Money(minorUnits: 200, .inr)),
        ]
        #expect(try Tender.total(of: tenders) == Money(minorUnits: 500, .inr))
        let journal = try Journal.paid(tenders, allocated: [customer: 450], advance: 50, by: customer, in: .inr)
        #expect(
            journal.lines.map { "\($0.side) \($0.account.code) \($0.amount.minorUnits)" } == [
                "debit 1000 300", "debit 1020 200", "credit 1100 450", "credit 2200 50",
            ])
        #expect(throws: BillingError.journalUnbalanced(.inr)) {
            try Journal.paid(tenders, allocated: [customer: 450], advance: 51, by: customer, in: .inr)
        }
        #expect(throws: BillingError.currencyMismatch(expected: .gbp, found: .inr)) {
            try Journal.paid(tenders, allocated: [customer: 450], advance: 50, by: customer, in: .gbp)
        }
        #expect(throws: BillingError.amountNotPositive) { try Tender.total(of: []) }
        #expect(throws: BillingError.amountNotPositive) { try Tender.total(of: [Tender(method: .card, amount: .zero(.inr))]) }
        let applied = try Journal.creditApplied([customer: 50], of: customer, in: .inr)
        #expect(applied.lines.map(\.account.code) == [.customerAdvances, .receivable])
    }
}
