internal import Crypto
public import Platform
public import Postgres
internal import Senders

/// The delivery service over PostgreSQL: the messages of the caller's tenant. It sends nothing itself.
public struct DeliveryAdministration: Sendable {
    let deliveries: Deliveries
    let pageKey: HMACSHA256

    /// - Parameters:
    ///   - database: one whose schema has ``Platform/PlatformSchema/migrations`` and ``Senders/SendersSchema/migrations``.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    public init(database: Database, secret: ServerSecret) {
        deliveries = Deliveries(database, ChannelSenders())
        pageKey = HMACSHA256(key: secret.key(for: "switchboard.admin.v1 page token 1"))
    }
}
