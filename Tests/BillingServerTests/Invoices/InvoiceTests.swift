import TestSupport
import Testing

@testable import BillingServer

@Suite("Invoices: numbers, statuses, discounts")
struct InvoiceTests {
    private let year = FinancialYear(of: CivilDate(known: "2025-10-01"))

    @Test(
        "A number has its series, its year and at least six digits",
        arguments: [
            ("INV", 1, "INV2526/000001"), ("INV", 10_000, "INV2526/010000"), ("INV", 1_000_000, "INV2526/1000000"),
            ("A", 7, "A2526/000007"),
            ("PF01", 9_999_999, "PF012526/9999999"),
        ] as [(String, Int64, String)])
    func numbers(prefix: String, sequence: Int64, number: String) throws {
        #expect(try NumberSeries(prefix: prefix, year: year).number(sequence) == number)
        #expect(number.utf8.count <= 16)
    }

    @Test("A series ends before its numbers have more than sixteen characters", arguments: [0, -1, 10_000_000, Int64.max])
    func exhausted(sequence: Int64) throws {
        let series = try NumberSeries(prefix: "PF01", year: year)
        #expect(throws: BillingError.seriesExhausted) { try series.number(sequence) }
    }

    @Test("A prefix is 1 to 4 capital letters or digits", arguments: ["", "INVOI", "inv", "IN/", "I N", "É"])
    func prefixes(prefix: String) {
        #expect(throws: BillingError.seriesPrefixInvalid) { try NumberSeries(prefix: prefix, year: year) }
    }

    @Test("Every move between statuses that is not in the table is refused")
    func statuses() throws {
        let legal: [InvoiceStatus: Set<InvoiceStatus>] = [
            .draft: [.issued, .paid, .void], .proforma: [.converted, .expired, .void], .issued: [.partial, .paid, .cancelled],
            .partial: [.paid, .issued, .cancelled], .paid: [.partial, .issued],
        ]
        for from in InvoiceStatus.allCases {
            for to in InvoiceStatus.allCases {
                if legal[from]?.contains(to) == true {
                    #expect(try from.becoming(to) == to)
                } else {
                    #expect(throws: BillingError.illegalTransition(of: "invoice", from: from.rawValue, to: to.rawValue)) {
                        try from.becoming(to)
                    }
                }
            }
        }
        #expect(InvoiceStatus.allCases.filter(\.isEditable) == [.draft])
        #expect(InvoiceStatus.allCases.filter(\.isTaxDocument) == [.issued, .partial, .paid, .cancelled])
    }

    @Test("What is paid of an issued invoice is its status")
    func settled() throws {
        #expect(try InvoiceStatus.settled(total: 100, paid: 0) == .issued)
        #expect(try InvoiceStatus.settled(total: 100, paid: 99) == .partial)
        #expect(try InvoiceStatus.settled(total: 100, paid: 100) == .paid)
        #expect(try InvoiceStatus.settled(total: 0, paid: 0) == .paid)
        #expect(throws: BillingError.amountOutOfRange) { try InvoiceStatus.settled(total: 100, paid: 101) }
        #expect(throws: BillingError.amountNotPositive) { try InvoiceStatus.settled(total: -1, paid: 0) }
    }

    @Test("Overdue is what is open after its day, and no status of its own")
    func overdue() {
        let today = CivilDate(known: "2025-10-02")
        #expect(InvoiceStatus.partial.isOverdue(due: CivilDate(known: "2025-10-01"), today: today))
        #expect(!InvoiceStatus.issued.isOverdue(due: today, today: today))
        #expect(!InvoiceStatus.paid.isOverdue(due: CivilDate(known: "2025-10-01"), today: today))
    }

    @Test("A credit note is cancelled before its return is filed, and never after")
    func creditNotes() throws {
        #expect(try CreditNoteStatus.draft.becoming(.issued, isFiled: true) == .issued)
        #expect(try CreditNoteStatus.issued.becoming(.cancelled, isFiled: false) == .cancelled)
        #expect(throws: BillingError.self) { try CreditNoteStatus.issued.becoming(.cancelled, isFiled: true) }
        #expect(throws: BillingError.self) { try CreditNoteStatus.cancelled.becoming(.issued, isFiled: false) }
        #expect(throws: BillingError.self) { try CreditNoteStatus.draft.becoming(.cancelled, isFiled: false) }
        #expect(CreditNoteStatus.deadline(for: year)?.description == "2026-11-30")
    }
}
