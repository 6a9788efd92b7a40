internal import Crypto

/// A JWK Set (RFC 7517 section 5): the public keys of an issuer of tokens, by `kid`.
struct KeySet {
    let keys: [String: PublicKey]

    enum Problem: Error, Equatable, CustomStringConvertible {
        case malformed(String)
        /// The key of that `kid`, or in that place when it has none.
        case key(String, String)

        var description: String {
            switch self {
            case .malformed(let what): "it is not a JWK Set: \(what)"
            case .key(let name, let what): "its key \(name) cannot be used: \(what)"
            }
        }
    }

    /// Keys for other uses and of kinds that nobody here verifies with are left out (RFC 7517 section 5); one that is broken, and one that
    /// tells its private half, spoils the set: whoever wrote it did not write what he meant.
    init(parsing text: [UInt8]) throws(Problem) {
        guard text.count <= Limits.keySetBytes else { throw .malformed("it has more than \(Limits.keySetBytes) bytes") }
        let value: StrictJSON
        do throws(StrictJSON.Malformed) {
            value = try StrictJSON(parsing: KeySet.trimmed(text))
        } catch {
            throw .malformed(error.reason)
        }
        guard case .object(let members) = value, case .array(let entries) = members["keys"] else {
            throw .malformed("it has no list of keys")
        }
        guard entries.count <= Limits.keySetKeys else { throw .malformed("it has more than \(Limits.keySetKeys) keys") }
        var keys: [String: PublicKey] = [:]
        for (index, entry) in entries.enumerated() {
            guard case .object(let members) = entry else { throw .malformed("a key is not an object") }
            let name = members["kid"]?.text ?? "\(index)"
            guard members["d"] == nil, members["k"] == nil, members["p"] == nil else {
                throw .key(name, "it is secret, and everybody has read it by now: replace it")
            }
            guard let key = try KeySet.key(members, name) else { continue }
            guard let id = members["kid"]?.text, (1...Limits.keyIDBytes).contains(id.utf8.count) else {
                throw .key(name, "it needs a kid of 1 to \(Limits.keyIDBytes) bytes")
            }
            guard keys.updateValue(key, forKey: id) == nil else { throw .key(name, "another key has the same kid") }
        }
        self.keys = keys
    }

    private static func key(_ members: [String: StrictJSON], _ name: String) throws(Problem) -> PublicKey? {
        guard members["use"] == nil || members["use"] == .string("sig") else { return nil }
        if let operations = members["key_ops"] {
            guard case .array(let words) = operations, words.contains(.string("verify")) else { return nil }
        }
        let algorithm = members["alg"]?.text
        do {
            switch (members["kty"]?.text, members["crv"]?.text, algorithm) {
            case ("OKP", "Ed25519", nil), ("OKP", "Ed25519", "EdDSA"):
                return .ed25519(try Ed25519PublicKey(bytes: try bytes("x", of: members, name)))
            case ("EC", "P-256", nil), ("EC", "P-256", "ES256"):
                return .p256(try P256PublicKey(x: try bytes("x", of: members, name), y: try bytes("y", of: members, name)))
            // RS256 is what those mean who do not say.
            case ("RSA", _, nil), ("RSA", _, "RS256"):
                return .rsa(
                    try RSAPublicKey(modulus: bytes("n", of: members, name), exponent: bytes("e", of: members, name), padding: .pkcs1))
            case ("RSA", _, "PS256"):
                return .rsa(
                    try RSAPublicKey(modulus: bytes("n", of: members, name), exponent: bytes("e", of: members, name), padding: .pss))
            default: return nil
            }
        } catch let error as CryptoError {
            throw .key(name, "\(error)")
        } catch {
            throw error as? Problem ?? .key(name, "\(error)")
        }
    }

    private static func bytes(_ member: String, of members: [String: StrictJSON], _ name: String) throws(Problem) -> [UInt8] {
        guard let text = members[member]?.text, let bytes = Base64URL.decode(text) else {
            throw .key(name, "its \(member) is missing or not base64url")
        }
        return bytes
    }

    /// A file may end with a line break, as a token may not.
    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }
        return Array(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}

extension StrictJSON {
    /// Nil for what is not a string.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
