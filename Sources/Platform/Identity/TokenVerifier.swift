public import Crypto

/// Turns the text of a token into claims that may be believed, or says why not. Pure: the caller brings the time.
///
/// The algorithm is the key's, never the header's: a header that names another one (`none`, a MAC over the public key, …) is refused
/// before any signature is looked at, and the header's own ideas of keys (`jku`, `jwk`, `x5u`, `x5c`) are ignored.
public struct TokenVerifier: Sendable {
    private let keys: TrustedKeys

    /// What a token proves.
    struct Verified {
        var claims: TokenClaims
        var key: KeyName
        var publicKey: PublicKey
        /// How far its issuer is believed.
        var issuer: TrustedIssuer
    }

    public init(_ keys: TrustedKeys) {
        self.keys = keys
    }

    /// - Parameters:
    ///   - keys: by `kid`.
    ///   - issuer: the one `iss` that is trusted.
    public init(keys: [String: Ed25519PublicKey], issuer: String) {
        let named = keys.map { (KeyName(issuer: issuer, keyID: $0.key), PublicKey.ed25519($0.value)) }
        self.init(TrustedKeys(issuers: [TrustedIssuer(name: issuer)], configured: Dictionary(named) { first, _ in first }))
    }

    /// - Parameters:
    ///   - token: in compact form, without the word `Bearer`.
    ///   - certificateDigest: SHA-256 of the certificate that the call came with.
    ///   - now: seconds since 1970.
    public func verify(_ token: String, boundTo certificateDigest: [UInt8], now: Int64) throws(TokenError) -> TokenClaims {
        try verify(Array(token.utf8), boundTo: certificateDigest, now: now).claims
    }

    /// - Parameter certificateDigest: nil for a token that is not called with, but exchanged: any certificate's will do.
    func verify(_ token: [UInt8], boundTo certificateDigest: [UInt8]?, now: Int64) throws(TokenError) -> Verified {
        guard token.count <= Limits.tokenBytes else { throw .malformed("it has more than \(Limits.tokenBytes) bytes") }
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it does not have three parts") }
        let header = try object(parts[0])
        let keyID = try keyID(in: header)
        // Which of the keys is asked depends on this word; it is believed when that key has signed it.
        let payload = try object(parts[1])
        guard let issuer = keys.issuers[try string("iss", in: payload)] else { throw .wrongIssuer }
        let name = KeyName(issuer: issuer.name, keyID: keyID)
        guard let key = keys[name] else { throw keys.retired.contains(name) ? .revoked : .unknownKey }
        guard header["alg"] == .string(key.jwsAlgorithm) else { throw .malformed("its algorithm is not \(key.jwsAlgorithm)") }
        let signature = try bytes(parts[2])
        guard key.verify(signature, of: Array(token[..<parts[1].endIndex])) else { throw .badSignature }

        let claims = try self.claims(payload, of: issuer)
        guard now < claims.expires else { throw .expired }
        let latest = now + Limits.clockSkewSeconds
        guard claims.notBefore <= latest, claims.issuedAt <= latest else { throw .notYetValid }
        if let certificateDigest, !constantTimeEquals(claims.certificateDigest, certificateDigest) { throw .boundToAnotherCertificate }
        return Verified(claims: claims, key: name, publicKey: key, issuer: issuer)
    }

    /// The header's own ideas of keys, `jku`, `jwk`, `x5u` and `x5c`, are nobody's business here.
    private func keyID(in header: [String: StrictJSON]) throws(TokenError) -> String {
        guard header["crit"] == nil, header["b64"] == nil else {
            throw .malformed("its header demands extensions that this server does not know")
        }
        if let type = header["typ"] {
            guard case .string(let name) = type, ["jwt", "at+jwt", "application/at+jwt"].contains(name.lowercased()) else {
                throw .malformed("its type is not that of an access token")
            }
        }
        guard case .string(let id) = header["kid"], (1...Limits.keyIDBytes).contains(id.utf8.count) else {
            throw .malformed("its header names no key")
        }
        return id
    }

