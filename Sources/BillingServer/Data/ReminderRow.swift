internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A reminder as the database keeps it, with its latest occurrence.
struct ReminderRow: RowDecodable {
    var id: RecordID
    var version: Int64
    var customerID: RecordID
    var invoiceID: RecordID?
    var subject: ReminderSubject
    var text: String
    var channels: [ContactChannel]
    var timeZone: String
    var first: CivilMoment
    var interval: Recurrence.Interval?
    var isCancelled: Bool
    var createdAt: Instant
    var updatedAt: Instant
    var occurrence: OccurrenceRow

    static let columns: SQL = """
        reminder.id, reminder.version, customer_id, invoice_id, kind AS reminder_kind, text, channels, time_zone, first_on, first_minute,
        interval_unit, interval_count, interval_day, is_cancelled, created_at, updated_at, occurrence.occurrence_id,
        reminder.id AS reminder_id,
        occurrence.due_at, run_at, moved_by, occurrence.state AS occurrence_state, attempt, tried, delivery_id, begun_at, sent_at, reason,
        changed_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        customerID = try row["customer_id"]
        invoiceID = try row["invoice_id"]
        let kind: String = try row["reminder_kind"]
        subject = try Self.known(ReminderSubject(rawValue: kind), "kind")
        text = try row["text"]
        let words: [String] = try row["channels"]
        channels = words.compactMap(ContactChannel.init)
        timeZone = try row["time_zone"]
        let (day, minute): (CivilDate, Int16) = (try row["first_on"], try row["first_minute"])
        first = try Self.known(CivilMoment(day, minuteOfDay: Int(minute)), "first_minute")
        let (unit, count, dayOfMonth): (String?, Int32?, Int16?) = (
            try row["interval_unit"], try row["interval_count"], try row["interval_day"]
        )
        interval =
            switch (unit, count, dayOfMonth) {
            case ("minutes"?, let count?, _): .minutes(Int(count))
            case ("days"?, let count?, _): .days(Int(count))
            case ("months"?, let count?, let day?): .months(Int(count), dayOfMonth: Int(day))
            default: nil
            }
        isCancelled = try row["is_cancelled"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        occurrence = try OccurrenceRow(row: row)
    }

    private static func known<Value>(_ value: Value?, _ column: String) throws(PostgresError) -> Value {
        guard let value else {
            throw PostgresError(.decoding, "Column \(column) of a reminder holds what this version does not know.", column: column)
        }
        return value
    }

    init(
        _ id: RecordID, for customer: RecordID, _ invoice: RecordID?, _ subject: ReminderSubject, text: String,
        _ channels: [ContactChannel],
        _ timing: ReminderTiming, occurrence: RecordID, at time: Instant
    ) {
        self.id = id
        version = 1
        customerID = customer
        invoiceID = invoice
        self.subject = subject
        self.text = text
        self.channels = channels
        timeZone = timing.timeZone
        first = timing.plan.first
        interval = timing.plan.recurrence?.interval
        isCancelled = false
        createdAt = time
        updatedAt = time
        self.occurrence = OccurrenceRow(occurrence, of: id, dueAt: timing.plan.firstInstant, at: time)
    }

    /// - Throws: `timeZoneUnknown`, when the zone is not on this machine.
    func plan(_ zones: Zones) throws(BillingError) -> ReminderPlan {
        var recurrence: Recurrence?
        if let interval { recurrence = try Recurrence(first: first, interval) }
        return ReminderPlan(clock: LocalClock(zone: try zones.zone(timeZone)), first: first, recurrence: recurrence)
    }

    var message: BillingAPI.Reminder {
        .with {
            $0.id = id.description
            $0.etag = Etag(version: version).text
            $0.customerID = customerID.description
            $0.invoiceID = invoiceID?.description ?? ""
            $0.kind = subject.kind
            $0.text = text
            $0.channels = channels.map(\.message)
            $0.timeZone = timeZone
            $0.recurrence = interval?.message
            $0.createdAt = createdAt.timestamp
            $0.updatedAt = updatedAt.timestamp
            $0.state = occurrence.state.message
            $0.dueAt = occurrence.dueAt.timestamp
            $0.runAt = occurrence.runAt.timestamp
            $0.movedBy = occurrence.movedBy.map(\.message)
            $0.reason = occurrence.reason?.message ?? .unspecified
            $0.attempts = Int32(clamping: occurrence.attempt)
            $0.channel = occurrence.tried.last?.message ?? .unspecified
            $0.deliveryID = occurrence.deliveryID?.description ?? ""
            $0.sentAt = occurrence.sentAt?.timestamp
        }
    }
}
