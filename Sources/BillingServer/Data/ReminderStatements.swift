internal import Postgres
internal import Resources

/// What reminders are asked for.
struct ReminderQuery: Sendable {
    var customer: RecordID?
    var invoice: RecordID?
    var states: [OccurrenceState] = []
    var dueFrom: Instant?
    var dueBefore: Instant?
}

extension SQL {
    static func reminder(_ id: RecordID) -> SQL {
        """
        SELECT \(ReminderRow.columns)
        FROM reminder CROSS JOIN LATERAL (
            SELECT id AS occurrence_id, due_at, run_at, moved_by, state, attempt, tried, delivery_id, begun_at, sent_at, reason, changed_at
            FROM reminder_occurrence AS each
            WHERE each.tenant_id = reminder.tenant_id AND each.reminder_id = reminder.id ORDER BY each.due_at DESC LIMIT 1
        ) AS occurrence
        WHERE reminder.tenant_id = current_tenant() AND reminder.id = \(id)
        """
    }

    /// Holds a reminder with its occurrences until the transaction ends; they are read by the next statement, which sees what this one has
    /// waited for.
    static func holdReminder(_ id: RecordID) -> SQL {
        "SELECT id FROM reminder WHERE tenant_id = current_tenant() AND id = \(id) FOR NO KEY UPDATE"
    }

    /// The newest first, behind the last one of the page before.
    static func reminders(_ query: ReminderQuery, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let customer = query.customer { add("reminder.customer_id IN (\(customerFamily(customer)))") }
        if let invoice = query.invoice { add("reminder.invoice_id = \(invoice)") }
        if !query.states.isEmpty { add("reminder.state = ANY(\(query.states.map(\.rawValue)))") }
        if let from = query.dueFrom { add("reminder.due_at >= \(from)") }
        if let before = query.dueBefore { add("reminder.due_at < \(before)") }
        if let last { add("reminder.id < \(last)") }
        return """
            SELECT \(ReminderRow.columns)
            FROM reminder CROSS JOIN LATERAL (
                SELECT id AS occurrence_id, due_at, run_at, moved_by, state, attempt, tried, delivery_id, begun_at, sent_at, reason,
                changed_at
                FROM reminder_occurrence AS each
                WHERE each.tenant_id = reminder.tenant_id AND each.reminder_id = reminder.id ORDER BY each.due_at DESC LIMIT 1
            ) AS occurrence
            WHERE reminder.tenant_id = current_tenant()\(conditions) ORDER BY reminder.id DESC LIMIT \(Int64(limit))
            """
    }

    static func insertReminder(_ row: ReminderRow) -> SQL {
        let interval = row.interval?.columns
        return """
            INSERT INTO reminder (
                tenant_id, id, customer_id, invoice_id, kind, text, channels, time_zone, first_on, first_minute, interval_unit,
                interval_count,
                interval_day, state, due_at, created_at, updated_at
            ) VALUES (
                current_tenant(), \(row.id), \(row.customerID), \(row.invoiceID), \(row.subject.rawValue), \(row.text),
                \(row.channels.map(\.rawValue)), \(row.timeZone), \(row.first.date), \(Int16(clamping: row.first.minuteOfDay)),
                \(interval?.unit), \(interval?.count), \(interval?.day), 'pending', \(row.occurrence.dueAt), \(row.createdAt),
                \(row.updatedAt)
            )
            """
    }

    static func updateReminder(_ row: ReminderRow) -> SQL {
        let interval = row.interval?.columns
        return """
            UPDATE reminder SET version = \(row.version), text = \(row.text), channels = \(row.channels.map(\.rawValue)),
                time_zone = \(row.timeZone), first_on = \(row.first.date), first_minute = \(Int16(clamping: row.first.minuteOfDay)),
                interval_unit = \(interval?.unit), interval_count = \(interval?.count), interval_day = \(interval?.day),
                is_cancelled = \(row.isCancelled), updated_at = \(row.updatedAt)
            WHERE tenant_id = current_tenant() AND id = \(row.id)
            """
    }
}

extension Recurrence.Interval {
    /// As the database keeps it.
    fileprivate var columns: (unit: String, count: Int32, day: Int16?) {
        switch self {
        case .minutes(let count): ("minutes", Int32(clamping: count), nil)
        case .days(let count): ("days", Int32(clamping: count), nil)
        case .months(let count, let day): ("months", Int32(clamping: count), Int16(clamping: day))
        }
    }
}
