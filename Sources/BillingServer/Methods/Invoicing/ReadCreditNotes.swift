internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    func getCreditNote(_ request: GetCreditNoteRequest, _ call: Call) async throws -> CreditNote {
        let id = try record(request.id, of: .creditNote)
        let (row, lines) = try await office.database.batch(Scope(call)) {
            ($0.optional(.creditNote(id), as: CreditNoteRow.self), $0.all(.creditNoteLines(of: id), as: CreditedLine.self))
        }
        guard let row else { throw BillingError.notFound(.creditNote, id: request.id) }
        return row.message(lines: lines)
    }

    func listCreditNotes(_ request: ListCreditNotesRequest, _ call: Call) async throws -> ListCreditNotesReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let page = try Page<RecordID>(
            request.pageSize, request.pageToken, office.pages(of: "credit notes", query, call), read: { RecordID($0) })
        let rows: [CreditNoteRow] = try await office.database.batch(Scope(call)) {
            $0.all(
                .newestCreditNotes(
                    ofInvoice: RecordID(request.invoiceID), customer: RecordID(request.customerID), before: page.last,
                    limit: page.size + 1))
        }
        var reply = ListCreditNotesReply()
        reply.creditNotes = rows.prefix(page.size).map { $0.message() }
        reply.nextPageToken = page.next(rows) { $0.id.description }
        return reply
    }
}
