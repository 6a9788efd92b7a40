import Resources
import Testing

@testable import BillingServer
@testable import Platform
@testable import Postgres

extension BillingStatements {
    /// The statements of reminders, every condition of their list among them.
    static let reminders: [CheckedStatement] = {
        let id = RecordID(1)
        let time = Instant(unixMicroseconds: 0)
        guard let day = CivilDate("2025-10-01"), let moment = CivilMoment(day, hour: 10), let zone = try? Zones().zone("Asia/Kolkata"),
            let monthly = try? Recurrence(first: moment, .months(1, dayOfMonth: 1))
        else { return [] }
        let plan = ReminderPlan(clock: LocalClock(zone: zone), first: moment, recurrence: monthly)
        let reminder = ReminderRow(
            id, for: id, nil, .followUp, text: "", [.email], ReminderTiming(timeZone: "Asia/Kolkata", plan: plan), occurrence: id, at: time)
        let all = ReminderQuery(customer: id, invoice: id, states: [.pending, .sent], dueFrom: time, dueBefore: time)
        let preferences = ContactPreferencesRow(.usual, version: 2, updatedAt: time)
        let words = ["reminder_kind": "follow_up", "occurrence_state": "pending", "invoice_status": "issued"]
        return [
            CheckedStatement("reminder", .reminder(id), ReminderRow.self, words: words),
            CheckedStatement("holdReminder", .holdReminder(id)),
            CheckedStatement("reminders", .reminders(ReminderQuery(), after: nil, limit: 1), ReminderRow.self, words: words),
            CheckedStatement("reminders", .reminders(all, after: id, limit: 1), ReminderRow.self, words: words),
            CheckedStatement("insertReminder", .insertReminder(reminder)),
            CheckedStatement("updateReminder", .updateReminder(reminder)),
            CheckedStatement("insertOccurrence", .insertOccurrence(reminder.occurrence)),
            CheckedStatement("occurrence", .occurrence(id), OccurrenceRow.self, words: words),
            CheckedStatement("updateOccurrence", .updateOccurrence(reminder.occurrence)),
            CheckedStatement("contacts", .contacts(of: id, since: time), Instant.self),
            CheckedStatement("deliveryState", .deliveryState(id), String.self),
            CheckedStatement("contactPreferences", .contactPreferences(of: id), ContactPreferencesRow.self),
            CheckedStatement("insertContactPreferences", .insertContactPreferences(of: id, .usual, at: time)),
            CheckedStatement("updateContactPreferences", .updateContactPreferences(of: id, preferences)),
            CheckedStatement("remindedInvoice", .remindedInvoice(id), RemindedInvoice.self, words: words),
            CheckedStatement("holdOverdueReminders", .holdOverdueReminders),
            CheckedStatement("overdueInvoices", .overdueInvoices(dueUntil: day, limit: 1), OverdueInvoice.self),
            CheckedStatement(
                "dueInvoices", .dueInvoices(from: day, through: day, timeZone: "Asia/Kolkata", limit: 1), DueInvoice.self),
        ]
    }()
}
