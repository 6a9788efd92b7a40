public import Platform
public import Postgres
public import RPC
public import Senders

/// All services of billing over PostgreSQL.
public struct Billing: Sendable {
    public let services: [any Service]
    /// What is done when nobody calls.
    public let handlers: [JobHandler]

    /// What reflection shows and health names.
    public static let types: [any Service.Type] = [
        Books.self, Catalog.self, Customers.self, Invoicing.self, Payments.self, PlanDesk.self, Reminders.self, Reports.self, Taxation.self,
    ]

    /// - Parameters:
    ///   - database: one whose schema has ``BillingSchema/migrations``.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    ///   - mailbox: whom mails to customers come from; nil where this deployment sends none.
    public init(database: Database, secret: ServerSecret, mailbox: Mailbox? = nil) {
        self.init(Office(database: database, secret: secret, clock: .system, mailbox: mailbox))
    }

    init(_ office: Office) {
        services = [
            Books(office), Catalog(office), Customers(office), Invoicing(office), Payments(office), PlanDesk(office), Reminders(office),
            Reports(office), Taxation(office),
        ]
        handlers = ReminderJobs.handlers(Reminders(office)) + ExpiryJobs.handlers(office)
    }
}
