public import AdminAPI
internal import Crypto
internal import Net
public import Platform
internal import Protobuf
public import RPC
internal import StandardTypes

/// The token service: who calls is known by the client certificate alone.
public struct Tokens: TokenService {
    private let desk: TokenDesk

    /// - Parameter desk: its database has ``Platform/PlatformSchema/migrations``.
    public init(_ desk: TokenDesk) {
        self.desk = desk
    }

    public func exchange(_ request: ExchangeRequest, _ call: Call) async throws -> ExchangeReply {
        let asking = try ClientService(call)
        let subject: TokenDesk.Subject =
            switch request.subject {
            case nil: .itself
            case .subjectToken(let token): .token(token)
            case .grantID(let id): .grant(try Self.grant(id))
            }
        let wish = Delegation.Wish(
            tenant: request.tenant, scopes: Set(request.scopes), lifetimeSeconds: request.lifetime?.seconds)
        let token = try await desk.exchange(
            subject, wish, by: asking.name, certificateDigest: asking.certificateDigest, asking.scope)
        var reply = ExchangeReply()
        reply.token = token.text
        reply.expiresAt = Timestamp(seconds: token.claims.expires)
        reply.lifetime = StandardTypes.Duration()
        reply.lifetime?.seconds = token.lifetimeSeconds
        reply.scopes = token.scopes.sorted()
        reply.subject = token.claims.subject
        reply.actors = token.claims.actors
        reply.tenant = token.claims.tenant
        return reply
    }

    public func createGrant(_ request: CreateGrantRequest, _ call: Call) async throws -> AdminAPI.Grant {
        let asking = try ClientService(call)
        return AdminAPI.Grant(
            try await desk.grant(
                request.subjectToken, scopes: Set(request.scopes), lifetimeSeconds: request.lifetime?.seconds, by: asking.name,
                asking.scope))
    }

    public func revokeGrant(_ request: RevokeGrantRequest, _ call: Call) async throws -> AdminAPI.Grant {
        let asking = try ClientService(call)
        let revoked = try await desk.issuer.revokeGrant(
            try Self.grant(request.grantID), tenant: request.tenant, of: asking.name, asking.scope)
        guard let revoked else { throw TokenRefusal.grantNotFound }
        return AdminAPI.Grant(revoked)
    }

    /// Ours are of version 7: of another UUID there is no grant.
    private static func grant(_ text: String) throws(TokenRefusal) -> UUIDv7 {
        guard let id = UUIDv7(text) else { throw .grantNotFound }
        return id
    }
}

extension AdminAPI.Grant {
    fileprivate init(_ grant: Platform.Grant) {
        self.init()
        id = grant.id.description
        tenant = grant.tenant
        subject = grant.subject
        service = grant.service
        scopes = grant.scopes.sorted()
        createdAt = Timestamp(seconds: grant.created)
        expiresAt = Timestamp(seconds: grant.expires)
        revokedAt = grant.revoked.map { Timestamp(seconds: $0) }
    }
}

extension Timestamp {
    init(seconds: Int64) {
        self.init()
        self.seconds = seconds
    }
}
