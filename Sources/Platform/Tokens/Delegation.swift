internal import Crypto

/// What a token that is asked for may say: in whose name, who acts, where, what it allows, until when. Pure: the rules of RFC 8693 as this
/// platform has them.
///
/// No token allows more than the one it comes from, or lives longer; nobody gets one for another's work who may not act for others.
public struct Delegation: Sendable, Equatable {
    /// In whose name (`sub`).
    public var subject: String
    /// Who acts (`act`), the last first; empty when the subject itself does.
    public var actors: [String]
    public var tenant: String
    public var scopes: Set<String>
    /// Of a grant: the roles of the token that it comes of.
    public var roles: Set<String> = []
    /// Those of `scopes` that nothing but these roles gave.
    public var roleScopes: Set<String> = []
    /// Seconds since 1970.
    public var expires: Int64
    /// The token that it comes of; nil when it comes of none.
    public var source: Source?
    /// The grant that it comes of, as `gid` has it.
    public var grant: String?
    /// Who handed it, or what it comes of, out by his own token.
    public var issuedBy: Revocations.Name?

    public init(
        subject: String, actors: [String] = [], tenant: String, scopes: Set<String>, expires: Int64, source: Source? = nil,
        grant: String? = nil, issuedBy: Revocations.Name? = nil
    ) {
        self.subject = subject
        self.actors = actors
        self.tenant = tenant
        self.scopes = scopes
        self.expires = expires
        self.source = source
        self.grant = grant
        self.issuedBy = issuedBy
    }

    /// A token by which another one, or a grant, is made: what it takes to ask the database whether it was revoked by now.
    public struct Source: Sendable, Equatable {
        public var tenant: String
        /// Its `jti`.
        public var tokenID: String
        /// Whom it names: its subject and who acts.
        public var names: [String]
        /// Seconds since 1970.
        public var issuedAt: Int64

        /// A caller's token.
        public init(_ caller: Caller) {
            tenant = caller.tenant
            tokenID = caller.tokenID
            names = [caller.subject] + caller.actors
            issuedAt = caller.issuedAt
        }

        init(_ claims: TokenClaims) {
            tenant = claims.tenant
            tokenID = claims.id
            names = [claims.subject] + claims.actors
            issuedAt = claims.issuedAt
        }
    }

    /// What is asked for.
    public struct Wish: Sendable, Equatable {
        /// Empty: whatever the subject says.
        public var tenant: String
        /// Empty: all that may be had.
        public var scopes: Set<String>
        /// Nil: as long as a token may live.
        public var lifetimeSeconds: Int64?

        public init(tenant: String = "", scopes: Set<String> = [], lifetimeSeconds: Int64? = nil) {
            self.tenant = tenant
            self.scopes = scopes
            self.lifetimeSeconds = lifetimeSeconds
        }
    }

    /// A service's own token.
    ///
    /// - Parameter declared: all scopes that some method asks for: what "everything" stands for.
    static func own(_ service: ServiceRights, _ wish: Wish, declared: Set<String>, now: Int64) throws(TokenRefusal) -> Delegation {
        guard service.mayActIn(wish.tenant) else { throw .tenantNotAllowed(service: service.name, tenant: wish.tenant) }
        return Delegation(
            subject: service.name, tenant: wish.tenant,
            scopes: try allowed(
                service.allowed(among: service.mayActInAll ? declared : declared.subtracting(Scopes.platform)), wish.scopes,
                by: service.name),
            expires: now + lifetime(wish))
    }

    /// A service's token for the work of a token's subject. Whoever acted before stays named.
    static func of(_ subject: TokenClaims, by service: ServiceRights, _ wish: Wish, now: Int64) throws(TokenRefusal) -> Delegation {
        guard wish.tenant.isEmpty || wish.tenant == subject.tenant else {
            throw .tenantNotAllowed(service: service.name, tenant: wish.tenant)
        }
        return Delegation(
            subject: subject.subject, actors: try actors(service, for: subject.subject, behind: subject.actors), tenant: subject.tenant,
            scopes: try allowed(service.allowed(among: subject.allScopes), wish.scopes, by: service.name),
            expires: min(now + lifetime(wish), subject.expires), source: Source(subject), grant: subject.grant, issuedBy: subject.issuedBy)
    }

    /// A service's token under a grant that it holds.
    static func of(_ grant: Grant, by service: ServiceRights, _ wish: Wish, now: Int64) throws(TokenRefusal) -> Delegation {
        guard grant.service == service.name, grant.tenant == wish.tenant else { throw .grantNotFound }
        guard service.mayActForOthers else { throw .exchangeNotAllowed(service: service.name) }
        return Delegation(
            subject: grant.subject, actors: grant.actors, tenant: grant.tenant,
            scopes: try allowed(service.allowed(among: grant.currentScopes()), wish.scopes, by: service.name),
            expires: min(now + lifetime(wish), grant.expires), grant: Base64URL.encode(grant.id.bytes), issuedBy: grant.issuedBy)
    }

    /// A service that had acted already does not act for itself; a user's own service does.
    private static func actors(
        _ service: ServiceRights, for subject: String, behind former: [String]
    ) throws(TokenRefusal) -> [String] {
        if former.isEmpty, subject == service.name { return [] }
        guard service.mayActForOthers else { throw .exchangeNotAllowed(service: service.name) }
        if former.first == service.name { return former }
        guard former.count < Limits.delegationDepth else { throw .tooDeep }
        return [service.name] + former
    }

    /// - Throws: when nothing remains; what was asked for in vain is named.
    private static func allowed(_ have: Set<String>, _ wanted: Set<String>, by service: String) throws(TokenRefusal) -> Set<String> {
        let scopes = wanted.isEmpty ? have : have.intersection(wanted)
        guard !scopes.isEmpty else { throw .nothingAllowed(service: service, wanted: wanted.sorted()) }
        return scopes
    }

    private static func lifetime(_ wish: Wish) -> Int64 {
        min(max(1, wish.lifetimeSeconds ?? .max), Limits.tokenLifetimeSeconds)
    }
}
