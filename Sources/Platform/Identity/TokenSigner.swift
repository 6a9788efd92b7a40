public import Crypto

/// Makes tokens: the development server for its own client, `switchboard token issue` for everyone else.
public struct TokenSigner: Sendable {
    /// A token travels and is decoded with every call: one that is longer than this costs more than it should.
    public static let advisedBytes = Limits.tokenBytesWeMake

    private let key: PrivateKey
    private let header: String

    /// - Parameter keyID: the `kid` under which servers know the public half of `key`.
    public init(key: PrivateKey, keyID: String) {
        self.key = key
        self.header = Self.part("{\"alg\":\"\(key.publicKey.jwsAlgorithm)\",\"kid\":\(JSONText.quoted(keyID))}")
    }

    public init(key: Ed25519PrivateKey, keyID: String) {
        self.init(key: .ed25519(key), keyID: keyID)
    }

    /// A JSON Web Token in compact form (RFC 7515, 7519, 8037), signed with EdDSA or ES256, as the key is.
    ///
    /// It stays short, because it travels and is decoded with every call: `nbf` is left out when it is `iat`, as are empty roles and scopes.
    public func sign(_ claims: TokenClaims) throws(CryptoError) -> String {
        var members = [
            "\"iss\":\(JSONText.quoted(claims.issuer))",
            "\"aud\":\(JSONText.quoted(TokenClaims.audience))",
            "\"sub\":\(JSONText.quoted(claims.subject))",
            "\"tid\":\(JSONText.quoted(claims.tenant))",
        ]
        if !claims.roles.isEmpty { members.append("\"roles\":\(JSONText.array(claims.roles))") }
        if !claims.scopes.isEmpty { members.append("\"scopes\":\(JSONText.array(claims.scopes))") }
        if let actor = Self.actor(claims.actors[...]) { members.append("\"act\":\(actor)") }
        if let grant = claims.grant { members.append("\"gid\":\(JSONText.quoted(grant))") }
        if let issuer = claims.issuedBy {
            members.append("\"iby\":{\"tid\":\(JSONText.quoted(issuer.tenant)),\"sub\":\(JSONText.quoted(issuer.name))}")
        }
        members.append("\"jti\":\(JSONText.quoted(claims.id))")
        members.append("\"iat\":\(claims.issuedAt)")
        if claims.notBefore != claims.issuedAt { members.append("\"nbf\":\(claims.notBefore)") }
        members.append("\"exp\":\(claims.expires)")
        members.append("\"cnf\":{\"x5t#S256\":\"\(Base64URL.encode(claims.certificateDigest))\"}")
        let signed = header + "." + Self.part("{\(members.joined(separator: ","))}")
        return signed + "." + Base64URL.encode(try key.sign(Array(signed.utf8)))
    }

    /// Each holds the one that it acts for.
    private static func actor(_ actors: ArraySlice<String>) -> String? {
        guard let first = actors.first else { return nil }
        let next = actor(actors.dropFirst()).map { ",\"act\":\($0)" } ?? ""
        return "{\"sub\":\(JSONText.quoted(first))\(next)}"
    }

    private static func part(_ json: String) -> String {
        Base64URL.encode(Array(json.utf8))
    }
}
