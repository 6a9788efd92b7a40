internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    /// The invoice's journal and its movements are reversed, each by one of its own. What was paid of it is an advance again: its payments
    /// are nobody's mistake. What it had billed of subscriptions falls due again: what is not to be owed is credited instead.
    func cancelInvoice(_ request: CancelInvoiceRequest, _ call: Call) async throws -> Invoice {
        let id = try RecordID(naming: request.id, of: .invoice)
        try PlainText.demand(request.reason, in: "reason", isRequired: true)
        let caller = Scope(call).caller
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (seller, payer, found, lines, posted, sold, live, payments, debitNote, isClosed, meetings) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.lockPayer(ofInvoice: id), as: CustomerRow.self),
                    $0.optional(.lockInvoice(id), as: InvoiceRow.self), $0.all(.invoiceLines(of: id), as: InvoiceLineRow.self),
                    $0.all(.journalLines(ofInvoice: id), as: JournalLineRow.self), $0.all(.soldStock(ofInvoice: id), as: SoldStockRow.self),
                    $0.all(.lockAllocations(on: id), as: AllocationRow.self), $0.all(.payments(paying: id), as: PaymentRow.self),
                    $0.optional(.debitNote(against: id), as: String.self), $0.one(.isMonthClosed(ofInvoice: id), as: Bool.self),
                    $0.all(.lockMeetings(billedOn: id), as: RecordID.self)
                )
            }
            guard let found, payer != nil else { throw BillingError.notFound(.invoice, id: request.id) }
            guard let seller else { throw BillingError.sellerMissing }
            try found.demand(etag: request.etag)
            try found.demandCancellable(isMonthClosed: isClosed, debitNote: debitNote)
            let day = try office.today(seller, at: now)
            let released = try PayingAllocations(invoice: id, debtor: found.customer, live: live, payments: payments).release(
                on: day, at: now, by: caller, office.clock, in: transaction)
            var row = try found.releasing(released, at: now).becoming(.cancelled, at: now)
            row.cancelReason = request.reason

            let reversal = try found.reversal(
                of: posted.map(\.line), id: office.clock.newID(), on: day, by: caller, description: request.reason)
            if let reversal { transaction.enqueue(.postJournal(reversal)) }
            if !sold.isEmpty {
                let movements = sold.map {
                    StockMovement(id: office.clock.newID(), batch: $0.batch, quantity: $0.quantity, value: $0.value)
                }
                let document = Posting.Document(kind: .invoice, id: id)
                // A credit note that was cancelled may have taken along another cost than it had brought back.
                let adjustment = try Posting.adjustment(
                    try sold.cost() - found.cost, of: document, id: office.clock.newID(), on: day, by: caller,
                    description: request.reason)
                if let adjustment { transaction.enqueue(.postJournal(adjustment)) }
                transaction.enqueue(
                    .moveStock(
                        StockChange(
                            kind: .returned, movements: movements, document: document,
                            journal: (found.cost == 0 ? nil : reversal?.id) ?? adjustment?.id, reason: request.reason, movedBy: caller,
                            movedAt: now)))
            }
            transaction.enqueue(.changeInvoice(row))
            transaction.enqueue(.releaseBill(id, at: now))
            if !meetings.isEmpty { transaction.enqueue(.unbillMeetings(meetings, at: now)) }
            for meeting in meetings { transaction.tell(.meetingFeeChanged(meeting)) }
            transaction.tell(.invoiceCancelled(row))
            return row.message(lines: lines)
        }
    }
}

extension InvoiceRow {
    /// - Parameter debitNote: the number of one that adds to it.
    /// - Throws: `invoicePaid`, `invoiceCredited`, `invoiceDebited`, `periodLocked`, and `illegalTransition` for what was never issued or is cancelled already.
    fileprivate func demandCancellable(isMonthClosed: Bool, debitNote: String?) throws(BillingError) {
        if status == .paid && payable > 0 { throw .invoicePaid }
        _ = try status.becoming(.cancelled)
        if credited > 0 { throw .invoiceCredited }
        if let debitNote { throw .invoiceDebited(debitNote) }
        if isMonthClosed { throw .periodLocked }
    }

    /// What takes its journal back; nil when it posted none.
    fileprivate func reversal(
        of lines: [JournalLine], id: RecordID, on day: CivilDate, by caller: String, description: String
    ) throws(BillingError) -> Posting? {
        guard let journal, let issued = number?.issuedOn else { return nil }
        let kind: Posting.DocumentKind = corrects == nil ? .invoice : .debitNote
        let posting = Posting(
            id: journal, journal: try Journal(lines), effectiveOn: issued, document: Posting.Document(kind: kind, id: self.id),
            postedBy: caller)
        return posting.reversal(id: id, effectiveOn: day, by: caller, description: description)
    }
}
