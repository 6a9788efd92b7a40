internal import BillingAPI
internal import Crypto
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func createReminder(_ request: CreateReminderRequest, _ call: Call) async throws -> BillingAPI.Reminder {
        let key = try IdempotencyKey(call)
        let now = office.clock.now()
        let invoiceID = request.invoiceID.isEmpty ? nil : RecordID(request.invoiceID)
        guard let customerID = RecordID(request.customerID), let subject = ReminderSubject(request.kind) else {
            throw BillingError.invalid("kind", "This server does not know it.")
        }
        try Self.check(text: request.text, subject, hasInvoice: invoiceID != nil)
        return try await office.database.once(key, request: request, call) { transaction in
            let facts = try await ReminderFacts.read(customer: customerID, invoice: invoiceID, transaction)
            guard let customer = facts.customer else { throw BillingError.notFound(.customer, id: request.customerID) }
            try customer.demandOpen()
            if let invoiceID {
                guard let invoice = facts.invoice, invoice.payerID == customerID else {
                    throw BillingError.notFound(.invoice, id: request.invoiceID)
                }
                guard invoice.status.isOpen else { throw BillingError.invoiceNotOpen(invoiceID) }
            }
            let timing = try ReminderTiming(
                request.schedule ?? ReminderSchedule(), .init(now: now, dueOn: facts.invoice?.dueOn, timeZone: facts.timeZone),
                zones: office.zones)
            let row = ReminderRow(
                office.clock.newID(), for: customerID, invoiceID, subject, text: request.text,
                request.channels.compactMap(ContactChannel.init), timing, occurrence: office.clock.newID(), at: now)
            transaction.enqueue(.insertReminder(row))
            transaction.enqueue(.insertOccurrence(row.occurrence))
            transaction.enqueue(ReminderJobs.sending(row))
            return row.message
        }
    }

    /// - Throws: `invalid`.
    static func check(text: String, _ subject: ReminderSubject, hasInvoice: Bool) throws(BillingError) {
        var violations = Violations()
        if text.isEmpty {
            if subject.usualText(hasInvoice: hasInvoice) == nil { violations.add("text", BillingError.reminderTextMissing.description) }
        } else {
            if text.utf8.contains(0) { violations.add("text", "It holds a NUL character: take it out.") }
            _ = violations.reading("text") { () throws(BillingError) in try ReminderText(text, hasInvoice: hasInvoice) }
        }
        guard violations.isEmpty else { throw .invalid(violations.all) }
    }
}
