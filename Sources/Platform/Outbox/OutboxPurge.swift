public import Postgres

extension Database {
    /// Removes events that all consumers have heard and that are more than a day old, some thousands at a time. Gives how many: call again
    /// while it is more than none.
    public func purgeOutbox() async throws(PostgresError) -> Int {
        let count: Int64 = try await batch(Scope.outbox) {
            $0.one(.purgeOutbox(olderThanSeconds: Limits.outboxRetentionSeconds, limit: Limits.outboxPurge))
        }
        return Int(count)
    }
}
