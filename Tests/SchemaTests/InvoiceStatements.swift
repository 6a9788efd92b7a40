import BillingAPI
import Protobuf
import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of invoices and credit notes, for ``StatementTests``.
enum InvoiceStatements {
    static let all: [CheckedStatement] = {
        var content = InvoiceContent()
        content.customerID = RecordID(1).description
        content.allowUnlisted = true
        content.lines = [
            .with {
                ($0.description, $0.hsn) = ("Lamp", "9405")
                $0.quantity = .with { $0.milli = 1 }
                $0.unitPrice = .with { ($0.currencyCode, $0.minorUnits) = ("INR", 1) }
            },
            .with {
                $0.product = "Desk Lamp"
                $0.quantity = .with { $0.milli = 1 }
            },
        ]
        guard let draft = try? InvoiceDraft(content), let criteria = try? criteria, let range = try? wide else { return [] }
        let id = RecordID(1)
        return reads(id, criteria, range) + sources(.content(draft)) + sources(.document(id)) + writes(id)
    }()

    private static var criteria: InvoiceCriteria {
        get throws { try InvoiceCriteria(InvoiceFilter()) }
    }

    private static var wide: InvoiceCriteria {
        get throws {
            try InvoiceCriteria(
                .with {
                    $0.customerID = RecordID(1).description
                    $0.statuses = [.draft]
                    ($0.issuedFrom, $0.issuedThrough, $0.isOverdue) = ("2025-10-01", "2025-10-02", true)
                })
        }
    }

    private static let now = Instant(unixMicroseconds: 0)
    private static let words = ["invoice_status": "draft", "nature": "intra_state", "hsn": "9405", "taxability": "taxable"]
    private static let noteWords = ["credit_note_status": "issued", "note_reason": "other"]

    private static func reads(_ id: RecordID, _ criteria: InvoiceCriteria, _ wide: InvoiceCriteria) -> [CheckedStatement] {
        guard let day = CivilDate("2025-10-01") else { return [] }
        return [
            CheckedStatement("invoice", .invoice(id, at: now), InvoiceRow.self, words: words),
            CheckedStatement("lockInvoice", .lockInvoice(id), InvoiceRow.self, words: words),
            CheckedStatement("invoiceLines", .invoiceLines(of: id), InvoiceLineRow.self, words: words),
            CheckedStatement("linesOfInvoices", .linesOfInvoices([id]), InvoiceLineRow.self, words: words),
            CheckedStatement("isOverdue", "SELECT \(SQL.isOverdue(at: now)) FROM invoice", Bool.self),
            CheckedStatement("newestInvoices", .newestInvoices(criteria, before: nil, limit: 1, at: now), InvoiceRow.self, words: words),
            CheckedStatement("newestInvoices", .newestInvoices(wide, before: id, limit: 1, at: now), InvoiceRow.self, words: words),
            CheckedStatement("oldestInvoices", .oldestInvoices(wide, after: id, limit: 1, at: now), InvoiceRow.self, words: words),
            CheckedStatement("documentSeries", .documentSeries(after: nil, limit: 1), SeriesRow.self),
            CheckedStatement(
                "documentSeries", .documentSeries(after: SeriesRow.Place(startYear: 2025, prefix: "INV"), limit: 1), SeriesRow.self),
            CheckedStatement("lockPayer", .lockPayer(ofInvoice: id), CustomerRow.self),
            CheckedStatement("netBalance", .netBalance(of: id), Int64.self),
            CheckedStatement("debitNote", .debitNote(against: id), String.self),
            CheckedStatement("journalLines", .journalLines(ofInvoice: id)),
            CheckedStatement("soldStock", .soldStock(ofInvoice: id), SoldStockRow.self),
            CheckedStatement("isMonthClosed", .isMonthClosed(ofInvoice: id), Bool.self),
            CheckedStatement("isMonthClosed", .isMonthClosed(of: day), Bool.self),
            CheckedStatement("returnedStock", .returnedStock(by: id), SoldStockRow.self),
            CheckedStatement("creditNote", .creditNote(id), CreditNoteRow.self, words: noteWords),
            CheckedStatement("lockCreditNote", .lockCreditNote(id), CreditNoteRow.self, words: noteWords),
            CheckedStatement("parties", .parties(ofInvoice: id), DocumentParties.self),
            CheckedStatement("parties", .parties(ofCreditNote: id), DocumentParties.self),
            CheckedStatement("creditNoteLines", .creditNoteLines(of: id), CreditedLine.self),
            CheckedStatement("creditedLines", .creditedLines(ofInvoice: id), CreditedLine.self),
            CheckedStatement("creditedTotal", .creditedTotal(ofInvoice: id), Int64.self),
            CheckedStatement(
                "newestCreditNotes", .newestCreditNotes(ofInvoice: id, customer: id, before: id, limit: 1), CreditNoteRow.self,
                words: noteWords),
        ]
    }

