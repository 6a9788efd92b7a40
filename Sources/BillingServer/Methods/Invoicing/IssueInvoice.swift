internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    func issueInvoice(_ request: IssueInvoiceRequest, _ call: Call) async throws -> Invoice {
        let source: InvoiceSource
        switch request.source {
        case .draftID(let id): source = .document(try RecordID(naming: id, of: .invoice))
        case .invoice(let content): source = .content(try InvoiceDraft(content))
        case nil: throw BillingError.invalid("source", "Name a draft, or say what the invoice is to say.")
        }
        var issue = InvoiceIssue(source, series: try DocumentSeriesName.invoices(request.series), call)
        issue.etag = request.etag
        if request.overrideCreditLimit { try issue.overrideCreditLimit(call) }
        return try await office.once(request, call) { try await perform(issue, $0) }
    }

    /// The invoice is another document than the proforma, at the proforma's words and prices.
    func convertProforma(_ request: ConvertProformaRequest, _ call: Call) async throws -> Invoice {
        var issue = InvoiceIssue(.document(try RecordID(naming: request.id, of: .invoice)), series: DocumentSeriesName.invoice, call)
        issue.isOfProforma = true
        if request.overrideCreditLimit { try issue.overrideCreditLimit(call) }
        return try await office.once(request, call) { try await perform(issue, $0) }
    }

    /// Two round trips: what it follows from, held, with its number drawn last; then all that is written, with the reply and the commit.
    func perform(_ issue: InvoiceIssue, _ transaction: borrowing Transaction) async throws -> Invoice {
        let now = office.clock.now()
        let standing = try await standing(of: issue, at: now, transaction)
        let (facts, customer) = (standing.facts, standing.customer)
        let day = try office.today(facts.seller, at: now)
        let origin = standing.document
        let (priced, dates) = try standing.priced(issue, on: day)

        var shelves = standing.shelves
        let taken = try StockTaken(priced.lines, from: &shelves, on: day, office.clock.newID)
        if !issue.overridesCreditLimit { try customer.creditLimit.demandRoom(for: priced.bill.payable, above: Int128(standing.balance)) }

        let year = FinancialYear(of: day)
        // The database's zones and ours are two copies: no number is drawn in a year that both do not agree on.
        guard standing.drawn.startYear == year.startYear else { throw BillingError.timeZoneUnknown }
        let number = try NumberSeries(prefix: issue.series, year: year).number(standing.drawn.sequence)
        let posting = try Journal.issued(priced.bill, to: customer.id, cost: taken.cost).map {
            Posting(
                id: office.clock.newID(), journal: $0, effectiveOn: day,
                document: Posting.Document(kind: .invoice, id: standing.id), postedBy: issue.caller, description: number)
        }
        var row = InvoiceRow(
            id: standing.id, version: (origin?.version ?? 0) + 1, status: .draft, customer: customer.id, series: issue.series,
            number: InvoiceRow.Number(
                startYear: year.startYear, sequence: standing.drawn.sequence, text: number, issuedOn: day, issuedAt: now,
                issuedBy: issue.caller),
            dates: InvoiceDates(
                supplied: dates.supplied ?? day, due: try dates.due(after: day, paymentDays: customer.paymentDays),
                paid: dates.paid),
            buyerKind: customer.kind, buyerGSTIN: customer.gstin?.description ?? "", place: priced.bill.place.state,
            nature: priced.bill.place.nature, discountAsked: standing.discount, totals: InvoiceRow.Totals(priced), cost: taken.cost,
            lineCount: priced.lines.count, notes: standing.notes, tags: standing.tags, createdAt: origin?.createdAt ?? now,
            updatedAt: max(origin?.updatedAt ?? now, now))
        row.journal = posting?.id
        row.status = try InvoiceStatus.draft.becoming(try InvoiceStatus.settled(total: row.payable, paid: 0))
        let lines = priced.rows(of: row.id, costs: taken.costs)
        let parties = DocumentParties(facts.seller, customer)

        if let posting { transaction.enqueue(.postJournal(posting)) }
        if issue.isOfProforma, let proforma = origin {
            row.version = 1
            transaction.enqueue(.insertInvoice(row, parties))
            var converted = try proforma.becoming(.converted, at: now)
            converted.convertedInto = row.id
            transaction.enqueue(.changeInvoice(converted))
        } else if origin != nil {
            transaction.enqueue(.deleteInvoiceLines(of: row.id))
            transaction.enqueue(.rewriteDraft(row, parties))
        } else {
            transaction.enqueue(.insertInvoice(row, parties))
        }
        transaction.enqueue(.insertInvoiceLines(lines))
        if !taken.movements.isEmpty {
            transaction.enqueue(
                .moveStock(
                    StockChange(
                        kind: .sale, movements: taken.movements, document: Posting.Document(kind: .invoice, id: row.id),
                        journal: taken.cost == 0 ? nil : posting?.id, movedBy: issue.caller, movedAt: now)))
        }
        if let origin { transaction.enqueue(.releaseStock(of: origin.id, at: now)) }
        transaction.tell(.invoiceIssued(row))
        return row.message(lines: lines)
    }
}

/// An invoice that is to be issued.
struct InvoiceIssue: Sendable {
    let source: InvoiceSource
    let series: String
    /// The service and the subject that called.
    let caller: String
    /// Of the draft; empty for whatever is there.
    var etag = ""
    var isOfProforma = false
    private(set) var overridesCreditLimit = false

    init(_ source: InvoiceSource, series: String, _ call: Call) {
        self.source = source
        self.series = series
        caller = Scope(call).caller
    }

    /// - Throws: `scopeMissing`.
    mutating func overrideCreditLimit(_ call: Call) throws(BillingError) {
        try Self.demandOverride(call)
        overridesCreditLimit = true
    }

    /// - Throws: `scopeMissing` for who may not pass a credit limit.
    static func demandOverride(_ call: Call) throws(BillingError) {
        let scope = "billing:override"
        guard call[Caller.self]?.scopes.contains(scope) == true else { throw .scopeMissing(scope) }
    }
}
