internal import Postgres
internal import Resources

/// The statements over meetings and their fees.
extension SQL {
    static func meeting(_ id: RecordID) -> SQL {
        "SELECT \(MeetingRow.columns) FROM meeting WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The meeting, held until the transaction ends; whoever bills its subscription or draws its ordinal holds that one before.
    static func lockMeeting(_ id: RecordID) -> SQL { "\(meeting(id)) FOR NO KEY UPDATE" }

    /// The subscription of a meeting, held. It is read by another statement, which sees what this one has waited for.
    static func holdSubscription(ofMeeting id: RecordID) -> SQL {
        """
        SELECT id FROM subscription WHERE tenant_id = current_tenant() AND id = (
            SELECT subscription_id FROM meeting WHERE tenant_id = current_tenant() AND id = \(id)
        ) FOR NO KEY UPDATE
        """
    }

    static func subscription(ofMeeting id: RecordID) -> SQL {
        """
        SELECT \(SubscriptionRow.columns) FROM \(SubscriptionRow.tables)
        WHERE subscription.tenant_id = current_tenant() AND subscription.id = (
            SELECT subscription_id FROM meeting WHERE tenant_id = current_tenant() AND id = \(id)
        )
        """
    }

    /// Who pays for a meeting now, held: the subscription's customer, or the one it was merged into.
    static func lockPayer(ofMeeting id: RecordID) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = (
            SELECT coalesce(merged_into, customer.id)
            FROM meeting
                JOIN subscription ON (subscription.tenant_id, subscription.id) = (meeting.tenant_id, meeting.subscription_id)
                JOIN customer ON (customer.tenant_id, customer.id) = (subscription.tenant_id, subscription.customer_id)
            WHERE meeting.tenant_id = current_tenant() AND meeting.id = \(id)
        ) FOR NO KEY UPDATE
        """
    }

    /// How many meetings of a subscription and a month have earned their fees, whatever became of them since.
    static func earnedMeetings(of subscription: RecordID, in month: CivilDate) -> SQL {
        """
        SELECT count(*) FROM meeting
        WHERE tenant_id = current_tenant() AND subscription_id = \(subscription) AND month = \(month) AND ordinal > 0
        """
    }

    /// The same of the subscription and the month that a meeting is in.
    static func earnedMeetings(besides id: RecordID) -> SQL {
        """
        SELECT count(*) FROM meeting JOIN meeting AS this ON (this.subscription_id, this.month) = (meeting.subscription_id, meeting.month)
        WHERE meeting.tenant_id = current_tenant() AND this.tenant_id = current_tenant() AND this.id = \(id) AND meeting.ordinal > 0
        """
    }

    /// The meetings that are to be billed of months that began by a day, held: those that cost something before those that wait for them.
    static func lockEarnedMeetings(of subscription: RecordID, monthsBegunBy day: CivilDate, limit: Int) -> SQL {
        """
        SELECT \(MeetingRow.columns) FROM meeting
        WHERE tenant_id = current_tenant() AND subscription_id = \(subscription) AND status = 'earned' AND month <= \(day)
        ORDER BY fee = 0, month, ordinal LIMIT \(limit) FOR NO KEY UPDATE
        """
    }

    /// The newest first, behind the last one of the page before.
    static func newestMeetings(of subscription: RecordID?, _ status: FeeStatus?, before last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        if let subscription { conditions = "\(conditions) AND subscription_id = \(subscription)" }
        if let status { conditions = "\(conditions) AND status = \(status.rawValue)" }
        if let last { conditions = "\(conditions) AND id < \(last)" }
        return """
            SELECT \(MeetingRow.columns) FROM meeting WHERE tenant_id = current_tenant()\(conditions) ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// By subscription, in the order of their ids.
    static func accruedFees(of customer: RecordID?, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        if let customer { conditions = "\(conditions) AND customer_id IN (\(customerFamily(customer)))" }
        if let last { conditions = "\(conditions) AND subscription_id > \(last)" }
        return """
            SELECT subscription_id, customer_id,
                count(*) FILTER (WHERE status = 'pending') AS pending_count,
                coalesce(sum(fee) FILTER (WHERE status = 'pending'), 0)::bigint AS pending,
                count(*) FILTER (WHERE status = 'earned') AS earned_count,
                coalesce(sum(fee) FILTER (WHERE status = 'earned'), 0)::bigint AS earned
            FROM meeting JOIN subscription ON (subscription.tenant_id, subscription.id) = (meeting.tenant_id, meeting.subscription_id)
            WHERE meeting.tenant_id = current_tenant() AND status IN ('pending', 'earned')\(conditions)
            GROUP BY subscription_id, customer_id ORDER BY subscription_id LIMIT \(limit)
            """
    }

    static func insertMeeting(_ row: MeetingRow) -> SQL {
        """
        INSERT INTO meeting (
            tenant_id, id, status, subscription_id, calendar_event_id, starts_at, month, subject, deal_value, fee, created_at, updated_at
        ) VALUES (
            current_tenant(), \(row.id), \(row.status.rawValue), \(row.subscription), \(row.calendarEventID), \(row.startsAt), \(row.month),
            \(row.subject), \(row.dealValue), \(row.fee), \(row.createdAt), \(row.updatedAt)
        )
        """
    }

    static func updateMeeting(_ row: MeetingRow) -> SQL {
        """
        UPDATE meeting SET version = \(row.version), status = \(row.status.rawValue), fee = \(row.fee),
            attended_minutes = \(row.attendedMinutes), ordinal = \(row.ordinal), void_reason = \(row.voidReason),
            credit_note_id = \(row.creditNote), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// Meetings that are on an invoice now, each with its line.
    static func billMeetings(_ lines: [(meeting: RecordID, line: Int)], on invoice: RecordID, _ day: CivilDate, at time: Instant) -> SQL {
        """
        UPDATE meeting SET version = version + 1, status = 'billed', invoice_id = \(invoice), invoice_line = billed.line,
            billed_on = \(day), updated_at = greatest(updated_at, \(time))
        FROM unnest(\(lines.map(\.meeting)), \(lines.map { Int16(truncatingIfNeeded: $0.line) })) AS billed (id, line)
        WHERE tenant_id = current_tenant() AND meeting.id = billed.id
        """
    }
}
