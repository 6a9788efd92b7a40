internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    func issueCreditNote(_ request: IssueCreditNoteRequest, _ call: Call) async throws -> CreditNote {
        let id = try RecordID(naming: request.invoiceID, of: .invoice)
        let draft = try NoteDraft(request.lines)
        guard let reason = NoteReason(request.reason) else { throw BillingError.invalid("reason", "Say why.") }
        try PlainText.demand(request.notes, in: "notes", mayHaveLines: true)
        let issue = NoteIssue(
            invoice: id, draft: draft, reason: reason, notes: request.notes, returnsStock: request.returnStock, caller: Scope(call).caller)
        return try await office.once(request, call) { transaction in
            let (note, lines) = try await perform(issue, transaction)
            return note.message(lines: lines)
        }
    }

    /// Two round trips: what it is against, held, with its number drawn last; then all that is written. Between them what pays the invoice is
    /// held where a part of that is to be given back.
    func perform(_ issue: NoteIssue, _ transaction: borrowing Transaction) async throws -> (CreditNoteRow, [CreditedLine]) {
        let now = office.clock.now()
        let standing = try await standing(ofNoteAgainst: issue.invoice, in: DocumentSeriesName.creditNote, at: now, transaction)
        try standing.demandInTime()
        let invoice = standing.invoice
        let bill = try CreditNoteBill(
            issue.draft, of: try standing.creditable(), invoice.nature, payableLeft: invoice.payable - standing.creditedTotal,
            outstanding: invoice.outstanding)
        let goods = issue.returnsStock ? try StockReturn(try bill.quantities(of: standing.lines), of: standing.sold) : nil
        let number = try standing.number(in: DocumentSeriesName.creditNote)
        let noteID = office.clock.newID()
        let document = Posting.Document(kind: .creditNote, id: noteID)
        let posting = try bill.journal(of: invoice.customer, invoice.nature, cost: goods?.cost ?? 0).map {
            Posting(
                id: office.clock.newID(), journal: $0, effectiveOn: standing.day, document: document, postedBy: issue.caller,
                description: number)
        }
        let note = CreditNoteRow(
            id: noteID, status: .issued, startYear: standing.drawn.startYear, sequence: standing.drawn.sequence, number: number,
            issuedOn: standing.day, invoice: issue.invoice, invoiceNumber: standing.issued.text, customer: invoice.customer,
            payer: standing.payer.id, reason: issue.reason, notes: issue.notes, taxable: bill.taxable, tax: bill.tax,
            roundOff: bill.roundOff, total: bill.total, toReceivable: bill.total, released: bill.released, cost: goods?.cost ?? 0,
            returnedStock: goods?.parts.isEmpty == false, lineCount: bill.lines.count, journal: posting?.id,
            issuedAt: now, issuedBy: issue.caller, updatedAt: now)

        if bill.released > 0 {
            let (live, payments) = try await transaction.batch {
                (
                    $0.all(.lockAllocations(on: invoice.id), as: AllocationRow.self),
                    $0.all(.payments(paying: invoice.id), as: PaymentRow.self)
                )
            }
            _ = try PayingAllocations(invoice: invoice.id, debtor: invoice.customer, live: live, payments: payments).release(
                bill.released, on: standing.day, at: now, by: issue.caller, office.clock, in: transaction)
        }
        if let posting { transaction.enqueue(.postJournal(posting)) }
        transaction.enqueue(.insertCreditNote(note, standing.parties))
        transaction.enqueue(.insertCreditNoteLines(bill.lines, of: note))
        if let goods, !goods.parts.isEmpty {
            transaction.enqueue(
                .moveStock(
                    StockChange(
                        kind: .returned, movements: goods.movements(office.clock.newID), document: document,
                        journal: goods.cost == 0 ? nil : posting?.id, movedBy: issue.caller, movedAt: now)))
        }
        if bill.total > 0 {
            transaction.enqueue(.changeInvoice(try invoice.releasing(bill.released, at: now).crediting(bill.total, at: now)))
        }
        transaction.tell(.creditNoteIssued(note))
        return (note, bill.lines)
    }

    /// What was taken off is owed again; what was released of payments is their customers' advance still, and can be applied again.
    func cancelCreditNote(_ request: CancelCreditNoteRequest, _ call: Call) async throws -> CreditNote {
        let id = try RecordID(naming: request.id, of: .creditNote)
        try PlainText.demand(request.reason, in: "reason", isRequired: true)
        let caller = Scope(call).caller
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            // Which invoice it is against is known first: customers are held before invoices, and these before notes.
            let (seen, seller) = try await transaction.batch {
                ($0.optional(.creditNote(id), as: CreditNoteRow.self), $0.optional(.seller, as: SellerRow.self))
            }
            guard let seen else { throw BillingError.notFound(.creditNote, id: request.id) }
            let (payer, invoice, note, lines, posted, moved, isClosed) = try await transaction.batch {
                (
                    $0.optional(.lockPayer(ofInvoice: seen.invoice), as: CustomerRow.self),
                    $0.one(.lockInvoice(seen.invoice), as: InvoiceRow.self), $0.one(.lockCreditNote(id), as: CreditNoteRow.self),
                    $0.all(.creditNoteLines(of: id), as: CreditedLine.self),
                    $0.all(.journalLines(of: seen.journal ?? .none), as: JournalLineRow.self),
                    $0.all(.returnedStock(by: id), as: SoldStockRow.self), $0.one(.isMonthClosed(of: seen.issuedOn), as: Bool.self)
                )
            }
            guard payer != nil else { throw BillingError.notFound(.creditNote, id: request.id) }
            guard let seller else { throw BillingError.sellerMissing }
            let isFiled = isClosed
            if isFiled && note.status == .issued { throw BillingError.periodLocked }
            var row = note
            row.status = try note.status.becoming(.cancelled, isFiled: isFiled)
            row.version += 1
            row.cancelReason = request.reason
            row.updatedAt = max(note.updatedAt, now)

            let day = try office.today(seller, at: now)
            let reversal = try note.reversal(
                of: posted.map(\.line), id: office.clock.newID(), on: day, by: caller, description: request.reason)
            if let reversal { transaction.enqueue(.postJournal(reversal)) }
            if !moved.isEmpty {
                let batches: [StockBatchRow] = try await transaction.all(.lockBatches(moved.map(\.batch)))
                let retake = try StockRetake(moved, from: batches, office.clock.newID)
                let document = Posting.Document(kind: .creditNote, id: id)
                let adjustment = try Posting.adjustment(
                    note.cost - retake.cost, of: document, id: office.clock.newID(), on: day, by: caller, description: request.reason)
                if let adjustment { transaction.enqueue(.postJournal(adjustment)) }
                transaction.enqueue(
                    .moveStock(
                        StockChange(
                            kind: .sale, movements: retake.movements, document: document,
                            journal: (note.cost == 0 ? nil : reversal?.id) ?? adjustment?.id, reason: request.reason, movedBy: caller,
                            movedAt: now)))
            }
            if note.toReceivable > 0 { transaction.enqueue(.changeInvoice(try invoice.crediting(-note.toReceivable, at: now))) }
            transaction.enqueue(.changeCreditNote(row))
            transaction.tell(.creditNoteCancelled(row))
            return row.message(lines: lines)
        }
    }
}

