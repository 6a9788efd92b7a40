internal import Platform
internal import Postgres
internal import RPC
internal import Resources

/// What an invoice follows from that is to be issued: all of it held until the transaction ends.
struct InvoiceStanding {
    /// The invoice's id: the draft's own, or a new one.
    let id: RecordID
    let facts: InvoiceFacts
    let customer: CustomerRow
    /// What the customer owes less what was paid ahead.
    let balance: Int64
    let shelves: Shelves
    let drawn: DrawnNumber
    /// The draft or proforma, and its lines.
    let document: InvoiceRow?
    let documentLines: [InvoiceLineRow]
    let draft: InvoiceDraft?

    var discount: Discount { draft?.discount ?? document?.discountAsked ?? .none }
    var notes: String { draft?.notes ?? document?.notes ?? "" }
    var tags: [String] { draft?.tags ?? document?.tags ?? [] }

    /// What it comes to, and the days that were named for it.
    func priced(_ issue: InvoiceIssue, on day: CivilDate) throws(BillingError) -> (PricedInvoice, InvoiceDates) {
        if let draft { return (try facts.priced(draft, issued: day), draft.dates) }
        guard let document else { throw .notFound(.invoice, id: id.description) }
        var dates = document.dates
        // The day that an offer was to be paid by has passed with the offer.
        if issue.isOfProforma, let due = dates.due, due < day { dates.due = nil }
        try dates.demandFit(to: day)
        return (try facts.priced(document, documentLines, issued: day), dates)
    }
}

extension Invoicing {
    /// One round trip. The order is that in which rows are held: customer, document, stock, series.
    func standing(of issue: InvoiceIssue, at now: Instant, _ transaction: borrowing Transaction) async throws -> InvoiceStanding {
        let source = issue.source
        switch source {
        case .content(let draft):
            let (seller, customer, balance, products, rates, batches, reserved, drawn) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.lockCustomer(of: source), as: CustomerRow.self),
                    $0.one(.netBalance(of: source), as: Int64.self), $0.all(.products(of: source), as: ProductRow.self),
                    $0.all(.taxRates(of: source), as: TaxRateRow.self), $0.all(.lockStock(of: source), as: StockBatchRow.self),
                    $0.all(.reservedStock(of: source, at: now), as: ReservedRow.self),
                    $0.optional(.drawNumber(issue.series, at: now), as: DrawnNumber.self)
                )
            }
            let facts = try InvoiceFacts(seller, customer, named: draft.customer, products, rates)
            guard let customer = facts.customer, let drawn else { throw BillingError.sellerMissing }
            return InvoiceStanding(
                id: office.clock.newID(), facts: facts, customer: customer, balance: balance,
                shelves: try Shelves(batches, reserved: reserved), drawn: drawn, document: nil, documentLines: [], draft: draft)
        case .document(let id):
            let (seller, customer, document, lines, balance, products, rates, batches, reserved, drawn) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.lockCustomer(of: source), as: CustomerRow.self),
                    $0.optional(.lockInvoice(id), as: InvoiceRow.self), $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self),
                    $0.one(.netBalance(of: source), as: Int64.self), $0.all(.products(of: source), as: ProductRow.self),
                    $0.all(.taxRates(of: source), as: TaxRateRow.self), $0.all(.lockStock(of: source), as: StockBatchRow.self),
                    $0.all(.reservedStock(of: source, at: now), as: ReservedRow.self),
                    $0.optional(.drawNumber(issue.series, at: now), as: DrawnNumber.self)
                )
            }
            guard let document else { throw BillingError.notFound(.invoice, id: id.description) }
            try issue.demandFit(document, at: now)
            let facts = try InvoiceFacts(seller, customer, named: document.customer, products, rates)
            // Between the two statements the draft was given to somebody else: what is held is not its customer.
            guard let customer = facts.customer, customer.id == document.customer, let drawn else {
                throw BillingError.etagMismatch(.invoice, id: id.description)
            }
            return InvoiceStanding(
                id: issue.isOfProforma ? office.clock.newID() : id, facts: facts, customer: customer, balance: balance,
                shelves: try Shelves(batches, reserved: reserved), drawn: drawn, document: document, documentLines: lines, draft: nil)
        }
    }
}

extension InvoiceIssue {
    /// - Throws: `invoiceImmutable` for what is no draft, `illegalTransition` for what is no proforma or was converted, `proformaExpired`,
    ///   `etagMismatch`.
    fileprivate func demandFit(_ document: InvoiceRow, at now: Instant) throws(BillingError) {
        if isOfProforma {
            if document.status == .expired { throw .proformaExpired }
            _ = try document.status.becoming(.converted)
            if let expiresAt = document.expiresAt, expiresAt < now { throw .proformaExpired }
        } else {
            guard document.status == .draft else { throw .invoiceImmutable(document.status) }
            try document.demand(etag: etag)
        }
    }
}
