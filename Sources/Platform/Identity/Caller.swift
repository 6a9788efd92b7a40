public import RPC

/// Who makes a call, as ``RequireToken`` found it. Handlers read it as `call[Caller.self]`. One object for all calls with a token.
public final class Caller: Sendable {
    /// The service that the client certificate names.
    public let service: String
    /// The token's `sub`: in whose name. Of a foreign issuer's token it is `<issuer>#<sub>`: its `ada` is not our `ada`.
    public let subject: String
    /// The token's `act` (RFC 8693 section 4.1): who acts for the subject, then for whom that one acts. Mostly nobody.
    public let actors: [String]
    /// The token's `tid`.
    public let tenant: String
    /// Those of the token and of its roles, as far as its service may exercise them.
    public let scopes: Set<String>
    /// The same, as far as methods want them.
    let scopeBits: UInt64
    /// The token's `iss`.
    public let issuer: String
    /// The `kid` of the key that signed the token.
    public let keyID: String
    /// The token's `jti`.
    public let tokenID: String
    /// When the token was issued, in seconds since 1970.
    public let issuedAt: Int64
    /// When the token ends, in seconds since 1970.
    public let expires: Int64
    /// The token's `iby`: who handed it out by his own token; nil when nobody did.
    public let issuedBy: Revocations.Name?
    /// Who calls, in the log's line of each call.
    let logFields: LogFields
    /// What counts its calls, looked up at the first of them.
    let meters = SetOnce<CallerMeters>()

    public init(
        service: String, subject: String, actors: [String] = [], tenant: String, scopes: Set<String>, issuer: String = "",
        keyID: String = "", tokenID: String,
        issuedAt: Int64 = 0, expires: Int64, issuedBy: Revocations.Name? = nil
    ) {
        self.service = service
        self.subject = subject
        name = "\(service)/\(subject)"
        self.actors = actors
        self.tenant = tenant
        self.scopes = scopes
        scopeBits = ScopeBits.of(scopes)
        self.issuer = issuer
        self.keyID = keyID
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.expires = expires
        self.issuedBy = issuedBy
        logFields = LogFields([
            "tenant": .text(tenant), "service": .text(service), "caller": .text(subject), "actor": .text(actors.first ?? ""),
            "token": .text(tokenID),
        ])
    }

    /// - Parameter allowed: each of these must hold a scope, or it does not count.
    convenience init(_ claims: TokenClaims, key: KeyName? = nil, service: String, within allowed: ScopePatterns...) {
        self.init(
            service: service, subject: claims.subject, actors: claims.actors, tenant: claims.tenant,
            scopes: claims.allScopes.filter { scope in allowed.allSatisfy { $0.contains(scope) } }, issuer: claims.issuer,
            keyID: key?.keyID ?? "",
            tokenID: claims.id,
            issuedAt: claims.issuedAt, expires: claims.expires, issuedBy: claims.issuedBy)
    }

    var key: KeyName { KeyName(issuer: issuer, keyID: keyID) }

    /// Who acts for the subject, if it does not act itself.
    public var actor: String? { actors.first }

    /// `voice/ada`: by which service, in whose name; it names both where one acts for the other. Audit rows and keys carry it.
    public let name: String
}

extension Caller: Equatable {
    public static func == (one: Caller, other: Caller) -> Bool {
        one === other
            || one.service == other.service && one.subject == other.subject && one.actors == other.actors && one.tenant == other.tenant
                && one.scopes == other.scopes && one.issuer == other.issuer && one.keyID == other.keyID && one.tokenID == other.tokenID
                && one.issuedAt == other.issuedAt && one.expires == other.expires
                && one.issuedBy == other.issuedBy
    }
}

extension Call {
    /// Who makes the call, by the token that came last (``renew(token:)``); nil where no token is asked for. Cheaper than a value under a key,
    /// since nearly every call has one.
    public subscript(_ key: Caller.Type) -> Caller? {
        get {
            guard let caller = principal as? Caller else { return nil }
            // What was renewed is a stream.
            guard let method, method.kind != .unary else { return caller }
            return self[AuthenticatedStream.self]?.caller ?? caller
        }
        set { principal = newValue }
    }
}

extension ServiceIdentity: CallKey {
    public typealias Value = ServiceIdentity
}
