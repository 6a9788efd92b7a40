internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func previewSchedule(_ request: PreviewScheduleRequest, _ call: Call) async throws -> PreviewScheduleReply {
        guard let id = RecordID(request.reminderID) else { throw BillingError.notFound(.reminder, id: request.reminderID) }
        let now = office.clock.now()
        let count = request.count == 0 ? Limits.previewedTimes : Int(request.count)
        return try await office.database.transaction(Scope(call), access: .readOnly) { transaction in
            guard let row: ReminderRow = try await transaction.optional(.reminder(id)) else {
                throw BillingError.notFound(.reminder, id: request.reminderID)
            }
            var facts = try await ReminderFacts.read(customer: row.customerID, invoice: row.invoiceID, transaction)
            if let survivor = facts.customer?.mergedInto {
                facts = try await ReminderFacts.read(customer: survivor, invoice: row.invoiceID, transaction)
            }
            let payer = facts.customer?.id ?? row.customerID
            let contacts: [Instant] = try await transaction.all(.contacts(of: payer, since: now.adding(days: -30)))
            var gate = try facts.gate(office.zones, after: contacts)
            let permission = gate.permission(by: row.channels, reachable: office.reachable(facts.customer))
            var reply = PreviewScheduleReply()
            var due: Instant? = row.isCancelled ? nil : row.occurrence.state == .pending ? row.occurrence.dueAt : nil
            let plan = try row.plan(office.zones)
            if due == nil, !row.isCancelled { due = try plan.next(after: max(now, row.occurrence.dueAt)) }
            while let time = due, reply.times.count < count {
                let next = try plan.next(after: time)
                reply.times.append(
                    try Self.preview(
                        time, before: next, permission, &gate, facts.isSettled(row.subject, hasInvoice: row.invoiceID != nil), now))
                due = next
            }
            return reply
        }
    }

    private static func preview(
        _ due: Instant, before next: Instant?, _ permission: ContactGate.Permission, _ gate: inout ContactGate, _ isSettled: Bool,
        _ now: Instant
    ) throws(BillingError) -> PreviewedReminder {
        var previewed = PreviewedReminder()
        previewed.dueAt = due.timestamp
        if isSettled {
            previewed.reason = .settled
        } else if case .refused(let rule) = permission {
            previewed.reason = rule.message
        } else if let opening = try gate.opening(from: max(due, now)) {
            previewed.movedBy = opening.movedBy.map(\.message)
            if isTooLate(opening.instant, due: due, before: next) {
                previewed.reason = (opening.movedBy.first ?? .tooLate).message
            } else {
                previewed.runAt = opening.instant.timestamp
                gate.contacts.append(opening.instant)
            }
        } else {
            previewed.reason = gate.lock.message
        }
        return previewed
    }

    /// What would be sent when its next time has come, or eight days later, is not sent.
    static func isTooLate(_ time: Instant, due: Instant, before next: Instant?) -> Bool {
        if let next, time >= next { return true }
        return time.unixMicroseconds - due.unixMicroseconds > Limits.reminderLatenessMicroseconds
    }
}

extension Instant {
    /// Of times of this age: no overflow.
    func adding(days: Int64) -> Instant { Instant(unixMicroseconds: unixMicroseconds + days * 86_400_000_000) }
}
