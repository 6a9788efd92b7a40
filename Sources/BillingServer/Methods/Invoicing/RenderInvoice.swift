internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Invoicing {
    /// A long invoice is sent page by page; nothing of the database waits for the reader.
    func renderInvoice(_ request: RenderInvoiceRequest, _ call: Call, _ replies: Outbound<RenderedText>) async throws {
        let id = try RecordID(naming: request.id, of: .invoice)
        let (row, lines) = try await wholeInvoice(id, call)
        let (seller, customer) = try await office.database.batch(Scope(call)) {
            ($0.optional(.seller, as: SellerRow.self), $0.optional(.customer(row.customer), as: CustomerRow.self))
        }
        guard let seller else { throw BillingError.sellerMissing }
        guard let customer else { throw BillingError.notFound(.customer, id: row.customer.description) }
        let text = InvoiceText(row, lines, seller: seller, customer: customer)
        for chunk in text.chunks(of: Limits.renderedLines) {
            try await replies.send(.with { $0.text = chunk })
        }
    }
}
