import Crypto
import TestSupport
import Testing

@testable import Platform

/// A key, a verifier that knows it as `k1`, and claims that it accepts at `now`.
struct TokenWorld {
    let key = Ed25519PrivateKey()
    let now: Int64 = 1_800_000_000
    let digest = SHA256.digest(Array("a client certificate".utf8))

    var keys: TrustedKeys {
        TrustedKeys(
            issuers: [TrustedIssuer(name: "dev")], configured: [KeyName(issuer: "dev", keyID: "k1"): .ed25519(key.publicKey)])
    }
    var verifier: TokenVerifier { TokenVerifier(keys) }

    var claims: TokenClaims {
        TokenClaims(
            issuer: "dev", subject: "ada", tenant: "demo", roles: ["admin"], id: "AAECAwQFBgc",
            issuedAt: now, expires: now + 900, certificateDigest: digest)
    }

    /// The members of a payload that is accepted, for tests that change one of them.
    var payload: [String: String] {
        [
            "iss": "\"dev\"", "aud": "\"switchboard\"", "sub": "\"ada\"", "tid": "\"demo\"", "scopes": "[\"lead:read\"]", "jti": "\"1\"",
            "iat": "\(now)", "exp": "\(now + 900)", "cnf": "{\"x5t#S256\":\"\(Base64URL.encode(digest))\"}",
        ]
    }

    func signed(header: String = "{\"alg\":\"EdDSA\",\"kid\":\"k1\"}", payload: String) throws -> String {
        let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        return text + "." + Base64URL.encode(try key.sign(Array(text.utf8)))
    }

    func signed(header: String = "{\"alg\":\"EdDSA\",\"kid\":\"k1\"}", changing changes: [String: String?]) throws -> String {
        var members = payload
        for (name, value) in changes { members[name] = value }
        return try signed(
            header: header, payload: "{\(members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ","))}")
    }

    func refusal(of token: String) -> TokenError? {
        do {
            _ = try verifier.verify(token, boundTo: digest, now: now)
            return nil
        } catch {
            return error
        }
    }
}

struct TokenTests {
    let world = TokenWorld()

    @Test("a token that was signed is believed, claim for claim")
    func roundTrip() throws {
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(world.claims)
        #expect(try world.verifier.verify(token, boundTo: world.digest, now: world.now) == world.claims)
    }

    @Test("who acts for a subject is signed and read back, and for whom that one acts")
    func actors() throws {
        var claims = world.claims
        claims.actors = ["voice", "assistant \"7\""]
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(claims)
        let read = try world.verifier.verify(token, boundTo: world.digest, now: world.now)
        #expect(read == claims)
        let caller = Caller(read, service: "crew")
        #expect(caller.actor == "voice")
        #expect(caller.name == "crew/ada")
    }

    @Test(
        "an actor who is none is refused",
        arguments: [
            ("7", "its act is not an object"), ("{}", "its sub is missing"), ("{\"sub\":\"\"}", "its sub is missing"),
            ("{\"sub\":\"a\\u0000\"}", "its sub has control characters"),
            (
                "{\"sub\":\"a\",\"act\":{\"sub\":\"b\",\"act\":{\"sub\":\"c\",\"act\":{\"sub\":\"d\",\"act\":{\"sub\":\"e\"}}}}}",
                "its act names too many, one for the other"
            ),
        ])
    func badActors(act: String, reason: String) throws {
        #expect(world.refusal(of: try world.signed(changing: ["act": act])) == .malformed(reason))
    }

    @Test("the development server's token has at most 400 bytes")
    func developmentTokenIsShort() throws {
        let token = try TokenSigner(key: world.key, keyID: "dev").sign(world.claims)
        #expect(token.utf8.count <= Limits.tokenBytesWeMake)
    }

    @Test("a name with quotes and emoji survives signing")
    func awkwardNames() throws {
        var claims = world.claims
        claims.subject = "a\"b\\c/dé🦊"
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(claims)
        #expect(try world.verifier.verify(token, boundTo: world.digest, now: world.now).subject == claims.subject)
    }

    @Test("a token ends at its exp, to the second")
    func expiry() throws {
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(world.claims)
        #expect(throws: Never.self) { try world.verifier.verify(token, boundTo: world.digest, now: world.now + 899) }
        #expect(throws: TokenError.expired) { try world.verifier.verify(token, boundTo: world.digest, now: world.now + 900) }
    }

