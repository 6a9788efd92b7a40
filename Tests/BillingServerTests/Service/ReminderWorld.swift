import BillingAPI
import Crypto
import Net
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Senders
import StandardTypes
import Synchronization
import TestSupport

@testable import BillingServer

/// Billing where it is always ten o'clock in Kolkata, on Wednesday, 1 October 2025, and mail comes from a shop. What jobs do is done at
/// times
/// that a test names.
enum ReminderWorld {
    static let now = time("2025-10-01T10:00")

    private static let start = Task {
        try await BillingWorld(TestCluster.shared(), clock: clock(at: now), mailbox: Mailbox(name: "Shop", MailAddress("shop@example.com")))
    }

    static func shared() async throws -> BillingWorld { try await start.value }

    static func clock(at time: Instant) -> BillingClock {
        BillingClock(unixNanoseconds: { time.unixMicroseconds * 1_000 }, random: BillingClock.system.random)
    }

    /// On a clock in a zone.
    static func time(_ text: String, in zone: String = "Asia/Kolkata") -> Instant {
        guard let hour = Int(text.dropFirst(11).prefix(2)), let minute = Int(text.suffix(2)),
            let moment = CivilMoment(CivilDate(known: String(text.prefix(10))), hour: hour, minute: minute),
            let history = try? ZoneHistory(zone)
        else { fatalError("\(text) is no moment") }
        return LocalClock(zone: history).instant(of: moment)
    }

    static func gate(
        _ preferences: ContactTerms = .usual, in zone: String = "Asia/Kolkata", after contacts: [String] = []
    ) throws -> ContactGate {
        ContactGate(
            preferences: preferences, clock: LocalClock(zone: try ZoneHistory(zone)), contacts: contacts.map { time($0, in: zone) })
    }
}

extension BillingTenant {
    var reminders: ReminderServiceClient { ReminderServiceClient(world.channel) }

    /// What jobs do for this tenant, at a time.
    func jobs(at time: String) -> Reminders {
        Reminders(
            Office(
                database: world.connections, secret: secret, clock: ReminderWorld.clock(at: ReminderWorld.time(time)),
                mailbox: world.office.mailbox))
    }

    private var secret: ServerSecret {
        guard let secret = ServerSecret(Array(0..<32)) else { fatalError("no secret") }
        return secret
    }

    var jobScope: Scope { Scope(tenant: name, caller: "jobs/test", requestID: "test", deadline: .now() + .seconds(300)) }

    /// Somebody who buys.
    func debtor(name: String = "Ramesh", email: String = "ramesh@example.com", phone: String = "") async throws -> String {
        let id = RecordID(UUIDv7Generator.system.next())
        try await world.administration.batch(scope) { batch in
            batch.enqueue(
                """
                INSERT INTO customer (tenant_id, id, name, phone, email, kind, created_at, updated_at)
                VALUES (current_tenant(), \(id), \(name), \(phone), \(email), 'unregistered', now(), now())
                """)
        }
        return id.description
    }

    /// One of 500 rupees, issued.
    func bill(of customer: String, number: String, issued: String = "2025-09-01", due: String) async throws -> String {
        let id = RecordID(UUIDv7Generator.system.next())
        try await world.administration.batch(scope) { batch in
            batch.enqueue(
                """
                INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, source, set_by, set_at)
                VALUES (current_tenant(), '1006', '2017-07-01', 'exempt', 0, 'test', 'ada', now()) ON CONFLICT DO NOTHING
                """)
            batch.enqueue(
                """
                INSERT INTO invoice (
                    tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, supplied_on, due_on, buyer_kind,
                    nature,
                    currency, gross, discount, taxable, cgst, sgst, igst, cess, round_off, payable, line_count, created_at, updated_at,
                    issued_at, issued_by
                )
                SELECT current_tenant(), \(id), 'issued', \(RecordID(customer)), 'INV', 2025, count(*) + 1, \(number), \(CivilDate(issued)),
                    \(CivilDate(issued)), \(CivilDate(due)), 'unregistered', 'intra_state', 'INR', 50000, 0, 50000, 0, 0, 0, 0, 0, 50000, 1,
                    now(), now(), now(), 'ada'
                FROM invoice WHERE tenant_id = current_tenant()
                """)
            batch.enqueue(
                """
                INSERT INTO invoice_line (
                    tenant_id, invoice_id, number, description, hsn, unit, quantity, unit_price, is_inclusive, gross, discount,
                    bill_discount,
                    taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess
                )
                SELECT current_tenant(), \(id), 1, 'Rice', '1006', 'kg', 1000, 50000, false, 50000, 0, 0, 50000, id, 'exempt', 0, 0, 0, 0,
                0, 0
                FROM tax_rate WHERE tenant_id = current_tenant() AND hsn_prefix = '1006'
                """)
        }
        return id.description
    }

