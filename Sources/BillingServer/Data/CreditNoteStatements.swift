internal import Postgres
internal import Resources

/// The statements over credit notes.
extension SQL {
    static func creditNote(_ id: RecordID) -> SQL {
        "SELECT \(creditNoteColumns) \(creditNotes) AND note.id = \(id)"
    }

    /// The note, held until the transaction ends.
    static func lockCreditNote(_ id: RecordID) -> SQL { "\(creditNote(id)) FOR UPDATE OF note" }

    static func creditNoteLines(of id: RecordID) -> SQL {
        """
        SELECT line_number, note.quantity, line.unit, note.taxable, note.cgst, note.sgst, note.igst, note.cess
        FROM credit_note_line AS note JOIN invoice_line AS line
            ON (line.tenant_id, line.invoice_id, line.number) = (note.tenant_id, note.invoice_id, note.line_number)
        WHERE note.tenant_id = current_tenant() AND note.credit_note_id = \(id) ORDER BY line_number
        """
    }

    /// What the notes that are in force have taken off each line of an invoice.
    static func creditedLines(ofInvoice id: RecordID) -> SQL {
        """
        SELECT line_number, sum(line.quantity)::bigint AS quantity, '' AS unit, sum(line.taxable)::bigint AS taxable,
            sum(line.cgst)::bigint AS cgst, sum(line.sgst)::bigint AS sgst, sum(line.igst)::bigint AS igst, sum(line.cess)::bigint AS cess
        FROM credit_note_line AS line JOIN credit_note AS note ON (note.tenant_id, note.id) = (line.tenant_id, line.credit_note_id)
        WHERE line.tenant_id = current_tenant() AND line.invoice_id = \(id) AND note.status = 'issued' GROUP BY line_number
        """
    }

    /// What the notes that are in force come to, all of them together.
    static func creditedTotal(ofInvoice id: RecordID) -> SQL {
        """
        SELECT coalesce(sum(total), 0)::bigint FROM credit_note
        WHERE tenant_id = current_tenant() AND invoice_id = \(id) AND status = 'issued'
        """
    }

    static func newestCreditNotes(ofInvoice invoice: RecordID?, customer: RecordID?, before id: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        if let invoice { conditions = "\(conditions) AND note.invoice_id = \(invoice)" }
        if let customer { conditions = "\(conditions) AND note.customer_id = \(customer)" }
        if let id { conditions = "\(conditions) AND note.id < \(id)" }
        return "SELECT \(creditNoteColumns) \(creditNotes)\(conditions) ORDER BY note.id DESC LIMIT \(limit)"
    }

    static func insertCreditNote(_ row: CreditNoteRow, _ parties: DocumentParties) -> SQL {
        """
        INSERT INTO credit_note (
            tenant_id, id, status, series, start_year, sequence, number, issued_on, invoice_id, customer_id, payer_id, reason, notes, currency,
            taxable, cgst, sgst, igst, cess, round_off, total, to_receivable, to_advance, released, cost, returned_stock, line_count,
            journal_id, issued_at, issued_by, updated_at, seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address,
            buyer_state
        ) VALUES (
            current_tenant(), \(row.id), \(row.status.rawValue), \(DocumentSeriesName.creditNote),
            \(Int16(truncatingIfNeeded: row.startYear)), \(row.sequence), \(row.number), \(row.issuedOn), \(row.invoice), \(row.customer),
            \(row.payer), \(row.reason.rawValue), \(row.notes), 'INR', \(row.taxable), \(row.tax.cgst), \(row.tax.sgst), \(row.tax.igst),
            \(row.tax.cess), \(row.roundOff), \(row.total), \(row.toReceivable), \(row.toAdvance), \(row.released), \(row.cost), \(row.returnedStock),
            \(Int16(truncatingIfNeeded: row.lineCount)), \(row.journal), \(row.issuedAt), \(row.issuedBy), \(row.updatedAt),
            \(parties.seller.name), \(parties.seller.gstin), \(parties.sellerStateColumn), \(parties.seller.address), \(parties.buyer.name),
            \(parties.buyer.address), \(parties.buyerStateColumn)
        )
        """
    }

    static func insertCreditNoteLines(_ lines: [CreditedLine], of note: CreditNoteRow) -> SQL {
        """
        INSERT INTO credit_note_line (
            tenant_id, credit_note_id, invoice_id, line_number, quantity, taxable, cgst, sgst, igst, cess
        )
        SELECT current_tenant(), \(note.id), \(note.invoice), line_number, quantity, taxable, cgst, sgst, igst, cess
        FROM unnest(
            \(lines.map { Int16(truncatingIfNeeded: $0.number) }), \(lines.map(\.quantity.milli)), \(lines.map(\.taxable)),
            \(lines.map(\.tax.cgst)), \(lines.map(\.tax.sgst)), \(lines.map(\.tax.igst)), \(lines.map(\.tax.cess))
        ) AS line (line_number, quantity, taxable, cgst, sgst, igst, cess)
        """
    }

    static func changeCreditNote(_ row: CreditNoteRow) -> SQL {
        """
        UPDATE credit_note SET version = \(row.version), status = \(row.status.rawValue), cancel_reason = \(row.cancelReason),
            updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    private static var creditNoteColumns: SQL {
        """
        note.id, note.version, note.status AS credit_note_status, note.start_year, note.sequence, note.number, note.issued_on, \
        note.invoice_id, invoice.number AS invoice_number, note.customer_id, note.payer_id, note.reason AS note_reason, note.notes, \
        note.taxable, note.cgst, note.sgst, note.igst, note.cess, note.round_off, note.total, note.to_receivable, note.to_advance, \
        note.released, note.cost, note.returned_stock, note.line_count, note.cancel_reason, note.journal_id, note.issued_at, note.issued_by, \
        note.updated_at
        """
    }

    private static var creditNotes: SQL {
        """
        FROM credit_note AS note JOIN invoice ON (invoice.tenant_id, invoice.id) = (note.tenant_id, note.invoice_id)
        WHERE note.tenant_id = current_tenant()
        """
    }
}
