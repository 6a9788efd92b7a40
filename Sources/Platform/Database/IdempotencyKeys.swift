public import Postgres

/// The keys of all tenants, as a whole.
public enum IdempotencyKeys {
    /// Removes keys that are more than a day old, some thousands in each of its short transactions. Gives how many.
    public static func purgeExpired(_ database: Database) async throws(PostgresError) -> Int {
        var sum = 0
        while true {
            let count: Int = try await database.batch(Scope(tenant: nil, caller: "platform/purge", requestID: "purge")) {
                $0.one(.purgeKeys(limit: Limits.idempotencyPurge))
            }
            sum += count
            guard count == Limits.idempotencyPurge, !Task.isCancelled else { return sum }
        }
    }
}
