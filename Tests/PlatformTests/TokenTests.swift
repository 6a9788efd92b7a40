import Crypto
import Testing

@testable import Platform

/// A key, a verifier that knows it as `k1`, and claims that it accepts at `now`.
struct TokenWorld {
    let key = Ed25519PrivateKey()
    let now: Int64 = 1_800_000_000
    let digest = SHA256.digest(Array("a client certificate".utf8))

    var verifier: TokenVerifier { TokenVerifier(keys: ["k1": key.publicKey], issuer: "dev") }

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
        "the header has no say in how a token is verified",
        arguments: [
            ("{\"alg\":\"none\",\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"alg\":\"HS256\",\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
            ("{\"kid\":\"k1\"}", "its algorithm is not EdDSA"),
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
