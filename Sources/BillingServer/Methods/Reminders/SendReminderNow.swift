internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func sendReminderNow(_ request: SendReminderNowRequest, _ call: Call) async throws -> BillingAPI.Reminder {
        let key = try IdempotencyKey(call)
        guard let id = RecordID(request.id) else { throw BillingError.notFound(.reminder, id: request.id) }
        let now = office.clock.now()
        return try await office.database.once(key, request: request, call) { transaction in
            guard var handover = try await ReminderHandover.begin(id, now, office, transaction) else {
                throw BillingError.notFound(.reminder, id: request.id)
            }
            let (state, attempt) = (handover.row.occurrence.state, handover.row.occurrence.attempt)
            guard !handover.row.isCancelled, state == .pending || state == .failed else { throw BillingError.reminderEnded }
            guard attempt < Limits.reminderAttempts else { throw BillingError.reminderAttemptsUsed(limit: Limits.reminderAttempts) }
            if state == .failed { handover.reopen(transaction) }
            _ = try handover.run(.now, transaction)
            return handover.row.message
        }
    }
}
