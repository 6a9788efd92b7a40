internal import Platform
internal import Postgres
internal import RPC
internal import Resources

/// What a credit note or a debit note follows from: all of it held until the transaction ends.
struct NoteStanding {
    let seller: SellerRow
    let payer: CustomerRow
    /// The seller as it is now, and the buyer whom the invoice names.
    let parties: DocumentParties
    let invoice: InvoiceRow
    let issued: InvoiceRow.Number
    let lines: [InvoiceLineRow]
    let credited: [CreditedLine]
    /// What the notes so far come to.
    let creditedTotal: Int64
    let sold: [SoldStockRow]
    let drawn: DrawnNumber
    let day: CivilDate

    /// What is left of the invoice's lines.
    func creditable() throws(BillingError) -> [CreditableLine] {
        let taken = Dictionary(credited.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var left: [CreditableLine] = []
        for line in lines { left.append(try CreditableLine(line, taken: taken[line.number])) }
        return left
    }

    /// A debit note has no last day: what more is owed is owed whenever it comes out (section 34(3)).
    ///
    /// - Throws: `noteTooLate` behind the last day for a credit note.
    func demandInTime() throws(BillingError) {
        guard let deadline = CreditNoteStatus.deadline(for: FinancialYear(of: issued.issuedOn)), day <= deadline else {
            throw .noteTooLate
        }
    }

    /// The note's number in print.
    ///
    /// - Throws: `timeZoneUnknown` when the database's zones are not ours, `seriesExhausted`.
    func number(in prefix: String) throws(BillingError) -> String {
        let year = FinancialYear(of: day)
        guard drawn.startYear == year.startYear else { throw .timeZoneUnknown }
        return try NumberSeries(prefix: prefix, year: year).number(drawn.sequence)
    }
}

extension Invoicing {
    /// One round trip. The order is that in which rows are held: customer, invoice, series.
    ///
    /// - Throws: `notFound`, `invoiceNotIssued`.
    func standing(
        ofNoteAgainst id: RecordID, in series: String, at now: Instant, _ transaction: borrowing Transaction
    ) async throws -> NoteStanding {
        let (seller, payer, invoice, kept, lines, credited, total, sold, drawn) = try await transaction.batch {
            (
                $0.optional(.seller, as: SellerRow.self), $0.optional(.lockPayer(ofInvoice: id), as: CustomerRow.self),
                $0.optional(.lockInvoice(id), as: InvoiceRow.self), $0.optional(.parties(ofInvoice: id), as: DocumentParties.self),
                $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self),
                $0.all(.creditedLines(ofInvoice: id), as: CreditedLine.self), $0.one(.creditedTotal(ofInvoice: id), as: Int64.self),
                $0.all(.soldStock(ofInvoice: id), as: SoldStockRow.self), $0.optional(.drawNumber(series, at: now), as: DrawnNumber.self)
            )
        }
        guard let invoice, let payer else { throw BillingError.notFound(.invoice, id: id.description) }
        guard let seller, let drawn else { throw BillingError.sellerMissing }
        guard let issued = invoice.number, [.issued, .partial, .paid].contains(invoice.status) else { throw BillingError.invoiceNotIssued }
        let day = try office.today(seller, at: now)
        return NoteStanding(
            seller: seller, payer: payer, parties: DocumentParties(.init(seller), kept?.buyer ?? .init(payer)), invoice: invoice,
            issued: issued, lines: lines, credited: credited, creditedTotal: total,
            sold: sold, drawn: drawn, day: day)
    }
}
