internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A credit note as the database keeps it, without its lines.
struct CreditNoteRow: Hashable, Sendable {
    let id: RecordID
    var version: Int64 = 1
    var status: CreditNoteStatus
    let startYear: Int
    let sequence: Int64
    let number: String
    let issuedOn: CivilDate
    let invoice: RecordID
    let invoiceNumber: String
    let customer: RecordID
    let payer: RecordID
    let reason: NoteReason
    let notes: String
    let taxable: Int64
    let tax: LineTax
    let roundOff: Int64
    let total: Int64
    /// What it took off the receivable.
    let toReceivable: Int64
    /// What older notes posted to advances themselves.
    var toAdvance: Int64 = 0
    /// What was released of payments before.
    let released: Int64
    let cost: Int64
    let returnedStock: Bool
    let lineCount: Int
    var cancelReason = ""
    let journal: RecordID?
    let issuedAt: Instant
    let issuedBy: String
    var updatedAt: Instant

    func message(lines: [CreditedLine] = []) -> CreditNote {
        .with {
            $0.id = id.description
            $0.etag = Etag(version: version).text
            $0.status = status == .cancelled ? .cancelled : .issued
            $0.number = number
            $0.invoiceID = invoice.description
            $0.invoiceNumber = invoiceNumber
            $0.customerID = customer.description
            $0.reason = reason.message
            $0.notes = notes
            $0.issuedOn = issuedOn.description
            $0.currencyCode = Currency.inr.code
            $0.lines = lines.map(\.message)
            $0.taxable = taxable
            $0.cgst = tax.cgst
            $0.sgst = tax.sgst
            $0.igst = tax.igst
            $0.cess = tax.cess
            $0.roundOff = roundOff
            $0.total = total
            $0.toReceivable = toReceivable - released
            $0.toAdvance = toAdvance + released
            $0.returnedStock = returnedStock
            $0.cancelReason = cancelReason
            $0.journalID = journal?.description ?? ""
            $0.issuedAt = issuedAt.timestamp
        }
    }
}

extension CreditedLine {
    var message: CreditNoteLine {
        .with {
            $0.lineNumber = Int32(truncatingIfNeeded: number)
            $0.quantity = .with { ($0.milli, $0.unit) = (quantity.milli, unit) }
            $0.taxable = taxable
            $0.cgst = tax.cgst
            $0.sgst = tax.sgst
            $0.igst = tax.igst
            $0.cess = tax.cess
        }
    }
}

extension CreditNoteRow: RowDecodable {
    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        status = try row.word("credit_note_status", row["credit_note_status"])
        let year: Int16 = try row["start_year"]
        startYear = Int(year)
        sequence = try row["sequence"]
        number = try row["number"]
        issuedOn = try row["issued_on"]
        invoice = try row["invoice_id"]
        invoiceNumber = try row["invoice_number"]
        customer = try row["customer_id"]
        payer = try row["payer_id"]
        reason = try row.word("note_reason", row["note_reason"])
        notes = try row["notes"]
        taxable = try row["taxable"]
        tax = try LineTax(row: row)
        roundOff = try row["round_off"]
        total = try row["total"]
        toReceivable = try row["to_receivable"]
        toAdvance = try row["to_advance"]
        released = try row["released"]
        cost = try row["cost"]
        returnedStock = try row["returned_stock"]
        let lines: Int16 = try row["line_count"]
        lineCount = Int(lines)
        cancelReason = try row["cancel_reason"]
        journal = try row["journal_id"]
        issuedAt = try row["issued_at"]
        issuedBy = try row["issued_by"]
        updatedAt = try row["updated_at"]
    }
}

extension CreditedLine: RowDecodable {
    init(row: Row) throws(PostgresError) {
        let line: Int16 = try row["line_number"]
        number = Int(line)
        quantity = Quantity(milli: try row["quantity"])
        unit = try row["unit"]
        taxable = try row["taxable"]
        tax = try LineTax(row: row)
    }
}

extension LineTax {
    init(row: Row) throws(PostgresError) {
        self = .none
        cgst = try row["cgst"]
        sgst = try row["sgst"]
        igst = try row["igst"]
        cess = try row["cess"]
    }
}
