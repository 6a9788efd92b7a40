internal import RPC

/// What a token says, once it has been verified.
public struct TokenClaims: Sendable, Equatable {
    /// `iss`: who made it.
    public var issuer: String
    /// `sub`: whom it names. Of a foreign issuer's token, once it is verified, with the issuer's name before it: `elsewhere#ada`.
    public var subject: String
    /// `act` (RFC 8693 section 4.1): who acts for the subject, then for whom that one acts.
    public var actors: [String]
    /// `tid`: the tenant whose data it opens.
    public var tenant: String
    /// `roles`: what the policy widens to scopes.
    public var roles: [String]
    /// `scopes`: what it allows, such as `lead:read`.
    public var scopes: [String]
    /// `jti`: its own name, for revocation and the audit trail.
    public var id: String
    /// `iat`, seconds since 1970.
    public var issuedAt: Int64
    /// `nbf`, seconds since 1970; left out of a token when it is `iat`.
    public var notBefore: Int64
    /// `exp`, seconds since 1970.
    public var expires: Int64
    /// `cnf.x5t#S256` (RFC 8705): SHA-256 of the client certificate in DER that alone may use it.
    public var certificateDigest: [UInt8]
    /// `gid`: the grant that it comes of. A token with one makes no other grant, or no grant would ever end.
    public var grant: String?
    /// `iby`: who handed it out by his own token. It ends when he is logged out.
    public var issuedBy: Revocations.Name?

    /// `aud` of every token for us.
    public static let audience = "switchboard"

    public init(
        issuer: String, subject: String, actors: [String] = [], tenant: String, roles: [String] = [], scopes: [String] = [], id: String,
        issuedAt: Int64, notBefore: Int64? = nil, expires: Int64, certificateDigest: [UInt8],
        grant: String? = nil, issuedBy: Revocations.Name? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.actors = actors
        self.tenant = tenant
        self.roles = roles
        self.scopes = scopes
        self.id = id
        self.issuedAt = issuedAt
        self.notBefore = notBefore ?? issuedAt
        self.expires = expires
        self.certificateDigest = certificateDigest
        self.grant = grant
        self.issuedBy = issuedBy
    }
}

extension TokenClaims {
    /// Those that it names, and those of its roles.
    var allScopes: Set<String> { Scopes.named(scopes, roles: roles) }
}

/// Why a token is refused. Each has a reason of its own, so that its owner knows what to mend.
public enum TokenError: Error, Equatable, Sendable {
    /// It does not have the form that RFC 7519 and we demand.
    case malformed(String)
    /// No key of ours bears its `kid`.
    case unknownKey
    /// The signature is not that key's.
    case badSignature
    /// It was made by or for somebody else.
    case wrongIssuer
    case wrongAudience
    case expired
    case notYetValid
    /// It lives longer than any token may.
    case livesTooLong
    /// It is bound to another client certificate than the one that the call came with.
    case boundToAnotherCertificate
    /// Its issuer does not speak for the tenant that it names.
    case tenantNotOfIssuer
    /// It, all of its subject's, or its key was revoked.
    case revoked
    case tenantSuspended

    /// The `reason` of the `google.rpc.ErrorInfo` that the caller gets.
    public var reason: ErrorReason {
        switch self {
        case .malformed: .tokenMalformed
        case .unknownKey: .tokenKeyUnknown
        case .badSignature: .tokenSignatureInvalid
        case .wrongIssuer: .tokenIssuerUnknown
        case .wrongAudience: .tokenAudienceMismatch
        case .expired: .tokenExpired
        case .notYetValid: .tokenNotYetValid
        case .livesTooLong: .tokenLifetimeTooLong
        case .boundToAnotherCertificate: .tokenBindingMismatch
        case .tenantNotOfIssuer: .tokenTenantUntrusted
        case .revoked: .tokenRevoked
        case .tenantSuspended: .tenantSuspended
        }
    }

    /// The sentence that the caller gets.
    public var sentence: String {
        switch self {
        case .malformed(let what): "The token is malformed: \(what)."
        case .unknownKey: "The token is signed with a key that this server does not know: get a new one."
        case .badSignature: "The token's signature is not valid."
        case .wrongIssuer: "The token comes from an issuer that this server does not trust."
        case .wrongAudience: "The token is not meant for \(TokenClaims.audience)."
        case .expired: "The token has expired: get a new one."
        case .notYetValid: "The token is not valid yet: compare this machine's clock with the issuer's."
        case .livesTooLong: "The token lives longer than \(Limits.tokenLifetimeSeconds / 60) minutes: get a shorter one."
        case .boundToAnotherCertificate:
            "The token is bound to another client certificate: call with the certificate that it was issued for."
        case .tenantNotOfIssuer: "The token's issuer does not speak for the tenant that it names."
        case .revoked: "The token was revoked: sign in again."
        case .tenantSuspended: "The tenant is suspended: ask who looks after this deployment."
        }
    }
}

extension TokenError {
    var status: RPCError { RPCError(reason: reason, sentence) }
}
