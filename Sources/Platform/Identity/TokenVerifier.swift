public import Crypto

/// Turns the text of a token into claims that may be believed, or says why not. Pure: the caller brings the time.
///
/// The algorithm is the key's, never the header's: a header that names another one (`none`, a MAC over the public key, …) is refused
/// before any signature is looked at, and the header's own ideas of keys (`jku`, `jwk`, `x5u`, `x5c`) are ignored.
public struct TokenVerifier: Sendable {
    private let keys: [String: Ed25519PublicKey]
    private let issuer: String

    /// - Parameters:
    ///   - keys: by `kid`.
    ///   - issuer: the one `iss` that is trusted.
    public init(keys: [String: Ed25519PublicKey], issuer: String) {
        self.keys = keys
        self.issuer = issuer
    }

    /// - Parameters:
    ///   - token: in compact form, without the word `Bearer`.
    ///   - certificateDigest: SHA-256 of the certificate that the call came with.
    ///   - now: seconds since 1970.
    public func verify(_ token: String, boundTo certificateDigest: [UInt8], now: Int64) throws(TokenError) -> TokenClaims {
        guard token.utf8.count <= Limits.tokenBytes else { throw .malformed("it has more than \(Limits.tokenBytes) bytes") }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it does not have three parts") }
        let key = try key(named: try object(parts[0]))
        let signature = try bytes(parts[2])
        let signed = Array(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        guard signature.count == 64, key.verify(signature, of: signed) else { throw .badSignature }

        let claims = try self.claims(try object(parts[1]))
        guard now < claims.expires else { throw .expired }
        let latest = now + Limits.clockSkewSeconds
        guard claims.notBefore <= latest, claims.issuedAt <= latest else { throw .notYetValid }
        guard constantTimeEquals(claims.certificateDigest, certificateDigest) else { throw .boundToAnotherCertificate }
        return claims
    }

    private func key(named header: [String: StrictJSON]) throws(TokenError) -> Ed25519PublicKey {
        guard header["crit"] == nil else { throw .malformed("its header demands extensions that this server does not know") }
        guard header["alg"] == .string("EdDSA") else { throw .malformed("its algorithm is not EdDSA") }
        if let type = header["typ"] {
            guard case .string(let name) = type, ["jwt", "at+jwt"].contains(name.lowercased()) else {
                throw .malformed("its type is not that of an access token")
            }
        }
        guard case .string(let id) = header["kid"], id.utf8.count <= Limits.keyIDBytes else { throw .malformed("its header names no key") }
        guard let key = keys[id] else { throw .unknownKey }
        return key
    }

    private func claims(_ members: [String: StrictJSON]) throws(TokenError) -> TokenClaims {
        let issuer = try string("iss", in: members)
        guard issuer == self.issuer else { throw .wrongIssuer }
        guard isForUs(members["aud"]) else { throw .wrongAudience }
        let issuedAt = try date("iat", in: members)
        let expires = try date("exp", in: members)
        let claims = TokenClaims(
            issuer: issuer,
            subject: try subject(in: members),
            actors: try actors(members["act"]),
            tenant: try string("tid", in: members),
            roles: try strings("roles", in: members),
            scopes: try strings("scopes", in: members),
            id: try string("jti", in: members),
            issuedAt: issuedAt,
            notBefore: members["nbf"] == nil ? issuedAt : try date("nbf", in: members),
            expires: expires,
            certificateDigest: try confirmation(members["cnf"]))
        guard Label.isValid(claims.tenant) else { throw .malformed("its tid is not a tenant's name") }
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
        return try bytes(digest[...])
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

    private func object(_ part: Substring) throws(TokenError) -> [String: StrictJSON] {
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

    private func bytes(_ part: Substring) throws(TokenError) -> [UInt8] {
        guard let bytes = Base64URL.decode(String(part)) else { throw .malformed("a part is not base64url") }
        return bytes
    }
}