    private static func sources(_ source: InvoiceSource) -> [CheckedStatement] {
        [
            CheckedStatement("customer", .customer(of: source), CustomerRow.self),
            CheckedStatement("lockCustomer", .lockCustomer(of: source), CustomerRow.self),
            CheckedStatement("netBalance", .netBalance(of: source), Int64.self),
            CheckedStatement("products", .products(of: source)),
            CheckedStatement("taxRates", .taxRates(of: source)),
            CheckedStatement("lockStock", .lockStock(of: source), StockBatchRow.self),
            CheckedStatement("reservedStock", .reservedStock(of: source, at: now), ReservedRow.self),
            CheckedStatement("drawNumber", .drawNumber("INV", at: now), DrawnNumber.self),
            CheckedStatement("productCandidates", .productCandidates("lamp"), MeantProduct.self),
        ]
    }

    private static func writes(_ id: RecordID) -> [CheckedStatement] {
        let row = InvoiceRow(
            id: id, status: .draft, customer: id, series: "INV", dates: InvoiceDates(), buyerKind: .unregistered, buyerGSTIN: "",
            place: nil,
            nature: .intraState, discountAsked: .none,
            totals: InvoiceRow.Totals(gross: 0, discount: 0, taxable: 0, tax: .none, roundOff: 0, payable: 0), lineCount: 1, notes: "",
            tags: [], createdAt: now, updatedAt: now)
        guard let day = CivilDate("2025-10-01"), let state = StateCode("27") else { return [] }
        let parties = DocumentParties(
            .init(name: "Acme", gstin: "", state: state, address: ""), .init(name: "Ada", address: "", state: nil))
        let note = CreditNoteRow(
            id: id, status: .issued, startYear: 2025, sequence: 1, number: "CRN2526/000001", issuedOn: day, invoice: id,
            invoiceNumber: "INV2526/000001", customer: id, payer: id, reason: .other, notes: "", taxable: 0, tax: .none, roundOff: 0,
            total: 0,
            toReceivable: 0, released: 0, cost: 0, returnedStock: false, lineCount: 1, journal: nil, issuedAt: now, issuedBy: "ada",
            updatedAt: now)
        return [
            CheckedStatement("insertInvoice", .insertInvoice(row, parties)), CheckedStatement("rewriteDraft", .rewriteDraft(row, nil)),
            CheckedStatement("changeInvoice", .changeInvoice(row)), CheckedStatement("deleteInvoiceLines", .deleteInvoiceLines(of: id)),
            CheckedStatement("expireProforma", .expireProforma(id, at: now)),
            CheckedStatement("proformaEnd", .proformaEnd(id), Instant.self),
            CheckedStatement("insertInvoiceLines", .insertInvoiceLines([])),
            CheckedStatement("insertCreditNote", .insertCreditNote(note, parties)),
            CheckedStatement("insertCreditNoteLines", .insertCreditNoteLines([], of: note)),
            CheckedStatement("changeCreditNote", .changeCreditNote(note)),
        ]
    }
}