    private func claims(_ members: [String: StrictJSON], of issuer: TrustedIssuer) throws(TokenError) -> TokenClaims {
        guard isForUs(members["aud"]) else { throw .wrongAudience }
        let issuedAt = try date("iat", in: members)
        let expires = try date("exp", in: members)
        let claims = TokenClaims(
            issuer: issuer.name,
            subject: issuer.name(of: try subject(in: members)),
            actors: try actors(members["act"]).map { issuer.name(of: $0) },
            tenant: try string("tid", in: members),
            roles: try strings("roles", in: members),
            scopes: try strings("scopes", in: members),
            id: try identifier(in: members),
            issuedAt: issuedAt,
            notBefore: members["nbf"] == nil ? issuedAt : try date("nbf", in: members),
            expires: expires,
            certificateDigest: try confirmation(members["cnf"]),
            grant: members["gid"] == nil ? nil : try string("gid", in: members),
            issuedBy: try issuedBy(members["iby"]).map { Revocations.Name(tenant: $0.tenant, name: issuer.name(of: $0.name)) })
        guard Label.isValid(claims.tenant) else { throw .malformed("its tid is not a tenant's name") }
        guard issuer.tenants?.contains(claims.tenant) ?? true else { throw .tenantNotOfIssuer }
        guard expires - issuedAt <= Limits.tokenLifetimeSeconds else { throw .livesTooLong }
        return claims
    }

    private func subject(in members: [String: StrictJSON]) throws(TokenError) -> String {
        let subject = try string("sub", in: members)
        guard subject.utf8.count <= Limits.subjectBytes else { throw .malformed("its sub is too long") }
        // It goes into log lines, and into a setting of PostgreSQL, which takes no NUL.
        guard subject.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .malformed("its sub has control characters")
        }
        return subject
    }

    /// It is a row's key when it is revoked.
    private func identifier(in members: [String: StrictJSON]) throws(TokenError) -> String {
        let id = try string("jti", in: members)
        guard id.utf8.count <= Limits.longestTokenIDBytes, !id.utf8.contains(0) else {
            throw .malformed("its jti is too long or holds NUL")
        }
        return id
    }

    /// Outermost first: who acts now.
    private func actors(_ outermost: StrictJSON?) throws(TokenError) -> [String] {
        var actors: [String] = []
        var next = outermost
        while let act = next {
            guard case .object(let members) = act else { throw .malformed("its act is not an object") }
            guard actors.count < Limits.tokenActors else { throw .malformed("its act names too many, one for the other") }
            actors.append(try subject(in: members))
            next = members["act"]
        }
        return actors
    }

    private func issuedBy(_ value: StrictJSON?) throws(TokenError) -> Revocations.Name? {
        guard let value else { return nil }
        guard case .object(let members) = value else { throw .malformed("its iby is not an object") }
        return Revocations.Name(tenant: try string("tid", in: members), name: try subject(in: members))
    }

    private func isForUs(_ audience: StrictJSON?) -> Bool {
        switch audience {
        case .string(let one): one == TokenClaims.audience
        case .array(let several): several.contains(.string(TokenClaims.audience))
        default: false
        }
    }

    private func confirmation(_ value: StrictJSON?) throws(TokenError) -> [UInt8] {
        guard case .object(let members) = value, case .string(let digest) = members["x5t#S256"] else {
            throw .malformed("it is not bound to a client certificate (cnf.x5t#S256)")
        }
        return try bytes(Array(digest.utf8)[...])
    }

    private func string(_ name: String, in members: [String: StrictJSON]) throws(TokenError) -> String {
        guard case .string(let value) = members[name], !value.isEmpty else { throw .malformed("its \(name) is missing") }
        return value
    }

    private func strings(_ name: String, in members: [String: StrictJSON]) throws(TokenError) -> [String] {
        guard let value = members[name] else { return [] }
        guard case .array(let elements) = value else { throw .malformed("its \(name) is not a list") }
        var strings: [String] = []
        for element in elements {
            guard case .string(let string) = element else { throw .malformed("its \(name) is not a list of strings") }
            strings.append(string)
        }
        return strings
    }

    /// A date from this epoch to the year 9999, so that no sum with one can overflow.
    private func date(_ name: String, in members: [String: StrictJSON]) throws(TokenError) -> Int64 {
        guard case .integer(let seconds) = members[name], (0...253_402_300_799).contains(seconds) else {
            throw .malformed("its \(name) is missing or not a date")
        }
        return seconds
    }

    private func object(_ part: ArraySlice<UInt8>) throws(TokenError) -> [String: StrictJSON] {
        let value: StrictJSON
        do {
            value = try StrictJSON(parsing: try bytes(part))
        } catch let malformed as StrictJSON.Malformed {
            throw .malformed(malformed.reason)
        } catch {
            throw .malformed("a part is not base64url")
        }
        guard case .object(let members) = value else { throw .malformed("a part is not a JSON object") }
        return members
    }

    private func bytes(_ part: ArraySlice<UInt8>) throws(TokenError) -> [UInt8] {
        guard let bytes = Base64URL.decode(Array(part)) else { throw .malformed("a part is not base64url") }
        return bytes
    }
}
