internal import Postgres

/// What returns read of a month's documents: those that were issued and are not cancelled, in rupees.
extension SQL {
    /// A page of what invoices and debit notes have at each of their rates, the earliest day first.
    static func returnedInvoices(_ month: Month, after last: ReturnedDocumentRow?, limit: Int) -> SQL {
        """
        SELECT invoice.id, CASE WHEN invoice.corrects_id IS NULL THEN 'invoice' ELSE 'debit_note' END AS kind, invoice.number,
            invoice.issued_on, original.number AS original_number, coalesce(original.payable, invoice.payable) AS original_payable,
            coalesce(original.issued_on, invoice.issued_on) AS original_issued_on, invoice.buyer_kind, invoice.buyer_gstin,
            invoice.place_state, invoice.nature, invoice.payable, line.taxability, line.rate, sum(line.taxable)::bigint AS taxable,
            sum(line.igst)::bigint AS igst, sum(line.cgst)::bigint AS cgst, sum(line.sgst)::bigint AS sgst, sum(line.cess)::bigint AS cess
        FROM invoice JOIN invoice_line AS line ON (line.tenant_id, line.invoice_id) = (invoice.tenant_id, invoice.id)
        LEFT JOIN invoice AS original ON (original.tenant_id, original.id) = (invoice.tenant_id, invoice.corrects_id)
        WHERE invoice.tenant_id = current_tenant() AND invoice.issued_on BETWEEN \(month.first) AND \(month.last)
            AND invoice.status IN ('issued', 'partial', 'paid') AND invoice.currency = 'INR'
            AND (invoice.issued_on, invoice.id, line.taxability, line.rate) > (
                \(last?.document.issuedOn ?? month.first), \(last?.id ?? .none), \(last?.document.taxability.rawValue ?? "") COLLATE "C",
                \(last?.document.rateBasisPoints ?? -1)
            )
        GROUP BY invoice.tenant_id, invoice.id, original.tenant_id, original.id, line.taxability, line.rate
        ORDER BY invoice.issued_on, invoice.id, line.taxability, line.rate LIMIT \(limit)
        """
    }

    /// The same of credit notes. A note bears what the invoice's lines bear, and its buyer is the invoice's.
    static func returnedNotes(_ month: Month, after last: ReturnedDocumentRow?, limit: Int) -> SQL {
        """
        SELECT note.id, 'credit_note' AS kind, note.number, note.issued_on, invoice.number AS original_number,
            invoice.payable AS original_payable, invoice.issued_on AS original_issued_on, invoice.buyer_kind, invoice.buyer_gstin,
            invoice.place_state, invoice.nature, note.total AS payable, line.taxability, line.rate, sum(credited.taxable)::bigint AS taxable,
            sum(credited.igst)::bigint AS igst, sum(credited.cgst)::bigint AS cgst, sum(credited.sgst)::bigint AS sgst,
            sum(credited.cess)::bigint AS cess
        FROM credit_note AS note
        JOIN credit_note_line AS credited ON (credited.tenant_id, credited.credit_note_id) = (note.tenant_id, note.id)
        JOIN invoice ON (invoice.tenant_id, invoice.id) = (note.tenant_id, note.invoice_id)
        JOIN invoice_line AS line
            ON (line.tenant_id, line.invoice_id, line.number) = (credited.tenant_id, credited.invoice_id, credited.line_number)
        WHERE note.tenant_id = current_tenant() AND note.issued_on BETWEEN \(month.first) AND \(month.last) AND note.status = 'issued'
            AND note.currency = 'INR' AND (note.issued_on, note.id, line.taxability, line.rate) > (
                \(last?.document.issuedOn ?? month.first), \(last?.id ?? .none), \(last?.document.taxability.rawValue ?? "") COLLATE "C",
                \(last?.document.rateBasisPoints ?? -1)
            )
        GROUP BY note.tenant_id, note.id, invoice.tenant_id, invoice.id, line.taxability, line.rate
        ORDER BY note.issued_on, note.id, line.taxability, line.rate LIMIT \(limit)
        """
    }

