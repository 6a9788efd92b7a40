public import RPC

/// Who makes a call, as ``RequireToken`` found it. Handlers read it as `call[Caller.self]`.
public struct Caller: Sendable, Hashable, CallKey {
    public typealias Value = Caller

    /// The service that the client certificate names.
    public var service: String
    /// The token's `sub`.
    public var subject: String
    /// The token's `tid`.
    public var tenant: String
    /// Those of the token, and those of its roles.
    public var scopes: Set<String>
    /// The token's `jti`.
    public var tokenID: String
    /// When the token ends, in seconds since 1970.
    public var expires: Int64

    public init(service: String, subject: String, tenant: String, scopes: Set<String>, tokenID: String, expires: Int64) {
        self.service = service
        self.subject = subject
        self.tenant = tenant
        self.scopes = scopes
        self.tokenID = tokenID
        self.expires = expires
    }

    init(_ claims: TokenClaims, service: String) {
        let roles = claims.roles.compactMap(Role.init(rawValue:))
        self.init(
            service: service, subject: claims.subject, tenant: claims.tenant,
            scopes: roles.reduce(into: Set(claims.scopes)) { $0.formUnion($1.scopes) }, tokenID: claims.id, expires: claims.expires)
    }
}

extension ServiceIdentity: CallKey {
    public typealias Value = ServiceIdentity
}
