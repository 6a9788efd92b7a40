public import AdminAPI
internal import Crypto
internal import Net
internal import Platform
internal import Postgres
public import RPC
public import StandardTypes

extension Administration {
    public func issueToken(_ request: IssueTokenRequest, _ call: Call) async throws -> IssueTokenReply {
        let scopes = Scopes.named(request.scopes, roles: request.roles)
        guard !scopes.isEmpty else {
            throw AdminError.invalid(field: "scopes", "Name scopes, or roles that stand for some: a token without any is of no use.")
        }
        let foreign = scopes.subtracting(call[Caller.self]?.scopes ?? [])
        guard foreign.isEmpty else { throw TokenRefusal.notOwnScopes(foreign.sorted()) }
        // Nobody prolongs his own way in by a chain of tokens: one that was handed out hands out none, and ends with who did.
        guard let caller = call[Caller.self], caller.actors.isEmpty, caller.issuedBy == nil else { throw TokenRefusal.handedOn }
        let token = try await issuer.issue(
            Delegation(
                subject: request.subject, tenant: request.tenant, scopes: scopes,
                expires: issuer.expiry(lifetimeSeconds: request.lifetime?.seconds), source: Delegation.Source(caller),
                issuedBy: Revocations.Name(tenant: caller.tenant, name: caller.subject)),
            boundTo: request.certificateSha256, try scope(in: request.tenant, call))
        var reply = IssueTokenReply()
        reply.token = token.text
        reply.tokenID = token.claims.id
        reply.expiresAt = Timestamp(seconds: token.claims.expires)
        return reply
    }

    public func revokeToken(_ request: RevokeTokenRequest, _ call: Call) async throws -> Empty {
        let revocation: Revocation
        switch request.target {
        case .token(let name):
            _ = try scope(in: name.tenant, call)
            revocation = .token(tenant: name.tenant, id: name.tokenID)
        case .subject(let subject):
            _ = try scope(in: subject.tenant, call)
            if let time = subject.issuedBefore, time.seconds > issuer.currentTime + Limits.clockSkewSeconds {
                throw AdminError.invalid(
                    field: "subject.issued_before", "It is in the future: it would end tokens that nobody has yet. Leave it out for now.")
            }
            revocation = .subject(tenant: subject.tenant, subject.subject, issuedBefore: subject.issuedBefore?.seconds)
        case .keyID(let id):
            guard call[Caller.self]?.scopes.contains("admin:keys") == true else { throw TokenRefusal.notOwnScopes(["admin:keys"]) }
            revocation = .key(id: id)
        case .grant(let name):
            _ = try scope(in: name.tenant, call)
            guard let id = UUIDv7(name.grantID) else { throw AdminError.grantNotFound(id: name.grantID) }
            revocation = .grant(tenant: name.tenant, id)
        case nil: throw AdminError.invalid(field: "target", "Say which tokens.")
        }
        guard try await issuer.revoke(revocation, reason: request.reason, Scope(call)) else {
            switch revocation {
            case .key(let id): throw AdminError.signingKeyNotFound(id: id)
            case .grant(_, let id): throw AdminError.grantNotFound(id: id.description)
            case .token, .subject: return Empty()
            }
        }
        return Empty()
    }

    public func rotateSigningKey(_ request: RotateSigningKeyRequest, _ call: Call) async throws -> AdminAPI.SigningKey {
        let idempotencyKey = try IdempotencyKey(call)
        let rotation = try issuer.rotation(retiringOthers: request.retireOthers)
        var reply = AdminAPI.SigningKey()
        reply.id = rotation.key.id
        reply.algorithm = "EdDSA"
        reply.publicKey = rotation.key.publicKey
        reply.createdAt = Timestamp(seconds: rotation.key.created)
        reply.signsFrom = Timestamp(seconds: rotation.key.signsFrom)
        return try await database.once(idempotencyKey, request: request, reply: reply, call) { $0.enqueue(rotation) }
    }
}