    /// By HSN code, what invoices and debit notes have, less credit notes.
    static func returnedCodes(_ month: Month) -> SQL {
        """
        WITH supplied AS (
            SELECT line.hsn, line.unit, line.rate, invoice.buyer_kind, line.quantity, line.taxable, line.igst, line.cgst, line.sgst, line.cess
            FROM invoice JOIN invoice_line AS line ON (line.tenant_id, line.invoice_id) = (invoice.tenant_id, invoice.id)
            WHERE invoice.tenant_id = current_tenant() AND issued_on BETWEEN \(month.first) AND \(month.last)
                AND status IN ('issued', 'partial', 'paid') AND currency = 'INR' AND nature NOT IN ('composition', 'unregistered')
            UNION ALL
            SELECT line.hsn, line.unit, line.rate, invoice.buyer_kind, -credited.quantity, -credited.taxable, -credited.igst, -credited.cgst,
                -credited.sgst, -credited.cess
            FROM credit_note AS note
            JOIN credit_note_line AS credited ON (credited.tenant_id, credited.credit_note_id) = (note.tenant_id, note.id)
            JOIN invoice ON (invoice.tenant_id, invoice.id) = (note.tenant_id, note.invoice_id)
            JOIN invoice_line AS line
                ON (line.tenant_id, line.invoice_id, line.number) = (credited.tenant_id, credited.invoice_id, credited.line_number)
            WHERE note.tenant_id = current_tenant() AND note.issued_on BETWEEN \(month.first) AND \(month.last) AND note.status = 'issued'
                AND note.currency = 'INR' AND invoice.nature NOT IN ('composition', 'unregistered')
        )
        SELECT hsn, unit, rate, buyer_kind IN ('registered', 'special_economic_zone') AS is_registered, sum(quantity)::bigint AS quantity,
            sum(taxable)::bigint AS taxable, sum(igst)::bigint AS igst, sum(cgst)::bigint AS cgst, sum(sgst)::bigint AS sgst,
            sum(cess)::bigint AS cess
        FROM supplied GROUP BY hsn, unit, rate, is_registered ORDER BY hsn, unit, rate, is_registered
        """
    }

    /// By series, what was drawn for invoices, debit notes and credit notes, by the numbers' order: a longer one comes behind. A proforma is none.
    static func returnedSeries(_ month: Month) -> SQL {
        """
        WITH drawn AS (
            SELECT series, start_year, sequence, number, status FROM invoice
            WHERE tenant_id = current_tenant() AND issued_on BETWEEN \(month.first) AND \(month.last)
                AND status IN ('issued', 'partial', 'paid', 'cancelled') AND currency = 'INR' AND nature <> 'unregistered'
            UNION ALL
            SELECT note.series, note.start_year, note.sequence, note.number, note.status
            FROM credit_note AS note JOIN invoice ON (invoice.tenant_id, invoice.id) = (note.tenant_id, note.invoice_id)
            WHERE note.tenant_id = current_tenant() AND note.issued_on BETWEEN \(month.first) AND \(month.last) AND note.currency = 'INR'
                AND invoice.nature <> 'unregistered'
        )
        SELECT (array_agg(number ORDER BY sequence))[1] AS first, (array_agg(number ORDER BY sequence DESC))[1] AS last,
            count(*) AS documents, count(*) FILTER (WHERE status = 'cancelled') AS cancelled
        FROM drawn GROUP BY series, start_year ORDER BY series, start_year
        """
    }

    /// What the ledger has of each tax for a month: journals of its days but reversals, and whatever takes those back, or that back again,
    /// whenever it was posted.
    static func taxSums(_ month: Month) -> SQL {
        """
        WITH RECURSIVE counted (id) AS (
            SELECT id FROM ledger_journal WHERE tenant_id = current_tenant() AND reverses_id IS NULL AND id IN (
                SELECT journal_id FROM ledger_line
                WHERE tenant_id = current_tenant() AND party_id = '00000000-0000-0000-0000-000000000000'
                    AND account IN (2110, 2120, 2130, 2140, 2150) AND currency = 'INR'
                    AND effective_on BETWEEN \(month.first) AND \(month.last)
            )
            UNION ALL
            SELECT reversal.id FROM counted JOIN ledger_journal AS reversal
                ON reversal.tenant_id = current_tenant() AND reversal.reverses_id = counted.id
        )
        SELECT line.account, sum(line.credit - line.debit)::bigint AS credit
        FROM counted JOIN ledger_line AS line ON line.tenant_id = current_tenant() AND line.journal_id = counted.id
        WHERE line.account IN (2110, 2120, 2130, 2140, 2150) AND line.currency = 'INR'
        GROUP BY line.account ORDER BY line.account
        """
    }

    /// No row when the month's return is not filed.
    static func taxPeriod(_ month: Month) -> SQL {
        "SELECT month, filed_by, acknowledgement FROM tax_period WHERE tenant_id = current_tenant() AND month = \(month.first)"
    }

    /// Files a month that is closed already; one that is filed stays as it was.
    static func fileTaxPeriod(_ month: Month, acknowledgement: String, by caller: String) -> SQL {
        """
        INSERT INTO tax_period (tenant_id, month, acknowledgement, filed_by)
        VALUES (current_tenant(), \(month.first), \(acknowledgement), \(caller)) ON CONFLICT DO NOTHING
        """
    }
}
