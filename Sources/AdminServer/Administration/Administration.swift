public import AdminAPI
internal import Crypto
public import Platform
public import Postgres
internal import RPC

/// The service for those who run the platform. Its methods are extensions, by what they are about.
public struct Administration: AdminService {
    let database: Database
    let issuer: TokenIssuer
    let services: ServiceDirectory
    let quotas: QuotaLeases
    let server: (any ServerControl)?
    let pageKey: HMACSHA256

    /// - Parameters:
    ///   - database: one whose schema has ``Platform/PlatformSchema/migrations``.
    ///   - services: those that the configuration names.
    ///   - quotas: those that this server's calls are judged by.
    ///   - server: the one that serves it. Without it the methods about that are UNIMPLEMENTED, as in a test of the others.
    ///   - secret: the same on all servers that serve the same callers: a page token of one opens at another.
    public init(
        database: Database, issuer: TokenIssuer, services: ServiceDirectory, quotas: QuotaLeases,
        server: (any ServerControl)? = nil, secret: ServerSecret
    ) {
        self.database = database
        self.issuer = issuer
        self.services = services
        self.quotas = quotas
        self.server = server
        pageKey = HMACSHA256(key: secret.key(for: "switchboard.admin.v1 page token 1"))
    }

    /// The scope of a call in a tenant that its request names: the caller's own, or any for those who look after tenants.
    func scope(in tenant: String, _ call: Call) throws -> Scope {
        var scope = Scope(call)
        guard let caller = call[Caller.self], caller.tenant == tenant || caller.scopes.contains("admin:tenants") else {
            throw AdminError.otherTenant(name: tenant)
        }
        scope.tenant = tenant
        return scope
    }
}
