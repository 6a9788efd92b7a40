public import Postgres

extension Deliveries {
    /// Removes messages of all tenants that nothing has happened to for 30 days, some thousands in each of its short transactions: names of
    /// messages are free again then. Gives how many.
    public static func purge(_ database: Database) async throws(PostgresError) -> Int {
        try await database.purge(by: "SELECT delivery_purge(\(Limits.rowsPerPurge))")
    }
}

extension OneTimePasswords {
    /// Removes codes that have been over for a day, of all tenants, and what was noted of requests. Gives how many of both.
    public static func purge(_ database: Database) async throws(PostgresError) -> Int {
        try await database.purge(by: "SELECT one_time_password_purge(\(Limits.rowsPerPurge))")
    }
}

extension Database {
    /// Until a round is not full any more.
    fileprivate func purge(by statement: SQL) async throws(PostgresError) -> Int {
        var sum = 0
        while true {
            let count: Int = try await batch(Scope(tenant: nil, caller: "senders/purge", requestID: "purge")) { $0.one(statement) }
            sum += count
            guard count >= Limits.rowsPerPurge, !Task.isCancelled else { return sum }
        }
    }
}
