internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    func getCreditNote(_ request: GetCreditNoteRequest, _ call: Call) async throws -> CreditNote {
        let id = try RecordID(naming: request.id, of: .creditNote)
        let (row, lines) = try await office.database.batch(Scope(call)) {
            ($0.optional(.creditNote(id), as: CreditNoteRow.self), $0.all(.creditNoteLines(of: id), as: CreditedLine.self))
        }
        guard let row else { throw BillingError.notFound(.creditNote, id: request.id) }
        return row.message(lines: lines)
    }

    func listCreditNotes(_ request: ListCreditNotesRequest, _ call: Call) async throws -> ListCreditNotesReply {
        let page = try office.page(of: "credit notes", request, call)
        let rows: [CreditNoteRow] = try await office.database.batch(Scope(call)) {
            $0.all(
                .newestCreditNotes(
                    ofInvoice: RecordID(request.invoiceID), customer: RecordID(request.customerID), before: page.last,
                    limit: page.limit))
        }
        var reply = ListCreditNotesReply()
        reply.creditNotes = rows.prefix(page.size).map { $0.message() }
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }
}
