internal import Postgres
internal import Resources

/// The statements over what is billed of subscriptions.
extension SQL {
    /// Some of the subscriptions of which something may fall due, in the order of their ids. What does is found out when they are held.
    static func dueSubscriptions(_ days: SubscriptionDues.Days, of customer: RecordID?, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        if let customer { conditions = "\(conditions) AND customer_id IN (\(customerFamily(customer)))" }
        if let last { conditions = "\(conditions) AND subscription.id > \(last)" }
        return """
            SELECT id FROM subscription WHERE tenant_id = current_tenant()\(conditions) AND (
                coalesce(billed_through, anchored_on - 1) < \(days.begun) AND (ends_on IS NULL OR ends_on > billed_through)
                OR EXISTS (
                    SELECT FROM usage_total
                    WHERE usage_total.tenant_id = subscription.tenant_id AND subscription_id = subscription.id AND billed_units < units
                        AND least(period_through, ends_on) <= \(days.over)
                )
                OR EXISTS (
                    SELECT FROM meeting
                    WHERE meeting.tenant_id = subscription.tenant_id AND subscription_id = subscription.id AND status = 'earned'
                        AND month <= \(days.over)
                )
                OR EXISTS (
                    SELECT FROM bill_line
                    WHERE bill_line.tenant_id = subscription.tenant_id AND subscription_id = subscription.id AND \(fallsDueAgain(days))
                )
            ) ORDER BY id LIMIT \(limit)
            """
    }

    /// Who pays for some subscriptions now, held in the order of their ids: their customers, or those that these were merged into.
    static func lockPayers(ofSubscriptions ids: [RecordID]) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id IN (
            SELECT coalesce(merged_into, customer.id) FROM customer JOIN subscription
                ON (subscription.tenant_id, subscription.customer_id) = (customer.tenant_id, customer.id)
            WHERE customer.tenant_id = current_tenant() AND subscription.id = ANY(\(ids))
        ) ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// Who stands for some customers now.
    static func payers(of customers: [RecordID]) -> SQL {
        "SELECT id, coalesce(merged_into, id) AS payer FROM customer WHERE tenant_id = current_tenant() AND id = ANY(\(customers))"
    }

    /// Where each line of an invoice comes from.
    static func insertBillLines(_ lines: [SubscriptionDues.Line], of subscription: RecordID, on invoice: RecordID) -> SQL {
        let rows = lines.map(BillLineColumns.init)
        return """
            INSERT INTO bill_line (
                tenant_id, invoice_id, line_number, subscription_id, kind, period_from, period_through, plan_id, plan_version, meter,
                units_from, units_through, meeting_id
            )
            SELECT current_tenant(), \(invoice), number, \(subscription), kind, period_from, period_through,
                CASE WHEN kind <> 'meeting' THEN source_id END, CASE WHEN kind <> 'meeting' THEN plan_version END,
                CASE WHEN kind = 'usage' THEN meter END, CASE WHEN kind = 'usage' THEN units_from END,
                CASE WHEN kind = 'usage' THEN units_through END, CASE WHEN kind = 'meeting' THEN source_id END
            FROM unnest(
                \(rows.map(\.kind)), \(lines.map(\.period.from)), \(lines.map(\.period.to)), \(rows.map(\.source)), \(rows.map(\.version)),
                \(rows.map(\.meter)), \(rows.map(\.from)), \(rows.map(\.through))
            ) WITH ORDINALITY AS line (kind, period_from, period_through, source_id, plan_version, meter, units_from, units_through, number)
            """
    }
}

/// A customer, and who stands for it.
struct MergedCustomer: RowDecodable {
    let customer: RecordID
    let payer: RecordID

    init(row: Row) throws(PostgresError) {
        customer = try row["id"]
        payer = try row["payer"]
    }
}

/// A line of a bill as columns; what its kind does not have is empty.
private struct BillLineColumns {
    var kind = ""
    /// The plan or the meeting.
    var source = RecordID.none
    var version: Int32 = 0
    var meter = ""
    var (from, through): (Int64, Int64) = (0, 0)

    init(_ line: SubscriptionDues.Line) {
        switch line.source {
        case .recurring(let plan):
            (kind, source, version) = ("recurring", plan.id, plan.version)
        case .usage(let plan, let meter, let from, let through):
            (kind, source, version) = ("usage", plan.id, plan.version)
            (self.meter, self.from, self.through) = (meter, from, through)
        case .meeting(let id):
            (kind, source) = ("meeting", id)
        }
    }
}
