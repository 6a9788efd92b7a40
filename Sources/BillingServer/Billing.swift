public import Platform
public import Postgres
public import RPC

/// All services of billing over PostgreSQL.
public struct Billing: Sendable {
    public let services: [any Service]

    /// What reflection shows and health names.
    public static let types: [any Service.Type] = [Customers.self, Taxation.self]

    /// - Parameters:
    ///   - database: one whose schema has ``BillingSchema/migrations``.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    public init(database: Database, secret: ServerSecret) {
        self.init(Office(database: database, secret: secret, clock: .system))
    }

    init(_ office: Office) {
        services = [Customers(office), Taxation(office)]
    }
}
