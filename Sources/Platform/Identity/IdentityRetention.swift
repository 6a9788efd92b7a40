public import Postgres

/// What is known of tokens and of those who had some, and is of no use any longer. Each purge gives how many rows it has removed.
public enum IdentityRetention {
    /// The rows of revoked tokens that ended more than an hour ago, and that no grant came of.
    public static func purgeRevokedTokens(_ database: Database) async throws(PostgresError) -> Int64 {
        try await purge(.purgeRevokedTokens(limit: Limits.identityRowsPerPurge), database)
    }

    /// Principals that had no token for half a year.
    public static func purgePrincipals(_ database: Database) async throws(PostgresError) -> Int64 {
        try await purge(
            .purgePrincipals(endedSecondsAgo: Limits.principalSeconds, limit: Limits.identityRowsPerPurge), database)
    }

    /// Subjects' epochs that are older than every token and every grant.
    public static func purgeSubjectEpochs(_ database: Database) async throws(PostgresError) -> Int64 {
        try await purge(
            .purgeSubjectEpochs(keptSeconds: Limits.subjectEpochSeconds, limit: Limits.identityRowsPerPurge), database)
    }

    /// Some at a time, so that each transaction is short.
    private static func purge(_ statement: SQL, _ database: Database) async throws(PostgresError) -> Int64 {
        var sum: Int64 = 0
        while true {
            let count: Int64 = try await database.batch(Scope(tenant: nil, caller: "platform/purge", requestID: "purge")) {
                $0.one(statement)
            }
            sum += count
            guard count == Limits.identityRowsPerPurge, !Task.isCancelled else { return sum }
        }
    }
}

extension SQL {
    static func purgeRevokedTokens(limit: Int64) -> SQL {
        "SELECT revoked_token_purge(\(limit))"
    }

    static func purgePrincipals(endedSecondsAgo seconds: Int64, limit: Int64) -> SQL {
        "SELECT principal_purge(\(seconds), \(limit))"
    }

    static func purgeSubjectEpochs(keptSeconds seconds: Int64, limit: Int64) -> SQL {
        "SELECT subject_epoch_purge(\(seconds), \(limit))"
    }
}
