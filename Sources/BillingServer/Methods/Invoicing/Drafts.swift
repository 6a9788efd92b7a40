internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    func createDraft(_ request: CreateDraftRequest, _ call: Call) async throws -> Invoice {
        let draft = try InvoiceDraft(request.invoice ?? InvoiceContent())
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let facts = try await facts(for: draft, transaction)
            guard let customer = facts.customer else { throw BillingError.notFound(.customer, id: "") }
            let priced = try facts.priced(draft, issued: try office.today(facts.seller, at: now))
            let row = InvoiceRow(
                draft: office.clock.newID(), draft, priced, to: customer, series: DocumentSeriesName.invoice, at: now)
            let lines = priced.rows(of: row.id)
            transaction.enqueue(.insertInvoice(row, nil))
            transaction.enqueue(.insertInvoiceLines(lines))
            return row.message(lines: lines)
        }
    }

    func updateDraft(_ request: UpdateDraftRequest, _ call: Call) async throws -> Invoice {
        let draft = try InvoiceDraft(request.invoice ?? InvoiceContent())
        let change = DraftChange(id: try RecordID(naming: request.id, of: .invoice), draft: draft, etag: request.etag)
        return try await office.once(request, call) { try await perform(change, $0) }
    }

    /// A draft is void by its creator's will, and a proforma, too; both stay to be read.
    func discardDraft(_ request: DiscardDraftRequest, _ call: Call) async throws -> Invoice {
        let id = try RecordID(naming: request.id, of: .invoice)
        return try await office.once(request, call) { try await giveUp(id, etag: request.etag, $0) }
    }

    private func perform(_ change: DraftChange, _ transaction: borrowing Transaction) async throws -> Invoice {
        let now = office.clock.now()
        let source = InvoiceSource.content(change.draft)
        let (seller, buyer, products, rates, found) = try await transaction.batch {
            (
                $0.optional(.seller, as: SellerRow.self), $0.optional(.customer(of: source), as: CustomerRow.self),
                $0.all(.products(of: source), as: ProductRow.self), $0.all(.taxRates(of: source), as: TaxRateRow.self),
                $0.optional(.lockInvoice(change.id), as: InvoiceRow.self)
            )
        }
        guard let found else { throw BillingError.notFound(.invoice, id: change.id.description) }
        guard found.status.isEditable else { throw BillingError.invoiceImmutable(found.status) }
        try found.demand(etag: change.etag)
        let facts = try InvoiceFacts(seller, buyer, named: change.draft.customer, products, rates)
        guard let customer = facts.customer else { throw BillingError.notFound(.customer, id: "") }
        let priced = try facts.priced(change.draft, issued: try office.today(facts.seller, at: now))
        let row = InvoiceRow(draft: change.id, change.draft, priced, to: customer, series: found.series, at: now).following(found)
        let lines = priced.rows(of: change.id)
        transaction.enqueue(.deleteInvoiceLines(of: change.id))
        transaction.enqueue(.rewriteDraft(row, nil))
        transaction.enqueue(.insertInvoiceLines(lines))
        return row.message(lines: lines)
    }

    private func giveUp(_ id: RecordID, etag: String, _ transaction: borrowing Transaction) async throws -> Invoice {
        let now = office.clock.now()
        let (found, lines) = try await transaction.batch {
            ($0.optional(.lockInvoice(id), as: InvoiceRow.self), $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self))
        }
        guard let found else { throw BillingError.notFound(.invoice, id: id.description) }
        guard found.status.next.contains(.void) else { throw BillingError.invoiceImmutable(found.status) }
        try found.demand(etag: etag)
        let row = try found.becoming(.void, at: now)
        transaction.enqueue(.changeInvoice(row))
        return row.message(lines: lines)
    }

    /// What a draft follows from; nothing is held.
    func facts(for draft: InvoiceDraft, _ transaction: borrowing Transaction) async throws -> InvoiceFacts {
        let source = InvoiceSource.content(draft)
        let (seller, customer, products, rates) = try await transaction.batch {
            (
                $0.optional(.seller, as: SellerRow.self), $0.optional(.customer(of: source), as: CustomerRow.self),
                $0.all(.products(of: source), as: ProductRow.self), $0.all(.taxRates(of: source), as: TaxRateRow.self)
            )
        }
        return try InvoiceFacts(seller, customer, named: draft.customer, products, rates)
    }
}

/// All that a draft is to say from now on.
struct DraftChange: Sendable {
    let id: RecordID
    let draft: InvoiceDraft
    let etag: String
}

extension InvoiceRow {
    /// The next version of another one, which was written first when that was.
    func following(_ other: InvoiceRow) -> InvoiceRow {
        var row = InvoiceRow(
            id: id, version: other.version + 1, status: status, customer: customer, series: series, number: number, dates: dates,
            buyerKind: buyerKind, buyerGSTIN: buyerGSTIN, place: place, nature: nature, discountAsked: discountAsked, totals: totals,
            cost: cost, lineCount: lineCount, notes: notes, tags: tags, expiresAt: expiresAt, createdAt: other.createdAt,
            updatedAt: max(other.updatedAt, updatedAt))
        row.journal = journal
        return row
    }
}