/// A credit note that is to be issued.
struct NoteIssue: Sendable {
    let invoice: RecordID
    let draft: NoteDraft
    let reason: NoteReason
    var notes = ""
    var returnsStock = false
    /// The service and the subject that called.
    let caller: String
}

extension CreditNoteBill {
    /// What of the invoice's products comes back, if it comes back.
    fileprivate func quantities(of lines: [InvoiceLineRow]) throws(BillingError) -> [RecordID: Quantity] {
        var quantities: [RecordID: Quantity] = [:]
        for taken in self.lines where taken.quantity.milli > 0 {
            guard let product = lines.first(where: { $0.number == taken.number })?.product else { continue }
            quantities[product] = try (quantities[product] ?? .zero).adding(taken.quantity)
        }
        return quantities
    }
}

extension InvoiceRow {
    /// As it is when less of it is paid, as ``SQL/settleInvoices(_:at:)`` leaves it: of the next version, unless nothing is released.
    ///
    /// - Throws: `illegalTransition`, `amountOutOfRange`, `amountNotPositive` when less was paid.
    func releasing(_ amount: Int64, at time: Instant) throws(BillingError) -> InvoiceRow {
        guard amount != 0 else { return self }
        var row = self
        row.paid = try paid.minus(amount)
        try row.settle(at: time)
        return row
    }

    /// With more, or less, of it taken off by credit notes.
    ///
    /// - Throws: `illegalTransition`, `amountOutOfRange`, `amountNotPositive`.
    func crediting(_ amount: Int64, at time: Instant) throws(BillingError) -> InvoiceRow {
        var row = self
        row.credited = try credited.plus(amount)
        try row.settle(at: time)
        return row
    }

    private mutating func settle(at time: Instant) throws(BillingError) {
        guard credited >= 0 && paid >= 0 else { throw .amountNotPositive }
        let next = try InvoiceStatus.settled(total: payable, paid: try paid.plus(credited))
        if next != status { status = try status.becoming(next) }
        version += 1
        updatedAt = max(updatedAt, time)
    }
}

extension CreditNoteRow {
    /// What takes its journal back; nil when it posted none.
    fileprivate func reversal(
        of lines: [JournalLine], id: RecordID, on day: CivilDate, by caller: String, description: String
    ) throws(BillingError) -> Posting? {
        guard let journal else { return nil }
        let posting = Posting(
            id: journal, journal: try Journal(lines), effectiveOn: issuedOn, document: Posting.Document(kind: .creditNote, id: self.id),
            postedBy: caller)
        return posting.reversal(id: id, effectiveOn: day, by: caller, description: description)
    }
}
