internal import Postgres

/// The statements over single customers.
extension SQL {
    static func customer(_ id: RecordID) -> SQL {
        "SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The customer, held until the transaction ends: whoever makes a document for it takes it first, so that what it owes is added up by
    /// one at a time. Rows that only refer to it are written meanwhile.
    static func lockCustomer(_ id: RecordID) -> SQL { "\(customer(id)) FOR NO KEY UPDATE" }

    /// Several at once, in the order of their ids, so that nobody waits in a circle.
    static func lockCustomers(_ ids: [RecordID]) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// Who stands for a customer now, held: the one it was merged into, or itself. An old invoice is paid, cancelled and credited under
    /// this one. When it was merged at this very moment, the row says so; then the call is to be made again.
    static func lockPayer(of id: RecordID) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = (
            SELECT coalesce(merged_into, id) FROM customer WHERE tenant_id = current_tenant() AND id = \(id)
        ) FOR NO KEY UPDATE
        """
    }

    /// The ids whose invoices, payments and ledger entries are a customer's: its own, and those of who was merged into it. For use in
    /// `customer_id IN (…)`.
    static func customerFamily(_ id: RecordID) -> SQL {
        """
        SELECT id FROM customer WHERE tenant_id = current_tenant() AND id = \(id)
        UNION ALL SELECT id FROM customer WHERE tenant_id = current_tenant() AND merged_into = \(id)
        """
    }

    /// What a customer owes and has paid ahead now, a row for each currency. Not as of a day: future ones count.
    static func customerBalances(_ id: RecordID) -> SQL {
        """
        SELECT currency, coalesce(sum(debit - credit) FILTER (WHERE account = 1100), 0)::bigint AS owed,
            coalesce(sum(credit - debit) FILTER (WHERE account = 2200), 0)::bigint AS advance
        FROM ledger_balance
        WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND party_id IN (\(customerFamily(id)))
        GROUP BY currency ORDER BY currency
        """
    }
}