    func payBill(_ invoice: String, on day: String) async throws {
        try await world.administration.batch(scope) { batch in
            batch.enqueue(
                """
                UPDATE invoice SET status = 'paid', paid = payable, version = version + 1, updated_at = \(ReminderWorld.time("\(day)T12:00"))
                WHERE tenant_id = current_tenant() AND id = \(RecordID(invoice))
                """)
        }
    }

    /// By mail, at a time in Kolkata, unless it is changed.
    func remind(
        _ customer: String, at time: String = "2025-10-02T10:00", key: String = newKey(),
        _ change: (inout CreateReminderRequest) -> Void = { _ in }
    ) async throws -> BillingAPI.Reminder {
        var request = CreateReminderRequest.with {
            $0.customerID = customer
            $0.kind = .followUp
            $0.channels = [.email]
            $0.schedule = .with { $0.when = .at(ReminderWorld.time(time).timestamp) }
        }
        change(&request)
        return try await reminders.createReminder(request, options(key: key))
    }

    func reminder(_ id: String) async throws -> BillingAPI.Reminder {
        try await reminders.getReminder(.with { $0.id = id }, options())
    }

    @discardableResult
    func prefer(_ customer: String, etag: String = "*", _ change: (inout BillingAPI.ContactPreferences) -> Void) async throws
        -> BillingAPI.ContactPreferences
    {
        try await reminders.setContactPreferences(
            .with {
                $0.etag = etag
                var preferences = BillingAPI.ContactPreferences()
                preferences.customerID = customer
                preferences.channels = [.email]
                change(&preferences)
                $0.preferences = preferences
            }, options())
    }

    /// The worker's part at a time: what is due is handed over.
    @discardableResult
    func sendDue(_ reminder: BillingAPI.Reminder, at time: String) async throws -> Swift.Duration? {
        try await jobs(at: time).sendDue(try recordID(reminder.id), jobScope)
    }

    /// The worker's second part: what became of the present time.
    @discardableResult
    func settleDue(_ reminder: BillingAPI.Reminder, at time: String) async throws -> Swift.Duration? {
        let occurrence: RecordID = try await world.administration.batch(scope) {
            $0.one(
                """
                SELECT id FROM reminder_occurrence WHERE tenant_id = current_tenant() AND reminder_id = \(RecordID(reminder.id))
                    AND state IN ('sending', 'unknown') ORDER BY due_at DESC LIMIT 1
                """)
        }
        return try await jobs(at: time).settle(occurrence, jobScope)
    }

    /// What a provider has said of the one message that is under way.
    func answer(_ reminder: BillingAPI.Reminder, _ state: String) async throws {
        let id = try await self.reminder(reminder.id).deliveryID
        try await world.administration.batch(scope) { batch in
            batch.enqueue(
                """
                UPDATE delivery SET state = \(state), attempt = attempt + 1, changed_at = now()
                WHERE tenant_id = current_tenant() AND id = \(RecordID(id))
                """)
        }
    }

    func recordID(_ text: String) throws -> RecordID {
        guard let id = RecordID(text) else { throw ProgramFailure("\(text) is no id") }
        return id
    }

    func deliveryCount() async throws -> Int { try await count("SELECT count(*) FROM delivery WHERE tenant_id = current_tenant()") }
}

extension Timestamp {
    /// On a clock in Kolkata.
    func local(_ zone: String = "Asia/Kolkata") -> String {
        guard let instant = Instant(self), let history = try? ZoneHistory(zone) else { return "" }
        return (try? LocalClock(zone: history).moment(at: instant))?.description ?? ""
    }
}
