internal import Crypto
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import Senders

/// One time of a reminder on its way through the gate to a delivery, within a transaction that holds the customer and the reminder. The
/// delivery, its job and the occurrence's state are one commit.
struct ReminderHandover {
    enum Urgency { case whenDue, now }

    private(set) var row: ReminderRow
    private let facts: ReminderFacts
    private let contacts: [Instant]
    private let now: Instant
    private let office: Office

    /// Nil when there is no such reminder. The customer is held first, so that of two reminders the second one sees the first one.
    static func begin(
        _ id: RecordID, _ now: Instant, _ office: Office, _ transaction: borrowing Transaction
    ) async throws -> ReminderHandover? {
        guard let found: ReminderRow = try await transaction.optional(.reminder(id)) else { return nil }
        guard let payer: CustomerRow = try await transaction.optional(.lockPayer(of: found.customerID)) else { return nil }
        transaction.enqueue(.holdReminder(id))
        let row: ReminderRow = try await transaction.one(.reminder(id))
        let facts = try await ReminderFacts.read(customer: payer.id, invoice: row.invoiceID, transaction)
        let contacts: [Instant] = try await transaction.all(.contacts(of: payer.id, since: now.adding(days: -30)))
        return ReminderHandover(row: row, facts: facts, contacts: contacts, now: now, office: office)
    }

    /// - Returns: when to come again, if it is not to be sent yet.
    /// - Throws: `contactRefused` when it is to be sent now and must not be.
    mutating func run(_ urgency: Urgency, _ transaction: borrowing Transaction) throws(BillingError) -> Instant? {
        if facts.isSettled(row.subject, hasInvoice: row.invoiceID != nil) {
            return try refuse(.settled, urgency, transaction, recurs: false)
        }
        if facts.customer?.anonymisedAt != nil { return try refuse(.optedOut, urgency, transaction, recurs: false) }
        let gate = try facts.gate(office.zones, after: contacts)
        let next = try row.plan(office.zones).next(after: row.occurrence.dueAt)
        if urgency == .whenDue, Reminders.isTooLate(now, due: row.occurrence.dueAt, before: next) {
            return try refuse(.tooLate, urgency, transaction)
        }
        let untried = row.channels.filter { !row.occurrence.tried.contains($0) }
        let reachable = office.reachable(facts.customer)
        switch gate.permission(by: untried, reachable: reachable) {
        case .refused(let rule):
            return try refuse(row.occurrence.tried.isEmpty ? rule : .refused, urgency, transaction)
        case .channel(let channel):
            guard let opening = try gate.opening(from: now) else { return try refuse(gate.lock, urgency, transaction) }
            guard opening.instant > now else { return try send(by: channel, transaction) }
            let rule = opening.movedBy.first ?? .tooLate
            guard urgency == .whenDue, !Reminders.isTooLate(opening.instant, due: row.occurrence.dueAt, before: next) else {
                return try refuse(rule, urgency, transaction)
            }
            row.occurrence.runAt = opening.instant
            row.occurrence.movedBy += opening.movedBy.filter { !row.occurrence.movedBy.contains($0) }
            row.occurrence.changedAt = now
            transaction.enqueue(.updateOccurrence(row.occurrence))
            return opening.instant
        }
    }

    private mutating func send(by channel: ContactChannel, _ transaction: borrowing Transaction) throws(BillingError) -> Instant? {
        let attempt = row.occurrence.attempt + 1
        let id = office.newUUID()
        // The name is this attempt's alone: whoever comes again finds it sent already.
        let name = "reminder/\(row.id)/\(row.occurrence.dueAt.unixMicroseconds)/\(attempt)"
        guard let message = ReminderContent(row, facts).message(by: channel, from: office.mailbox),
            let delivery = try? Delivery(message, dedupeKey: name, id: id)
        else { throw .contactRefused(.addressMissing) }
        transaction.send(delivery, clock: WallClock { [now] in now.unixMicroseconds })
        row.occurrence.state = .sending
        row.occurrence.attempt = attempt
        row.occurrence.tried.append(channel)
        row.occurrence.deliveryID = RecordID(id)
        row.occurrence.begunAt = now
        row.occurrence.changedAt = now
        transaction.enqueue(.updateOccurrence(row.occurrence))
        transaction.enqueue(ReminderJobs.settling(row.occurrence))
        return nil
    }

    /// It is not sent: who wanted that now hears why; otherwise it has its end, and the next time is to come.
    private mutating func refuse(
        _ rule: ContactRule, _ urgency: Urgency, _ transaction: borrowing Transaction, recurs: Bool = true
    ) throws(BillingError) -> Instant? {
        guard urgency == .whenDue else { throw .contactRefused(rule) }
        (row.occurrence.state, row.occurrence.reason, row.occurrence.changedAt) = (.expired, rule, now)
        transaction.enqueue(.updateOccurrence(row.occurrence))
        if recurs { try office.continue(&row, after: now, transaction) }
        return nil
    }

    /// One that failed is tried by all its channels once more.
    mutating func reopen(_ transaction: borrowing Transaction) {
        (row.occurrence.state, row.occurrence.reason, row.occurrence.tried) = (.pending, nil, [])
        (row.occurrence.runAt, row.occurrence.changedAt) = (now, now)
        transaction.enqueue(.updateOccurrence(row.occurrence))
    }
}

extension Office {
    /// The channels by which a customer can be reached from here.
    func reachable(_ customer: CustomerRow?) -> Set<ContactChannel> {
        guard let customer else { return [] }
        var channels: Set<ContactChannel> = []
        if mailbox != nil, (try? MailAddress(customer.email)) != nil { channels.insert(.email) }
        if (try? PhoneNumber(customer.phone)) != nil { channels.formUnion([.sms, .whatsapp]) }
        return channels
    }

    func newUUID() -> UUIDv7 { UUIDv7(unixNanoseconds: clock.unixNanoseconds(), random: clock.random()) }

    /// The next time of a reminder that has come to the end of one, with its job.
    func `continue`(_ row: inout ReminderRow, after now: Instant, _ transaction: borrowing Transaction) throws(BillingError) {
        guard !row.isCancelled, let next = try row.plan(zones).next(after: max(now, row.occurrence.dueAt)) else { return }
        row.occurrence = OccurrenceRow(clock.newID(), of: row.id, dueAt: next, at: now)
        transaction.enqueue(.insertOccurrence(row.occurrence))
        transaction.enqueue(ReminderJobs.sending(row))
    }
}
