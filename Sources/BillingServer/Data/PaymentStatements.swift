internal import Postgres
internal import Resources

/// The statements over single payments. Whoever changes one holds its customer before.
extension SQL {
    static func payment(_ id: RecordID) -> SQL {
        "SELECT \(PaymentRow.columns) FROM payment WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// Whose it is.
    static func paymentCustomer(_ id: RecordID) -> SQL {
        "SELECT customer_id FROM payment WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// Held until the transaction ends.
    static func lockPayment(_ id: RecordID) -> SQL { "\(payment(id)) FOR UPDATE" }

    static func paymentTenders(of id: RecordID) -> SQL {
        """
        SELECT tender.method, tender.amount, tender.reference, payment.currency
        FROM payment_tender AS tender JOIN payment ON (payment.tenant_id, payment.id) = (tender.tenant_id, tender.payment_id)
        WHERE tender.tenant_id = current_tenant() AND tender.payment_id = \(id) ORDER BY tender.number
        """
    }

    static func paymentAllocations(of id: RecordID) -> SQL {
        """
        SELECT payment_id, number, invoice_id, amount, journal_id, allocated_at, released_at FROM payment_allocation
        WHERE tenant_id = current_tenant() AND payment_id = \(id) ORDER BY number
        """
    }

    static func paymentRefunds(of id: RecordID) -> SQL {
        """
        SELECT id, payment_id, number, method, amount, reference, reason, refunded_on, journal_id FROM refund
        WHERE tenant_id = current_tenant() AND payment_id = \(id) ORDER BY id
        """
    }

    /// - Parameter number: the one it has drawn, when its money came with it.
    static func insertPayment(_ row: PaymentRow, _ number: VoucherNumber?) -> SQL {
        """
        INSERT INTO payment (
            tenant_id, id, version, status, customer_id, series, start_year, sequence, number, currency, held, held_method, held_reference,
            held_until, amount, allocated, unallocated, allocation_count, paid_on, note, receipt_id, created_at, updated_at, created_by
        ) VALUES (
            current_tenant(), \(row.id), \(row.version), \(row.status), \(row.customer), \(number?.series.prefix), \(number?.startYear),
            \(number?.sequence), \(number?.text), \(row.currency.code), \(row.hold?.amount), \(row.hold?.method), \(row.hold?.reference ?? ""),
            \(row.hold?.until), \(row.balance.amount), \(row.balance.allocated), \(row.balance.unallocated), \(row.storedCount),
            \(row.voucher?.paidOn), \(row.note), \(row.receipt), \(row.createdAt), \(row.updatedAt), \(row.createdBy)
        )
        """
    }

    /// - Parameter number: the one it has drawn, when its money comes with this change.
    static func updatePayment(_ row: PaymentRow, _ number: VoucherNumber? = nil) -> SQL {
        """
        UPDATE payment SET
            version = \(row.version), status = \(row.status), series = coalesce(\(number?.series.prefix), series),
            start_year = coalesce(\(number?.startYear), start_year), sequence = coalesce(\(number?.sequence), sequence),
            number = \(row.voucher?.number), amount = \(row.balance.amount), allocated = \(row.balance.allocated),
            unallocated = \(row.balance.unallocated), refunded = \(row.balance.refunded), allocation_count = \(row.storedCount),
            paid_on = \(row.voucher?.paidOn), receipt_id = \(row.receipt), end_reason = \(row.endReason), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    static func insertTenders(_ tenders: [TenderDraft], of payment: RecordID) -> SQL {
        """
        INSERT INTO payment_tender (tenant_id, payment_id, number, method, amount, reference)
        SELECT current_tenant(), \(payment), tender.number, tender.method, tender.amount, tender.reference
        FROM unnest(
            \(tenders.map(\.tender.method.rawValue)), \(tenders.map(\.tender.amount.minorUnits)), \(tenders.map(\.reference))
        ) WITH ORDINALITY AS tender (method, amount, reference, number)
        """
    }

    static func insertAllocations(_ rows: [AllocationRow], at time: Instant) -> SQL {
        """
        INSERT INTO payment_allocation (tenant_id, payment_id, number, invoice_id, amount, journal_id, allocated_at)
        SELECT current_tenant(), payment_id, number, invoice_id, amount, journal_id, \(time)
        FROM unnest(
            \(rows.map(\.payment)), \(rows.map { Int16(truncatingIfNeeded: $0.number) }), \(rows.map(\.allocation.invoice)),
            \(rows.map(\.allocation.amount)), \(rows.map(\.journal))
        ) AS made (payment_id, number, invoice_id, amount, journal_id)
        """
    }

    static func insertRefund(_ row: RefundRow, _ number: VoucherNumber, at time: Instant, by caller: String) -> SQL {
        """
        INSERT INTO refund (
            tenant_id, id, payment_id, series, start_year, sequence, number, method, amount, reference, reason, refunded_on, journal_id,
            created_at, created_by
        ) VALUES (
            current_tenant(), \(row.id), \(row.payment), \(number.series.prefix), \(number.startYear), \(number.sequence), \(row.number),
            \(row.method), \(row.amount), \(row.reference), \(row.reason), \(row.refundedOn), \(row.journal), \(time), \(caller)
        )
        """
    }

    /// Notes that a hold is over. Nobody has to: it is over by its time alone.
    static func expireHold(_ id: RecordID, at time: Instant) -> SQL {
        """
        UPDATE payment SET status = 'expired', version = version + 1, updated_at = greatest(updated_at, \(time))
        WHERE tenant_id = current_tenant() AND id = \(id) AND status = 'pending' AND held_until <= \(time)
        """
    }

    /// When what is held still is over.
    static func holdEnd(_ id: RecordID) -> SQL {
        "SELECT held_until FROM payment WHERE tenant_id = current_tenant() AND id = \(id) AND status = 'pending'"
    }

    /// The same for all of a customer's.
    static func expireHolds(of customer: RecordID, at time: Instant) -> SQL {
        """
        UPDATE payment SET status = 'expired', version = version + 1, updated_at = greatest(updated_at, \(time))
        WHERE tenant_id = current_tenant() AND customer_id = \(customer) AND status = 'pending' AND held_until <= \(time)
        """
    }
}

extension VoucherNumber {
    fileprivate var startYear: Int16 { Int16(truncatingIfNeeded: series.year.startYear) }
}

extension PaymentRow {
    fileprivate var storedCount: Int16 { Int16(truncatingIfNeeded: allocationCount) }
}
