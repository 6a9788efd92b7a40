internal import Postgres
internal import Resources

/// The statements that write invoices, and those that read single ones.
extension SQL {
    /// - Parameter now: by which it is overdue or not, in the seller's time zone.
    static func invoice(_ id: RecordID, at now: Instant) -> SQL {
        "SELECT \(InvoiceRow.columns), \(isOverdue(at: now)) FROM invoice WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The invoice, held until the transaction ends. Whoever changes what is issued holds its customer before.
    static func lockInvoice(_ id: RecordID) -> SQL {
        "SELECT \(InvoiceRow.columns), false AS is_overdue FROM invoice WHERE tenant_id = current_tenant() AND id = \(id) FOR UPDATE"
    }

    static func invoiceLines(of id: RecordID) -> SQL {
        """
        SELECT \(InvoiceLineRow.columns) FROM invoice_line WHERE tenant_id = current_tenant() AND invoice_id = \(id) ORDER BY number
        """
    }

    static func isOverdue(at now: Instant) -> SQL {
        """
        coalesce(status IN ('issued', 'partial') AND due_on < (
            \(now) AT TIME ZONE (SELECT time_zone FROM seller WHERE tenant_id = current_tenant())
        )::date, false) AS is_overdue
        """
    }

    /// - Parameter parties: nil for a draft, which names who is who when it is issued.
    static func insertInvoice(_ row: InvoiceRow, _ parties: DocumentParties?) -> SQL {
        """
        INSERT INTO invoice (
            tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, supplied_on, due_on, buyer_kind, buyer_gstin,
            place_state, nature, currency, discount_rate, discount_flat, gross, discount, taxable, cgst, sgst, igst, cess, round_off, payable,
            cost, line_count, notes, tags, expires_at, corrects_id, journal_id, created_at, updated_at, issued_at, issued_by, seller_name,
            seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state, paid_on
        ) VALUES (
            current_tenant(), \(row.id), \(row.status.rawValue), \(row.customer), \(row.series), \(row.startYearColumn),
            \(row.number?.sequence), \(row.number?.text), \(row.number?.issuedOn), \(row.dates.supplied), \(row.dates.due),
            \(row.buyerKind.rawValue), \(row.buyerGSTIN), \(row.placeColumn), \(row.nature.rawValue), 'INR',
            \(row.discountAsked.rateColumn), \(row.discountAsked.flatColumn), \(row.totals.gross), \(row.totals.discount),
            \(row.totals.taxable), \(row.totals.tax.cgst), \(row.totals.tax.sgst), \(row.totals.tax.igst), \(row.totals.tax.cess),
            \(row.totals.roundOff), \(row.totals.payable), \(row.cost), \(row.lineCountColumn), \(row.notes), \(row.tags),
            \(row.expiresAt), \(row.corrects), \(row.journal), \(row.createdAt), \(row.updatedAt), \(row.number?.issuedAt),
            \(row.number?.issuedBy ?? ""), \(parties?.seller.name), \(parties?.seller.gstin), \(parties?.sellerStateColumn),
            \(parties?.seller.address), \(parties?.buyer.name), \(parties?.buyer.address), \(parties?.buyerStateColumn),
            \(row.dates.paid)
        )
        """
    }

    /// A draft as it is now, or the invoice that it becomes. Its lines are removed before and written after.
    static func rewriteDraft(_ row: InvoiceRow, _ parties: DocumentParties?) -> SQL {
        """
        UPDATE invoice SET
            version = \(row.version), status = \(row.status.rawValue), customer_id = \(row.customer), series = \(row.series),
            start_year = \(row.startYearColumn), sequence = \(row.number?.sequence), number = \(row.number?.text),
            issued_on = \(row.number?.issuedOn), supplied_on = \(row.dates.supplied), due_on = \(row.dates.due),
            buyer_kind = \(row.buyerKind.rawValue), buyer_gstin = \(row.buyerGSTIN), place_state = \(row.placeColumn),
            nature = \(row.nature.rawValue), discount_rate = \(row.discountAsked.rateColumn),
            discount_flat = \(row.discountAsked.flatColumn), gross = \(row.totals.gross), discount = \(row.totals.discount),
            taxable = \(row.totals.taxable), cgst = \(row.totals.tax.cgst), sgst = \(row.totals.tax.sgst), igst = \(row.totals.tax.igst),
            cess = \(row.totals.tax.cess), round_off = \(row.totals.roundOff), payable = \(row.totals.payable), cost = \(row.cost),
            line_count = \(row.lineCountColumn), notes = \(row.notes), tags = \(row.tags), expires_at = \(row.expiresAt),
            journal_id = \(row.journal), updated_at = \(row.updatedAt), issued_at = \(row.number?.issuedAt),
            issued_by = \(row.number?.issuedBy ?? ""), seller_name = \(parties?.seller.name), seller_gstin = \(parties?.seller.gstin),
            seller_state = \(parties?.sellerStateColumn), seller_address = \(parties?.seller.address), buyer_name = \(parties?.buyer.name),
            buyer_address = \(parties?.buyer.address), buyer_state = \(parties?.buyerStateColumn),
            paid_on = \(row.dates.paid)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// What of an invoice may still change when it is issued, and of a draft that is given up.
    static func changeInvoice(_ row: InvoiceRow) -> SQL {
        """
        UPDATE invoice SET version = \(row.version), status = \(row.status.rawValue), paid = \(row.paid), credited = \(row.credited),
            converted_into = \(row.convertedInto), cancel_reason = \(row.cancelReason), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// Notes that a proforma is over. Nobody has to: it is converted until its time and not behind it.
    static func expireProforma(_ id: RecordID, at time: Instant) -> SQL {
        """
        UPDATE invoice SET status = 'expired', version = version + 1, updated_at = greatest(updated_at, \(time))
        WHERE tenant_id = current_tenant() AND id = \(id) AND status = 'proforma' AND expires_at < \(time)
        """
    }

    /// When a proforma is over that nobody has converted.
    static func proformaEnd(_ id: RecordID) -> SQL {
        "SELECT expires_at FROM invoice WHERE tenant_id = current_tenant() AND id = \(id) AND status = 'proforma' AND expires_at IS NOT NULL"
    }

    /// The database lets a draft's go, and no others.
    static func deleteInvoiceLines(of id: RecordID) -> SQL {
        "DELETE FROM invoice_line WHERE tenant_id = current_tenant() AND invoice_id = \(id)"
    }

    /// All lines of an invoice in one statement.
    static func insertInvoiceLines(_ lines: [InvoiceLineRow]) -> SQL {
        """
        INSERT INTO invoice_line (
            tenant_id, invoice_id, number, product_id, description, hsn, unit, quantity, unit_price, is_inclusive, discount_rate, discount_flat,
            gross, discount, bill_discount, taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess, cost
        )
        SELECT current_tenant(), invoice_id, number, nullif(product_id, '00000000-0000-0000-0000-000000000000'), description, hsn, unit,
            quantity, unit_price, is_inclusive, nullif(discount_rate, -1), nullif(discount_flat, -1), gross, discount, bill_discount, taxable,
            tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess, cost
        FROM unnest(
            \(lines.map(\.invoice)), \(lines.map { Int16(truncatingIfNeeded: $0.number) }), \(lines.map { $0.product ?? .none }),
            \(lines.map(\.description)), \(lines.map(\.hsn.description)), \(lines.map(\.unit)), \(lines.map(\.quantity.milli)),
            \(lines.map(\.unitPrice)), \(lines.map(\.isInclusive)), \(lines.map { $0.discountAsked.rateColumn ?? -1 }),
            \(lines.map { $0.discountAsked.flatColumn ?? -1 }), \(lines.map(\.gross)), \(lines.map(\.discount)),
            \(lines.map(\.billDiscount)), \(lines.map(\.taxable)), \(lines.map(\.rateID)), \(lines.map(\.taxability.rawValue)),
            \(lines.map { Int32(truncatingIfNeeded: $0.rate.basisPoints) }),
            \(lines.map { Int32(truncatingIfNeeded: $0.cessRate.basisPoints) }), \(lines.map(\.tax.cgst)), \(lines.map(\.tax.sgst)),
            \(lines.map(\.tax.igst)), \(lines.map(\.tax.cess)), \(lines.map(\.cost))
        ) AS line (
            invoice_id, number, product_id, description, hsn, unit, quantity, unit_price, is_inclusive, discount_rate, discount_flat, gross,
            discount, bill_discount, taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess, cost
        )
        """
    }
}

extension InvoiceRow {
    fileprivate var startYearColumn: Int16? { (number?.startYear).map { Int16(truncatingIfNeeded: $0) } }
    fileprivate var placeColumn: Int16? { (place?.number).map { Int16(truncatingIfNeeded: $0) } }
    fileprivate var lineCountColumn: Int16 { Int16(truncatingIfNeeded: lineCount) }
}
