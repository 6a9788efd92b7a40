public import AdminAPI
internal import Crypto
internal import Net
public import Platform
public import Postgres
internal import RPC

/// The job service over PostgreSQL: the jobs of the caller's tenant.
public struct JobAdministration: JobService {
    let database: Database
    let pageKey: HMACSHA256

    /// - Parameters:
    ///   - database: one whose schema has ``Platform/PlatformSchema/migrations``.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    public init(database: Database, secret: ServerSecret) {
        self.database = database
        pageKey = HMACSHA256(key: secret.key(for: "switchboard.admin.v1 page token 1"))
    }
}