    @Test("a token of half a minute ahead is taken, of more is not: clocks differ that much")
    func notYetValid() throws {
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(world.claims)
        #expect(throws: Never.self) { try world.verifier.verify(token, boundTo: world.digest, now: world.now - 30) }
        #expect(throws: TokenError.notYetValid) { try world.verifier.verify(token, boundTo: world.digest, now: world.now - 31) }
        let later = try world.signed(changing: ["nbf": "\(world.now + 31)"])
        #expect(world.refusal(of: later) == .notYetValid)
    }

    @Test("a stolen token is worth nothing with another client certificate")
    func binding() throws {
        let token = try TokenSigner(key: world.key, keyID: "k1").sign(world.claims)
        let other = SHA256.digest(Array("another certificate".utf8))
        #expect(throws: TokenError.boundToAnotherCertificate) { try world.verifier.verify(token, boundTo: other, now: world.now) }
    }

    @Test("SEC-1 · a MAC with our public key as its secret is no signature")
    func confusion() throws {
        let text =
            Base64URL.encode(Array("{\"alg\":\"HS256\",\"kid\":\"k1\"}".utf8)) + "."
            + Base64URL.encode(Array("{\(world.payload.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8))
        for secret in [Array(try world.key.publicKey.pem().utf8), world.key.publicKey.bytes] {
            let token = text + "." + Base64URL.encode(HMACSHA256(key: secret).authenticate(Array(text.utf8)))
            #expect(world.refusal(of: token) == .malformed("its algorithm is not EdDSA"))
        }
    }

    @Test("SEC-1 · an ES256 signature has exactly 64 bytes, r and s; OpenSSL's own form is refused")
    func rawSignature() throws {
        let key = P256PrivateKey()
        var keys = world.keys
        keys.configured[KeyName(issuer: "dev", keyID: "p")] = .p256(key.publicKey)
        let verifier = TokenVerifier(keys)
        let token = try TokenSigner(key: .p256(key), keyID: "p").sign(world.claims)
        #expect(try verifier.verify(token, boundTo: world.digest, now: world.now) == world.claims)
        let parts = token.split(separator: ".")
        let raw = try #require(Base64URL.decode(String(parts[2])))
        func refusal(of signature: [UInt8]) -> TokenError? {
            #expect(throws: TokenError.self) {
                try verifier.verify("\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))", boundTo: world.digest, now: world.now)
            }
        }
        let der = [0x30, 0x44, 0x02, 0x20] + raw.prefix(32) + [0x02, 0x20] + raw.suffix(32)
        for signature in [der, Array(raw.dropLast()), raw + [0], [0] + raw, [UInt8](repeating: 0, count: 64), []] {
            #expect(refusal(of: signature) == .badSignature)
        }
    }

    @Test("SEC-1 · a token that was mutated at random never traps and is never believed, unless it is the same")
    func mutations() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let curve = P256PrivateKey()
        var keys = world.keys
        keys.configured[KeyName(issuer: "dev", keyID: "p")] = .p256(curve.publicKey)
        let verifier = TokenVerifier(keys)
        let tokens = [
            Array(try TokenSigner(key: world.key, keyID: "k1").sign(world.claims).utf8),
            Array(try TokenSigner(key: .p256(curve), keyID: "p").sign(world.claims).utf8),
        ]
        for round in 0..<2_000 {
            let original = tokens[round % 2]
            var text = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: text.remove(at: place)
                case 2: text.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                case 3: text.removeSubrange(place..<min(text.count, place + Int.random(in: 0..<40, using: &random)))
                default: text.insert(contentsOf: text[place..<min(text.count, place + Int.random(in: 0..<40, using: &random))], at: place)
                }
                if text.isEmpty { text = [UInt8(ascii: ".")] }
            }
            guard text != original else { continue }
            #expect(throws: TokenError.self, "seed \(seed), round \(round)") {
                try verifier.verify(text, boundTo: world.digest, now: world.now)
            }
        }
    }

    @Test("no byte of a token can be changed")
    func tampering() throws {
        let token = Array(try TokenSigner(key: world.key, keyID: "k1").sign(world.claims).utf8)
        for position in token.indices {
            var changed = token
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(world.refusal(of: String(decoding: changed, as: UTF8.self)) != nil, "byte \(position)")
        }
    }

    @Test(
        "SEC-1 · the header has no say in how a token is verified",
        arguments: [
            ("{\"alg\":\"none\",\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"alg\":\"HS256\",\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"alg\":\"ES256\",\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"k1\",\"b64\":false}", "its header demands extensions that this server does not know"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"\"}", "its header names no key"),
            ("{\"alg\":\"EdDSA\",\"kid\":\"\(String(repeating: "k", count: 65))\"}", "its header names no key"),
            ("{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}", "the key \"alg\" comes twice"),
            (
                "{\"alg\":\"EdDSA\",\"kid\":\"k1\",\"crit\":[\"b64\"],\"b64\":false}",
                "its header demands extensions that this server does not know"
            ),
            ("{\"alg\":\"EdDSA\",\"kid\":\"k1\",\"typ\":\"dpop+jwt\"}", "its type is not that of an access token"),
            ("{\"alg\":\"EdDSA\"}", "its header names no key"),
            ("{\"alg\":\"EdDSA\",\"kid\":7}", "its header names no key"),
            ("[]", "a part is not a JSON object"),
        ])
    func header(header: String, reason: String) throws {
        #expect(world.refusal(of: try world.signed(header: header, changing: [:])) == .malformed(reason))
    }

    @Test("the types of access tokens are taken", arguments: ["JWT", "at+jwt", "AT+JWT"])
    func types(type: String) throws {
        let header = "{\"alg\":\"EdDSA\",\"kid\":\"k1\",\"typ\":\"\(type)\",\"jku\":\"https://evil.example\"}"
        #expect(world.refusal(of: try world.signed(header: header, changing: [:])) == nil)
    }

    @Test("an unknown key and another's signature are told apart")
    func keys() throws {
        #expect(world.refusal(of: try world.signed(header: "{\"alg\":\"EdDSA\",\"kid\":\"k2\"}", changing: [:])) == .unknownKey)
        let forged = try TokenSigner(key: Ed25519PrivateKey(), keyID: "k1").sign(world.claims)
        #expect(world.refusal(of: forged) == .badSignature)
    }

    @Test(
        "a claim that is missing, wrong or of another type is refused by its name",
        arguments: [
            ("iss", "\"other\"", TokenError.wrongIssuer), ("iss", nil, .malformed("its iss is missing")),
            ("aud", "\"elsewhere\"", .wrongAudience), ("aud", "[\"elsewhere\"]", .wrongAudience), ("aud", nil, .wrongAudience),
            ("aud", "[\"elsewhere\",\"switchboard\"]", nil),
            ("sub", "\"a\\u0000b\"", .malformed("its sub has control characters")),
            ("sub", "\"\"", .malformed("its sub is missing")), ("sub", "7", .malformed("its sub is missing")),
            ("tid", nil, .malformed("its tid is missing")), ("tid", "\"De mo\"", .malformed("its tid is not a tenant's name")),
            ("scopes", "\"lead:read\"", .malformed("its scopes is not a list")),
            ("scopes", "[1]", .malformed("its scopes is not a list of strings")),
            ("scopes", nil, nil), ("roles", "[\"viewer\"]", nil),
            ("jti", nil, .malformed("its jti is missing")),
            ("iat", nil, .malformed("its iat is missing or not a date")),
            ("exp", nil, .malformed("its exp is missing or not a date")),
            ("exp", "\"soon\"", .malformed("its exp is missing or not a date")),
            ("exp", "1800000900.5", .malformed("a number is not a whole one of 64 bits")),
            ("exp", "1e9", .malformed("a number is not a whole one of 64 bits")),
            ("exp", "1800000901", .livesTooLong),
            ("exp", "9223372036854775807", .malformed("its exp is missing or not a date")),
            ("iat", "-1", .malformed("its iat is missing or not a date")),
            ("cnf", nil, .malformed("it is not bound to a client certificate (cnf.x5t#S256)")),
            ("cnf", "{\"jkt\":\"x\"}", .malformed("it is not bound to a client certificate (cnf.x5t#S256)")),
            ("cnf", "{\"x5t#S256\":\"AAAA\"}", .boundToAnotherCertificate),
            ("unheard-of", "{\"a\":[true,false,null]}", nil),
        ] as [(String, String?, TokenError?)])
    func claims(name: String, value: String?, refusal: TokenError?) throws {
        #expect(world.refusal(of: try world.signed(changing: [name: value])) == refusal)
    }

    @Test(
        "what is no token is malformed",
        arguments: ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "YQ==.YQ.YQ", String(repeating: "A", count: Limits.tokenBytes + 1)])
    func garbage(token: String) {
        guard case .malformed = world.refusal(of: token) else {
            Issue.record("\(token.prefix(20)) was not refused as malformed")
            return
        }
    }
}
