internal import Postgres

/// The statements over many customers.
extension SQL {
    /// The newest first, behind the last one of the page before.
    static func customers(_ criteria: CustomerCriteria, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if !criteria.includesClosed { add("merged_into IS NULL AND anonymised_at IS NULL") }
        // What has a beginning lies between it and its end: the index finds that under row-level security, as it does not with LIKE.
        let name: SQL? = criteria.namePrefix.map { "name_key >= \($0) AND name_key < \(NameKey.end(of: $0))" }
        let phone: SQL? = criteria.phonePrefix.map { "phone >= \($0) AND phone < \(NameKey.end(of: $0))" }
        switch (name, phone) {
        case (let name?, let phone?): add("(\(name) OR \(phone))")
        case (let only?, nil), (nil, let only?): add("\(only)")
        case (nil, nil): break
        }
        if let tag = criteria.tag { add("\(tag) = ANY(tags)") }
        if let kind = criteria.kind { add("kind = \(kind.rawValue)") }
        if let hasBalance = criteria.hasBalance { add("\(hasBalance) = \(owesOrIsOwed)") }
        if let last { add("id < \(last)") }
        return """
            SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant()\(conditions) ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// Of the row of `customer` around it, and of who was merged into it.
    private static let owesOrIsOwed: SQL = """
        EXISTS (
            SELECT FROM ledger_balance
            WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND (
                party_id = customer.id OR party_id IN (
                    SELECT member.id FROM customer AS member
                    WHERE member.tenant_id = current_tenant() AND member.merged_into = customer.id
                )
            )
            GROUP BY account, currency HAVING sum(debit) <> sum(credit)
        )
        """

    /// Those who share something with somebody. Who is merged or deleted is nobody to be merged with.
    ///
    /// - Parameter id: who is not among them.
    static func customersLike(_ traits: CustomerTraits, except id: RecordID?, limit: Int) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer
        WHERE tenant_id = current_tenant() AND id IN (
            SELECT id FROM customer WHERE tenant_id = current_tenant() AND gstin = \(traits.gstin) AND gstin <> ''
            UNION ALL SELECT id FROM customer WHERE tenant_id = current_tenant() AND pan = \(traits.pan) AND pan <> ''
            UNION ALL SELECT id FROM customer WHERE tenant_id = current_tenant() AND phone_tail = \(traits.phoneTail) AND phone_tail <> ''
            UNION ALL SELECT id FROM customer WHERE tenant_id = current_tenant() AND name_key = \(traits.nameKey) AND name_key <> ''
        ) AND merged_into IS NULL AND anonymised_at IS NULL AND id IS DISTINCT FROM \(id)
        ORDER BY id LIMIT \(limit)
        """
    }
}
