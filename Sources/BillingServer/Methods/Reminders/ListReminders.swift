internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func getReminder(_ request: GetReminderRequest, _ call: Call) async throws -> BillingAPI.Reminder {
        guard let id = RecordID(request.id) else { throw BillingError.notFound(.reminder, id: request.id) }
        let found: ReminderRow? = try await office.database.batch(call) { $0.optional(.reminder(id)) }
        guard let found else { throw BillingError.notFound(.reminder, id: request.id) }
        return found.message
    }

    func listReminders(_ request: ListRemindersRequest, _ call: Call) async throws -> ListRemindersReply {
        var violations = Violations()
        var query = ReminderQuery(
            customer: RecordID(request.customerID), invoice: RecordID(request.invoiceID),
            states: request.states.compactMap(OccurrenceState.init))
        if let from = request.dueFrom {
            query.dueFrom = Instant(from)
            if query.dueFrom == nil { violations.add("due_from", Instant.flaw) }
        }
        if let before = request.dueBefore {
            query.dueBefore = Instant(before)
            if query.dueBefore == nil { violations.add("due_before", Instant.flaw) }
        }
        guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
        let page = try office.page(of: "reminders", request, call)
        let rows: [ReminderRow] = try await office.database.batch(call) { [query] in
            $0.all(.reminders(query, after: page.last, limit: page.limit))
        }
        var reply = ListRemindersReply()
        reply.reminders = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }
}
