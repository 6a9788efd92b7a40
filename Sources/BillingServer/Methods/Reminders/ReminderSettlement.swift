internal import Crypto
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    /// Looks what became of a time that was handed over. It is sent when its provider has accepted it, and not before.
    ///
    /// - Parameter scope: of the reminder's tenant.
    /// - Returns: how long to wait before the next look; nil when there is nothing more to find out.
    func settle(_ id: RecordID, _ scope: Scope) async throws -> Swift.Duration? {
        let now = office.clock.now()
        return try await office.database.transaction(scope, retries: .onConflict()) { transaction in
            guard let found: OccurrenceRow = try await transaction.optional(.occurrence(id)) else { return nil }
            transaction.enqueue(.holdReminder(found.reminderID))
            let (row, current): (ReminderRow, OccurrenceRow) = try await transaction.batch { batch in
                (batch.one(.reminder(found.reminderID)), batch.one(.occurrence(id)))
            }
            guard [.sending, .unknown].contains(current.state), let delivery = current.deliveryID else { return nil }
            let state: String? = try await transaction.optional(.deliveryState(delivery))
            let age = now.unixMicroseconds - (current.begunAt ?? now).unixMicroseconds
            return try settle(current, of: row, state, age: age, now, transaction)
        }
    }

    private func settle(
        _ current: OccurrenceRow, of row: ReminderRow, _ delivery: String?, age: Int64, _ now: Instant, _ transaction: borrowing Transaction
    ) throws(BillingError) -> Swift.Duration? {
        var current = current
        let wasUnknown = current.state == .unknown
        switch delivery {
        case "accepted":
            (current.state, current.sentAt) = (.sent, now)
        case "refused"
        where !wasUnknown && current.attempt < Limits.reminderAttempts && row.channels.contains { !current.tried.contains($0) }:
            // The next channel has its turn, through the gate as everything.
            (current.state, current.runAt) = (.pending, now)
        case "refused":
            (current.state, current.reason) = (.failed, .refused)
        case "unknown" where !wasUnknown:
            current.state = .unknown
        case nil where !wasUnknown:
            (current.state, current.reason) = (.failed, .notDelivered)
        case "queued" where !wasUnknown && age > Limits.reminderLatenessMicroseconds:
            (current.state, current.reason) = (.failed, .notDelivered)
        default:
            // An operator may find out what became of an unknown one for as long as it is kept.
            guard age < Limits.reminderLookMicroseconds, delivery != nil else { return nil }
            return Self.pause(age)
        }
        current.changedAt = now
        transaction.enqueue(.updateOccurrence(current))
        if current.state == .pending {
            var again = row
            again.occurrence = current
            transaction.enqueue(ReminderJobs.sending(again))
        } else if !wasUnknown {
            // Whatever became of this time, the next one is to come.
            var next = row
            next.occurrence = current
            try office.continue(&next, after: now, transaction)
        }
        return current.state == .unknown ? Self.pause(age) : nil
    }

    /// As long as it has taken so far.
    private static func pause(_ age: Int64) -> Swift.Duration {
        .seconds(min(max(age / 1_000_000, Limits.deliveryLooks.first), Limits.deliveryLooks.longest))
    }
}
