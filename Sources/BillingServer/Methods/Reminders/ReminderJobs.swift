internal import Crypto
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources
internal import StandardTypes

/// What is done for reminders when nobody calls: each is handed over when it is due, and looked after until its provider has answered. Both
/// can
/// be done again at any time: what was done already is found done.
enum ReminderJobs {
    static let queue = "reminders"

    /// Hands over what is due. The payload is the reminder's id.
    static let send = JobKind<StringValue>("billing.send_reminder", queue: queue)
    /// Looks what became of it. The payload is the occurrence's id.
    static let settle = JobKind<StringValue>("billing.settle_reminder", queue: queue)

    /// One job of a reminder waits at a time: a new time replaces the old one.
    static func sending(_ row: ReminderRow) -> Job {
        Job(
            send, payload(row.id), start: .at(unixMicroseconds: row.occurrence.runAt.unixMicroseconds),
            unique: .replace(row.id.description))
    }

    static func settling(_ occurrence: OccurrenceRow) -> Job {
        Job(settle, payload(occurrence.id), start: .after(.seconds(Limits.deliveryLooks.first)))
    }

    static func handlers(_ reminders: Reminders) -> [JobHandler] {
        [
            JobHandler(send) { payload, job in
                if let wait = try await reminders.sendDue(try id(payload), job.scope) { throw JobError.snooze(wait) }
            },
            JobHandler(settle) { payload, job in
                if let wait = try await reminders.settle(try id(payload), job.scope) { throw JobError.snooze(wait) }
            },
        ]
    }

    private static func payload(_ id: RecordID) -> StringValue {
        var payload = StringValue()
        payload.value = id.description
        return payload
    }

    private static func id(_ payload: StringValue) throws -> RecordID {
        guard let id = RecordID(payload.value) else { throw JobError.permanent("The payload is no id.") }
        return id
    }
}

extension Reminders {
    /// Hands a reminder over, if it is due and the gate lets it.
    ///
    /// - Parameter scope: of the reminder's tenant.
    /// - Returns: how long to wait before this is tried again; nil when there is nothing more to do.
    func sendDue(_ id: RecordID, _ scope: Scope) async throws -> Swift.Duration? {
        let now = office.clock.now()
        let until: Instant? = try await office.database.transaction(scope, retries: .onConflict()) { transaction in
            guard var handover = try await ReminderHandover.begin(id, now, office, transaction) else { return nil }
            guard handover.row.occurrence.state == .pending else { return nil }
            guard handover.row.occurrence.runAt <= now else { return handover.row.occurrence.runAt }
            return try handover.run(.whenDue, transaction)
        }
        return until.map { .microseconds(max(1, $0.unixMicroseconds - now.unixMicroseconds)) }
    }
}
