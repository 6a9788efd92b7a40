internal import Postgres
internal import Resources

/// The statements over money of which providers told. None finds one by who is said to have paid.
extension SQL {
    static func lockReceipt(_ id: RecordID) -> SQL {
        "SELECT \(ReceiptRow.columns) FROM payment_receipt WHERE tenant_id = current_tenant() AND id = \(id) FOR UPDATE"
    }

    static func receipt(from provider: String, event: String) -> SQL {
        """
        SELECT \(ReceiptRow.columns) FROM payment_receipt
        WHERE tenant_id = current_tenant() AND provider = \(provider) AND event_id = \(event)
        """
    }

    /// Of two who write one event at the same time, the key lets one.
    static func insertReceipt(_ row: ReceiptRow) -> SQL {
        """
        INSERT INTO payment_receipt (
            tenant_id, id, provider, event_id, method, currency, amount, received_on, reference, payer, journal_id, created_at, updated_at,
            created_by
        ) VALUES (
            current_tenant(), \(row.id), \(row.provider), \(row.eventID), \(row.tender.tender.method), \(row.tender.tender.amount.currency.code),
            \(row.tender.tender.amount.minorUnits), \(row.receivedOn), \(row.tender.reference), \(row.payer), \(row.journal),
            \(row.createdAt), \(row.updatedAt), \(row.createdBy)
        )
        """
    }

    static func updateReceipt(_ row: ReceiptRow) -> SQL {
        """
        UPDATE payment_receipt SET version = \(row.version), status = \(row.status), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// Money in suspense, the oldest first.
    static func unmatchedReceipts(after last: RecordID?, limit: Int) -> SQL {
        """
        SELECT \(ReceiptRow.columns) FROM payment_receipt
        WHERE tenant_id = current_tenant() AND status = 'unmatched' AND id > \(last ?? .none) ORDER BY id LIMIT \(limit)
        """
    }

    /// Payments, the newest first; by what they are at a moment, whoever has noted it.
    static func payments(
        of customer: RecordID?, _ status: PaymentStatus?, at time: Instant, before last: RecordID?, limit: Int
    ) -> SQL {
        let all: SQL = "SELECT \(PaymentRow.columns) FROM payment WHERE tenant_id = current_tenant()"
        let ofCustomer: SQL = if let customer { "\(all) AND customer_id IN (\(customerFamily(customer)))" } else { all }
        let behind: SQL = if let last { "\(ofCustomer) AND id < \(last)" } else { ofCustomer }
        let ofStatus: SQL =
            switch status {
            case nil: behind
            case .pending: "\(behind) AND status = 'pending' AND held_until > \(time)"
            case .expired: "\(behind) AND (status = 'expired' OR status = 'pending' AND held_until <= \(time))"
            case .some(let status): "\(behind) AND status = \(status)"
            }
        return "\(ofStatus) ORDER BY id DESC LIMIT \(limit)"
    }
}
