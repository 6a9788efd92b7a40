internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

extension Reminders {
    func modifyReminder(_ request: ModifyReminderRequest, _ call: Call) async throws -> BillingAPI.Reminder {
        let mask = try Self.mask(request)
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            var row = try await held(request.id, request.etag, transaction)
            // What is under way is on its way as it was; a change is of what is to come.
            guard !row.isCancelled, row.occurrence.state == .pending || row.interval != nil else { throw BillingError.reminderEnded }
            if mask.contains("text") {
                try Self.check(text: request.text, row.subject, hasInvoice: row.invoiceID != nil)
                row.text = request.text
            }
            if mask.contains("channels") {
                guard !request.channels.isEmpty else { throw BillingError.invalid("channels", "Name one at least.") }
                row.channels = request.channels.compactMap(ContactChannel.init)
            }
            if mask.contains("schedule") {
                let facts = try await ReminderFacts.read(customer: row.customerID, invoice: row.invoiceID, transaction)
                let timing = try ReminderTiming(
                    request.schedule ?? ReminderSchedule(), .init(now: now, dueOn: facts.invoice?.dueOn, timeZone: facts.timeZone),
                    zones: office.zones)
                (row.timeZone, row.first, row.interval) = (timing.timeZone, timing.plan.first, timing.plan.recurrence?.interval)
                reschedule(&row, to: timing.plan.firstInstant, now, transaction)
            }
            row.version += 1
            // A clock that was set back must not let it seem older than it was.
            row.updatedAt = max(now, row.updatedAt)
            transaction.enqueue(.updateReminder(row))
            return row.message
        }
    }

    func cancelReminder(_ request: CancelReminderRequest, _ call: Call) async throws -> BillingAPI.Reminder {
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            var row = try await held(request.id, request.etag, transaction)
            guard !row.isCancelled, row.occurrence.state == .pending || row.interval != nil else { throw BillingError.reminderEnded }
            row.isCancelled = true
            row.version += 1
            row.updatedAt = max(now, row.updatedAt)
            transaction.enqueue(.updateReminder(row))
            if row.occurrence.state == .pending {
                (row.occurrence.state, row.occurrence.changedAt) = (.cancelled, now)
                transaction.enqueue(.updateOccurrence(row.occurrence))
            }
            return row.message
        }
    }

    /// A reminder of the version that the caller has read, held until the transaction ends.
    private func held(_ id: String, _ etag: String, _ transaction: borrowing Transaction) async throws -> ReminderRow {
        guard let condition = EtagCondition(etag) else { throw BillingError.invalid("etag", EtagCondition.flaw) }
        guard let reminderID = RecordID(id) else { throw BillingError.notFound(.reminder, id: id) }
        transaction.enqueue(.holdReminder(reminderID))
        guard let row: ReminderRow = try await transaction.optional(.reminder(reminderID)) else {
            throw BillingError.notFound(.reminder, id: id)
        }
        guard condition.allows(version: row.version) else { throw BillingError.etagMismatch(.reminder, id: id) }
        return row
    }

    /// The time to come is another one from now on. One that was tried already stays what it was; behind it the new time is to come.
    private func reschedule(_ row: inout ReminderRow, to time: Instant, _ now: Instant, _ transaction: borrowing Transaction) {
        guard row.occurrence.state == .pending, row.occurrence.attempt == 0 else {
            // While it is under way, its end makes the next one.
            guard row.occurrence.state != .sending else { return }
            if row.occurrence.state == .pending {
                (row.occurrence.state, row.occurrence.changedAt) = (.cancelled, now)
                transaction.enqueue(.updateOccurrence(row.occurrence))
            }
            row.occurrence = OccurrenceRow(office.clock.newID(), of: row.id, dueAt: time, at: now)
            transaction.enqueue(.insertOccurrence(row.occurrence))
            transaction.enqueue(ReminderJobs.sending(row))
            return
        }
        (row.occurrence.dueAt, row.occurrence.runAt) = (time, time)
        (row.occurrence.movedBy, row.occurrence.changedAt) = ([], now)
        transaction.enqueue(.updateOccurrence(row.occurrence))
        transaction.enqueue(ReminderJobs.sending(row))
    }

    private static func mask(_ request: ModifyReminderRequest) throws(BillingError) -> Set<String> {
        let paths = request.updateMask?.paths ?? []
        guard !paths.isEmpty, paths.count <= 3, paths.allSatisfy({ ["text", "channels", "schedule"].contains($0) }) else {
            throw .invalid("update_mask", "Name what to change: text, channels, schedule.")
        }
        return Set(paths)
    }
}
