public import Crypto
public import Postgres
internal import RPC

/// Where services get their tokens: who asks is known by a client certificate, what it may have by the configuration.
public struct TokenDesk: Sendable {
    public let issuer: TokenIssuer
    private let trust: Trust
    private let services: ServiceDirectory
    private let declared: Set<String>

    /// - Parameters:
    ///   - trust: what the tokens that are handed over are checked by.
    ///   - services: what the configuration lets each ask for.
    ///   - declared: all scopes that there are: what `*` stands for.
    public init(_ issuer: TokenIssuer, _ trust: Trust, services: ServiceDirectory, declared: Set<String>) {
        self.issuer = issuer
        self.trust = trust
        self.services = services
        self.declared = declared
    }

    /// In whose name a service asks.
    public enum Subject: Sendable {
        case itself
        case token(String)
        case grant(UUIDv7)
    }

    /// - Parameter certificateDigest: of the certificate that the service called with.
    public func exchange(
        _ subject: Subject, _ wish: Delegation.Wish, by service: String, certificateDigest: [UInt8], _ scope: Scope
    ) async throws -> IssuedToken {
        let rights = try rights(of: service)
        let now = issuer.now()
        let delegation: Delegation =
            switch subject {
            case .itself: try Delegation.own(rights, wish, declared: declared, now: now)
            case .token(let token): try Delegation.of(try trust.subject(of: token, now: now).claims, by: rights, wish, now: now)
            case .grant(let id): try Delegation.of(try await grant(id, wish.tenant, scope), by: rights, wish, now: now)
            }
        return try await issuer.issue(delegation, boundTo: certificateDigest, scope)
    }

    /// - Parameter lifetimeSeconds: of the grant; nil: a day.
    public func grant(
        _ token: String, scopes: Set<String>, lifetimeSeconds: Int64?, by service: String, _ scope: Scope
    ) async throws -> Grant {
        let rights = try rights(of: service)
        let now = issuer.now()
        let source = try trust.subject(of: token, now: now)
        guard source.claims.grant == nil else { throw TokenRefusal.grantOfGrant }
        var delegation = try Delegation.of(source.claims, by: rights, Delegation.Wish(scopes: scopes), now: now)
        delegation.roles = source.roles
        delegation.roleScopes = source.roleScopes.intersection(delegation.scopes)
        delegation.expires = now + min(max(1, lifetimeSeconds ?? Limits.grantLifetimeDefaultSeconds), Limits.grantLifetimeSeconds)
        return try await issuer.keep(delegation, scope)
    }

    private func rights(of service: String) throws(TokenRefusal) -> ServiceRights {
        guard let known = services.rights(of: service) else { throw .serviceUnknown(service: service) }
        return known
    }

    private func grant(_ id: UUIDv7, _ tenant: String, _ scope: Scope) async throws -> Grant {
        guard let grant = try await issuer.liveGrant(id, tenant: tenant, scope) else { throw TokenRefusal.grantNotFound }
        return grant
    }
}
