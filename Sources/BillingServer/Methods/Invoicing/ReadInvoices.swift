internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Invoicing {
    func getInvoice(_ request: GetInvoiceRequest, _ call: Call) async throws -> Invoice {
        let (row, lines) = try await wholeInvoice(try RecordID(naming: request.id, of: .invoice), call)
        return row.message(lines: lines)
    }

    func listInvoices(_ request: ListInvoicesRequest, _ call: Call) async throws -> ListInvoicesReply {
        let criteria = try InvoiceCriteria(request.filter ?? InvoiceFilter())
        let page = try office.page(of: "invoices", request, call)
        let rows: [InvoiceRow] = try await office.database.batch(Scope(call)) {
            $0.all(.newestInvoices(criteria, before: page.last, limit: page.limit, at: office.clock.now()))
        }
        var reply = ListInvoicesReply()
        reply.invoices = rows.prefix(page.size).map { $0.message() }
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }

    /// Each page is a short transaction of its own, and in nobody's way while the caller reads.
    func exportInvoices(_ request: ExportInvoicesRequest, _ call: Call, _ replies: Outbound<Invoice>) async throws {
        let criteria = try InvoiceCriteria(request.filter ?? InvoiceFilter())
        let pages = office.database.pages(Scope(call), of: InvoiceRow.self, size: Limits.exportPage) { last, limit in
            .oldestInvoices(criteria, after: last?.id, limit: limit, at: office.clock.now())
        }
        for try await page in pages {
            let found: [InvoiceLineRow] = try await office.database.batch(Scope(call)) { $0.all(.linesOfInvoices(page.map(\.id))) }
            let lines = Dictionary(grouping: found, by: \.invoice)
            for row in page { try await replies.send(row.message(lines: lines[row.id] ?? [])) }
        }
    }

    func listSeries(_ request: ListSeriesRequest, _ call: Call) async throws -> ListSeriesReply {
        let page = try office.page(of: "series", request, call) { SeriesRow.Place($0) }
        let rows: [SeriesRow] = try await office.database.batch(Scope(call)) {
            $0.all(.documentSeries(after: page.last, limit: page.limit))
        }
        var reply = ListSeriesReply()
        reply.series = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows) { $0.place.text }
        return reply
    }

    func wholeInvoice(_ id: RecordID, _ call: Call) async throws -> (InvoiceRow, [InvoiceLineRow]) {
        let (row, lines) = try await office.database.batch(Scope(call)) {
            (
                $0.optional(.invoice(id, at: office.clock.now()), as: InvoiceRow.self),
                $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self)
            )
        }
        guard let row else { throw BillingError.notFound(.invoice, id: id.description) }
        return (row, lines)
    }
}
