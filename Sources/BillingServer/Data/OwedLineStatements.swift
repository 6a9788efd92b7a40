internal import Postgres
internal import Resources

/// What a bill had that was cancelled, and that no other has yet: a line of it for a period or for usage.
struct OwedLine: RowDecodable, Hashable, Sendable {
    let invoice: RecordID
    let number: Int16
    let source: SubscriptionDues.Line.Source
    let period: DayRange

    static let columns: SQL = """
        invoice_id, line_number, period_from, period_through, plan_id, plan_version, meter, units_from, units_through
        """

    init(invoice: RecordID, number: Int16, source: SubscriptionDues.Line.Source, period: DayRange) {
        (self.invoice, self.number, self.source, self.period) = (invoice, number, source, period)
    }

    init(row: Row) throws(PostgresError) {
        invoice = try row["invoice_id"]
        number = try row["line_number"]
        let plan = SubscriptionDues.Line.Plan(id: try row["plan_id"], version: try row["plan_version"])
        let (meter, from, through): (String?, Int64?, Int64?) = (try row["meter"], try row["units_from"], try row["units_through"])
        if let meter, let from, let through {
            source = .usage(plan, meter: meter, from: from, through: through)
        } else {
            source = .recurring(plan)
        }
        guard let period = DayRange(try row["period_from"], try row["period_through"]) else {
            throw PostgresError(.decoding, "Column period_through of a bill's line is before period_from.", column: "period_through")
        }
        self.period = period
    }
}

/// The statements over what a cancelled bill had.
extension SQL {
    /// Whether a line that is owed again falls due with a bill, of the rows of `bill_line` and `subscription` around it.
    static func fallsDueAgain(_ days: SubscriptionDues.Days) -> SQL {
        """
        is_owed AND CASE kind
            WHEN 'recurring' THEN period_from <= \(days.begun) ELSE least(period_through, ends_on) <= \(days.over)
        END
        """
    }

    /// Periods before usage, the oldest first. Whoever bills them holds their subscription.
    static func owedLines(of subscription: RecordID, _ days: SubscriptionDues.Days, limit: Int) -> SQL {
        """
        SELECT \(OwedLine.columns)
        FROM bill_line JOIN subscription ON (subscription.tenant_id, subscription.id) = (bill_line.tenant_id, bill_line.subscription_id)
        WHERE bill_line.tenant_id = current_tenant() AND subscription_id = \(subscription) AND \(fallsDueAgain(days))
        ORDER BY kind, period_from, invoice_id, line_number LIMIT \(limit)
        """
    }

    /// Behind the lines of the bill that has them now.
    static func billAgain(_ lines: [OwedLine]) -> SQL {
        """
        UPDATE bill_line SET is_owed = false
        FROM unnest(\(lines.map(\.invoice)), \(lines.map(\.number))) AS again (invoice_id, line_number)
        WHERE tenant_id = current_tenant() AND bill_line.invoice_id = again.invoice_id AND bill_line.line_number = again.line_number
        """
    }

    /// What an invoice, which is cancelled, had billed is owed again.
    static func releaseBill(_ invoice: RecordID, at time: Instant) -> SQL {
        """
        UPDATE bill_line SET released_at = \(time), is_owed = kind <> 'meeting'
        WHERE tenant_id = current_tenant() AND invoice_id = \(invoice) AND released_at IS NULL
        """
    }

    /// The meetings that an invoice has billed, held. Whoever asks holds who pays for them before.
    static func lockMeetings(billedOn invoice: RecordID) -> SQL {
        """
        SELECT id FROM meeting WHERE tenant_id = current_tenant() AND invoice_id = \(invoice) AND status = 'billed'
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// They have earned their fees, and are on no bill.
    static func unbillMeetings(_ ids: [RecordID], at time: Instant) -> SQL {
        """
        UPDATE meeting SET version = version + 1, status = 'earned', invoice_id = NULL, invoice_line = NULL, billed_on = NULL,
            updated_at = greatest(updated_at, \(time))
        WHERE tenant_id = current_tenant() AND id = ANY(\(ids))
        """
    }
}
