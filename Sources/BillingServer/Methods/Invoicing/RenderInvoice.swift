internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Invoicing {
    /// A long document is sent page by page; nothing of the database waits for the reader.
    func renderInvoice(_ request: RenderInvoiceRequest, _ call: Call, _ replies: Outbound<RenderedText>) async throws {
        let id = try RecordID(naming: request.id, of: .invoice)
        var found = try await printedInvoice(id, call)
        if found == nil { found = try await printedCreditNote(id, call) }
        guard let lines = found else { throw BillingError.notFound(.invoice, id: request.id) }
        for chunk in lines.chunks(of: Limits.renderedLines) {
            try await replies.send(.with { $0.text = chunk })
        }
    }

    private func printedInvoice(_ id: RecordID, _ call: Call) async throws -> [String]? {
        let (row, lines) = try await office.database.batch(Scope(call)) {
            (
                $0.optional(.invoice(id, at: office.clock.now()), as: InvoiceRow.self),
                $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self)
            )
        }
        guard let row else { return nil }
        let (kept, seller, customer, corrected) = try await office.database.batch(Scope(call)) {
            (
                $0.optional(.parties(ofInvoice: id), as: DocumentParties.self), $0.optional(.seller, as: SellerRow.self),
                $0.optional(.customer(row.customer), as: CustomerRow.self),
                $0.optional(.invoice(row.corrects ?? .none, at: office.clock.now()), as: InvoiceRow.self)
            )
        }
        let parties = try parties(kept, seller, customer, of: row.customer)
        return InvoiceText(row, lines, parties, upiAddress: seller?.upiAddress ?? "", against: corrected?.number).lines
    }

    private func printedCreditNote(_ id: RecordID, _ call: Call) async throws -> [String]? {
        let (note, taken) = try await office.database.batch(Scope(call)) {
            ($0.optional(.creditNote(id), as: CreditNoteRow.self), $0.all(.creditNoteLines(of: id), as: CreditedLine.self))
        }
        guard let note else { return nil }
        let (kept, seller, customer, invoice, lines) = try await office.database.batch(Scope(call)) {
            (
                $0.optional(.parties(ofCreditNote: id), as: DocumentParties.self), $0.optional(.seller, as: SellerRow.self),
                $0.optional(.customer(note.customer), as: CustomerRow.self),
                $0.one(.invoice(note.invoice, at: office.clock.now()), as: InvoiceRow.self),
                $0.all(.invoiceLines(of: note.invoice), as: InvoiceLineRow.self)
            )
        }
        return CreditNoteText(note, taken, of: invoice, lines, try parties(kept, seller, customer, of: note.customer)).lines
    }

    /// Those that the document kept, and for what was issued before documents did, and for drafts, those of today.
    ///
    /// - Throws: `sellerMissing`, `notFound`.
    private func parties(
        _ kept: DocumentParties?, _ seller: SellerRow?, _ customer: CustomerRow?, of id: RecordID
    ) throws(BillingError) -> DocumentParties {
        if let kept { return kept }
        guard let seller else { throw .sellerMissing }
        guard let customer else { throw .notFound(.customer, id: id.description) }
        return DocumentParties(seller, customer)
    }
}
