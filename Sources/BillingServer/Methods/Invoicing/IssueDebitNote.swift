internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    /// An invoice of its own kind: what is paid, aged and reminded of is a debit note, too.
    func issueDebitNote(_ request: IssueDebitNoteRequest, _ call: Call) async throws -> Invoice {
        let id = try RecordID(naming: request.invoiceID, of: .invoice)
        let draft = try NoteDraft(request.lines)
        guard let reason = NoteReason(request.reason) else { throw BillingError.invalid("reason", "Say why.") }
        if request.overrideCreditLimit { try InvoiceIssue.demandOverride(call) }
        try PlainText.demand(request.notes, in: "notes", mayHaveLines: true)
        let caller = Scope(call).caller
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let standing = try await standing(ofNoteAgainst: id, in: DocumentSeriesName.debitNote, at: now, transaction)
            let invoice = standing.invoice
            guard invoice.corrects == nil else { throw BillingError.noteOnDebitNote }
            let noteID = office.clock.newID()
            let bill = try DebitNoteBill(draft, of: standing.lines, invoice.nature, id: noteID)
            if !request.overrideCreditLimit {
                let balance: Int64 = try await transaction.one(.netBalance(of: standing.payer.id))
                try standing.payer.creditLimit.demandRoom(for: bill.totals.payable, above: Int128(balance))
            }
            let number = try standing.number(in: DocumentSeriesName.debitNote)
            let posting = try bill.totals.journal(owedBy: invoice.customer, invoice.nature).map {
                Posting(
                    id: office.clock.newID(), journal: $0, effectiveOn: standing.day,
                    document: Posting.Document(kind: .debitNote, id: noteID), postedBy: caller, description: number)
            }
            var row = InvoiceRow(
                id: noteID, status: try InvoiceStatus.settled(total: bill.totals.payable, paid: 0), customer: invoice.customer,
                series: DocumentSeriesName.debitNote,
                number: InvoiceRow.Number(
                    startYear: standing.drawn.startYear, sequence: standing.drawn.sequence, text: number, issuedOn: standing.day,
                    issuedAt: now, issuedBy: caller),
                dates: InvoiceDates(
                    supplied: invoice.dates.supplied,
                    due: try InvoiceDates().due(after: standing.day, paymentDays: standing.payer.paymentDays)),
                buyerKind: invoice.buyerKind, buyerGSTIN: invoice.buyerGSTIN, place: invoice.place, nature: invoice.nature,
                discountAsked: .none, totals: bill.totals, lineCount: bill.lines.count,
                notes: request.notes.isEmpty ? reason.rawValue : "\(reason.rawValue): \(request.notes)", tags: [], createdAt: now,
                updatedAt: now)
            row.corrects = id
            row.journal = posting?.id
            if let posting { transaction.enqueue(.postJournal(posting)) }
            transaction.enqueue(.insertInvoice(row, standing.parties))
            transaction.enqueue(.insertInvoiceLines(bill.lines))
            transaction.tell(.invoiceIssued(row))
            return row.message(lines: bill.lines)
        }
    }
}
