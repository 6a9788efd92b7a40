internal import Postgres
internal import Resources

/// One time of a reminder as the database keeps it.
struct OccurrenceRow: RowDecodable {
    var id: RecordID
    var reminderID: RecordID
    var dueAt: Instant
    var runAt: Instant
    var movedBy: [ContactRule]
    var state: OccurrenceState
    var attempt: Int
    /// The channels that were used, the last one at the end.
    var tried: [ContactChannel]
    var deliveryID: RecordID?
    var begunAt: Instant?
    var sentAt: Instant?
    var reason: ContactRule?
    var changedAt: Instant

    static let columns: SQL = """
        id AS occurrence_id, reminder_id, due_at, run_at, moved_by, state AS occurrence_state, attempt, tried, delivery_id, begun_at,
        sent_at,
        reason, changed_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["occurrence_id"]
        reminderID = try row["reminder_id"]
        dueAt = try row["due_at"]
        runAt = try row["run_at"]
        let rules: [String] = try row["moved_by"]
        movedBy = rules.compactMap(ContactRule.init)
        state = try row["occurrence_state"]
        let number: Int16 = try row["attempt"]
        attempt = Int(number)
        let words: [String] = try row["tried"]
        tried = words.compactMap(ContactChannel.init)
        deliveryID = try row["delivery_id"]
        begunAt = try row["begun_at"]
        sentAt = try row["sent_at"]
        let word: String = try row["reason"]
        reason = ContactRule(rawValue: word)
        changedAt = try row["changed_at"]
    }

    init(_ id: RecordID, of reminder: RecordID, dueAt: Instant, at time: Instant) {
        self.id = id
        reminderID = reminder
        self.dueAt = dueAt
        runAt = dueAt
        movedBy = []
        state = .pending
        attempt = 0
        tried = []
        changedAt = time
    }
}
