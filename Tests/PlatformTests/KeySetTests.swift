import Crypto
import Glibc
import RPC
import Testing

@testable import Platform

/// A foreign issuer's key set, and tokens that OpenSSL's command line signed with its RSA key for the claims of ``TokenWorld``.
private struct Foreign {
    static let modulus = """
        ruxKMBTpEFbZFF0J2OfyNax50fVp1vHTa1lr-9bjtAw9-7gGVhlsMQeB_g1Y9DJTwuwYpChITTlr307cLuc7TsNpN4muW9vuTaAncOaUs-Gqip\
        pDmE_vNLHm7SeVgZ9jts-oVypsZsA-2yQamXb_Lak2NXtMpVOOQ2pw0GALkL_Vs_Hfu-wjGRN9aI-EyrmVKxOZQ_SlVV3Terh5RZXrp4O93sbZ\
        96-XJ6Uc9f6FC6bV0YTHVXIwoCFvCg7iTPm5b2pcYDX3sl1GnIhyN3lduacrgIiHHucFObxlP9NNjOxdNQmNMgGZmGtKNqjzaDzlMULOMI5za9\
        LYfehJp6xz8Q
        """
    /// Of a key that is too short.
    static let shortModulus = """
        9ueyQG2HpTVL-0MUASCdHQHjcT-EyGNQfS4tGgXPIel-2KdaZ48GvO7vG1xkh_mgfALmwKx4KXGF8mTMRX82ETkfjxhCG5k0EM0CBXIwX_cIkn\
        A-JJ4nRy9wTY2nk_RPs2lvbom3gJ_AearmxgjeZZosat6gseesAjXWCOeKzxE
        """
    static let rs256 = """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIn0.eyJpc3MiOiJlbHNld2hlcmUiLCJhdWQiOiJzd2l0Y2hib2FyZCIsInN1YiI6ImFkYSIsInRpZC\
        I6ImRlbW8iLCJzY29wZXMiOlsibGVhZDpyZWFkIiwibGVhZDp3cml0ZSJdLCJqdGkiOiIxIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAw\
        MDA5MDAsImNuZiI6eyJ4NXQjUzI1NiI6IkhUdnVTcnVvWkVVZTBhZHRJVVlicm5Udlh5LUVyeHJEeS1RRTJjT0ZWTEkifX0.IgK3i-dxzyZhGv\
        NBbuHjYcme5LJzG18iZ7zaLtJBAXJaq1GZs3a_SlBZ0kOJXOPOC7GpCeKCmwTd7ooSJvt9KuBtBUvxwKC0am73hAoYWQsj6KYl6nNKvXpz3RDb\
        AY1g7flI0gL6-XK_7l4on8TfY95pT4Dc-RfzBNZClxvTCgc_s2xi2_dfj7dI7xcMz3KwvjvQqyGVMrHDPqNf3b0JSv2wGlrc81Q_sF1H7xXohu\
        gdXnGMdUvX-TS4gMiwh3zzSGkd1G-B7m5_Y26jCurjQGegLjAH8oloINRCsbsBrTYMr4RBR7qVjcU4BzynapgVzaXy07a5iy4ho9MTBItMfA
        """
    static let ps256 = """
        eyJhbGciOiJQUzI1NiIsImtpZCI6InAxIn0.eyJpc3MiOiJlbHNld2hlcmUiLCJhdWQiOiJzd2l0Y2hib2FyZCIsInN1YiI6ImFkYSIsInRpZC\
        I6ImRlbW8iLCJzY29wZXMiOlsibGVhZDpyZWFkIiwibGVhZDp3cml0ZSJdLCJqdGkiOiIxIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAw\
        MDA5MDAsImNuZiI6eyJ4NXQjUzI1NiI6IkhUdnVTcnVvWkVVZTBhZHRJVVlicm5Udlh5LUVyeHJEeS1RRTJjT0ZWTEkifX0.Ms1V37jDu0ASuq\
        QJpW6eDIi2DL0JKoxxD8o5Bs6yzUZonZlyUDZvzPxF_B3yuyx4CJT86LAQGPRX9RJVDqI9qCGUVNjeiu_6Qa5EsUNvH2AVt3a_iyvH4XYSEpgZ\
        btXN47iVdfMyXk3fueUjExCGTqkXOiVb2mGC2TAAuuh-6I6EYH5ArniqRkCT_w8PZKm4yYkWN_6Lrwpeei2q6UWk3Ri63uvaxnb39jiNzyrTm_\
        UxAaLJpEaLFOD8VKPpItt8B4nCWpvwGsJdRvTfzMOBKqcnAVjooYuDBunx1XM6Nf8DDeObDJp9r3KdSsDy2JoSjalfRuSRd62RyxEaEIjw_A
        """
    /// With a salt of 20 bytes, which PS256 does not allow.
    static let shortSalt = """
        eyJhbGciOiJQUzI1NiIsImtpZCI6InAxIn0.eyJpc3MiOiJlbHNld2hlcmUiLCJhdWQiOiJzd2l0Y2hib2FyZCIsInN1YiI6ImFkYSIsInRpZC\
        I6ImRlbW8iLCJzY29wZXMiOlsibGVhZDpyZWFkIiwibGVhZDp3cml0ZSJdLCJqdGkiOiIxIiwiaWF0IjoxODAwMDAwMDAwLCJleHAiOjE4MDAw\
        MDA5MDAsImNuZiI6eyJ4NXQjUzI1NiI6IkhUdnVTcnVvWkVVZTBhZHRJVVlicm5Udlh5LUVyeHJEeS1RRTJjT0ZWTEkifX0.UW4AlMu9pAJo-R\
        xPQgTxq3ODr0eQs4tpjsP0v-gmEL3s5POr2kjMclWIp55lwSdf0Rvq8cD_X2lLW_vbQa578_WjKEzq609g1X5hu2W0Cp9vzwFf4Sz-m-VFKLYY\
        ijDLAKGCXk35m1Li43CoNe4iwMowaOCXZz4xDIi0jHOw28J5JcCC8YQlZ7o4f442XJa5lLYNQupg0dZ7Wvu9JE-Rx8fIbRwHuAe5dBrBz-bAuc\
        Esjyzzz7QJ-32Kw9sd9OlghevILJsDasIswUnL55WZwooi0KUnPQY_2b6mNYEwQiupDX6EPlnuNWVp30-zMZ1GlU4OCp98JGpXtdDcFwocdA
        """

    static func rsa(_ kid: String, _ algorithm: String?, modulus: String = modulus, more: String = "") -> String {
        let algorithm = algorithm.map { ",\"alg\":\"\($0)\"" } ?? ""
        return "{\"kty\":\"RSA\",\"kid\":\"\(kid)\",\"n\":\"\(modulus)\",\"e\":\"AQAB\"\(algorithm)\(more)}"
    }

    static func keys(_ entries: String...) throws -> [String: PublicKey] {
        try KeySet(parsing: Array("{\"keys\":[\(entries.joined(separator: ","))]}".utf8)).keys
    }

    static func verify(
        _ token: String, keys: [String: PublicKey], tenants: Set<String>? = ["demo"], scopes: ScopePatterns = .all
    ) throws(TokenError) -> TokenVerifier.Verified {
        let world = TokenWorld()
        var trusted = world.keys
        trusted.issuers["elsewhere"] = TrustedIssuer(name: "elsewhere", tenants: tenants, scopes: scopes)
        for (keyID, key) in keys { trusted.foreign[KeyName(issuer: "elsewhere", keyID: keyID)] = key }
        return try TokenVerifier(trusted).verify(Array(token.utf8), boundTo: world.digest, now: world.now)
    }
}

struct KeySetTests {
    @Test("SEC-1 · tokens of a foreign issuer are verified with RS256 and PS256, each by a key for it")
    func rsa() throws {
        let keys = try Foreign.keys(Foreign.rsa("r1", "RS256"), Foreign.rsa("p1", "PS256"))
        #expect(try Foreign.verify(Foreign.rs256, keys: keys).claims.subject == "elsewhere#ada")
        #expect(try Foreign.verify(Foreign.ps256, keys: keys).claims.subject == "elsewhere#ada")
        #expect(throws: TokenError.badSignature) { try Foreign.verify(Foreign.shortSalt, keys: keys) }
        // A key without a word about it is for RS256.
        #expect(try Foreign.keys(Foreign.rsa("r1", nil))["r1"]?.jwsAlgorithm == "RS256")
    }

    @Test("SEC-1 · a header that names another algorithm than its key's is refused, though the key could have verified it")
    func algorithm() throws {
        let swapped = try Foreign.keys(Foreign.rsa("r1", "PS256"), Foreign.rsa("p1", "RS256"))
        #expect(throws: TokenError.malformed("its algorithm is not PS256")) { try Foreign.verify(Foreign.rs256, keys: swapped) }
        #expect(throws: TokenError.malformed("its algorithm is not RS256")) { try Foreign.verify(Foreign.ps256, keys: swapped) }
    }

    @Test("SEC-1 · an issuer speaks for its tenants only, and with its own keys only")
    func binding() throws {
        let keys = try Foreign.keys(Foreign.rsa("r1", "RS256"))
        #expect(throws: TokenError.tenantNotOfIssuer) { try Foreign.verify(Foreign.rs256, keys: keys, tenants: ["other"]) }
        // Signed by our own key, in the foreign issuer's name: its kid is ours.
        let world = TokenWorld()
        let forged = try world.signed(changing: ["iss": "\"elsewhere\""])
        #expect(throws: TokenError.unknownKey) { try Foreign.verify(forged, keys: keys) }
        // And the other way round: the foreign kid is not known under our name.
        #expect(world.refusal(of: Foreign.rs256) == .wrongIssuer)
    }

    @Test("keys on P-256 and for Ed25519 are read, and verify what their private halves sign")
    func curves() throws {
        let (edwards, curve) = (Ed25519PrivateKey(), P256PrivateKey())
        // The last 64 bytes of its SubjectPublicKeyInfo are the point.
        let lines = try curve.publicKey.pem().split(separator: "\n").dropFirst().dropLast()
        let point = try #require(Base64.decode(lines.joined())).suffix(64)
        let keys = try Foreign.keys(
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"\(Base64URL.encode(edwards.publicKey.bytes))\"}",
            """
            {"kty":"EC","crv":"P-256","kid":"b","use":"sig","key_ops":["verify"],"x":"\(Base64URL.encode(Array(point.prefix(32))))",
            "y":"\(Base64URL.encode(Array(point.suffix(32))))"}
            """)
        #expect(keys == ["a": .ed25519(edwards.publicKey), "b": .p256(curve.publicKey)])
        var claims = TokenWorld().claims
        claims.issuer = "elsewhere"
        let (one, two) = (TokenSigner(key: edwards, keyID: "a"), TokenSigner(key: .p256(curve), keyID: "b"))
        var read = claims
        read.subject = "elsewhere#\(claims.subject)"
        #expect(try Foreign.verify(one.sign(claims), keys: keys).claims == read)
        #expect(try Foreign.verify(two.sign(claims), keys: keys).claims == read)
    }

    @Test("SEC-9 · a foreign issuer's subject has its issuer's name: what is counted and revoked of ours of that name is not its")
    func subjects() throws {
        let world = TokenWorld()
        let key = Ed25519PrivateKey()
        var claims = world.claims
        claims.issuer = "elsewhere"
        claims.actors = ["voice"]
        claims.issuedBy = Revocations.Name(tenant: claims.tenant, name: "root")
        var trusted = world.keys
        trusted.issuers["elsewhere"] = TrustedIssuer(name: "elsewhere", tenants: [claims.tenant])
        trusted.foreign[KeyName(issuer: "elsewhere", keyID: "a")] = .ed25519(key.publicKey)
        let trust = Trust(keys: trusted, services: .unrestricted)
        let text = try TokenSigner(key: key, keyID: "a").sign(claims)
        let identity = PeerIdentity(service: ServiceIdentity(trustDomain: "test", name: claims.subject), certificateDigest: world.digest)
        func caller() throws(RPCError) -> Caller {
            try Authenticator(trust, now: { world.now }).verified(Array(text.utf8), from: identity, into: nil).caller
        }
        let foreign = try caller()
        #expect(foreign.subject == "elsewhere#\(claims.subject)")
        #expect(foreign.actors == ["elsewhere#voice"])
        #expect(QuotaSubject(foreign) == .principal("elsewhere#\(claims.subject)", of: claims.tenant))
        // Nor is it the service whose name it has taken.
        claims.actors = []
        #expect(QuotaSubject(try Caller(Self.verified(claims, key, trusted, world), service: claims.subject)).kind == .principal)
        // What is exchanged for it goes on under that name.
        #expect(try trust.subject(of: text, now: world.now).claims.subject == "elsewhere#\(claims.subject)")
        var revocations = Revocations()
        let later = (claims.issuedAt + 1) * 1_000_000
        for name in [claims.subject, "voice", "root"] { revocations.epochs[Revocations.Name(tenant: claims.tenant, name: name)] = later }
        trust.replace(stored: [:], retired: [], revocations: revocations)
        #expect(try caller() == foreign)
        for name in ["elsewhere#\(claims.subject)", "elsewhere#voice", "elsewhere#root"] {
            var revocations = Revocations()
            revocations.epochs[Revocations.Name(tenant: claims.tenant, name: name)] = later
            trust.replace(stored: [:], retired: [], revocations: revocations)
            let error = #expect(throws: RPCError.self) { try caller() }
            #expect(error?.reason == ErrorReason.tokenRevoked.rawValue, "\(name)")
        }
    }

    private static func verified(
        _ claims: TokenClaims, _ key: Ed25519PrivateKey, _ keys: TrustedKeys, _ world: TokenWorld
    ) throws -> TokenClaims {
        let text = try TokenSigner(key: key, keyID: "a").sign(claims)
        return try TokenVerifier(keys).verify(Array(text.utf8), boundTo: world.digest, now: world.now).claims
    }

    @Test("names of foreign subjects are one for each, and fit into a row's key, however long and odd the parts are")
    func names() {
        func name(_ issuer: String, _ subject: String) -> String { TrustedIssuer(name: issuer, tenants: ["demo"]).name(of: subject) }
        #expect(TrustedIssuer(name: "ours").name(of: "ada") == "ada")
        #expect(name("https://a.example", "ada") == "https://a.example#ada")
        let long = String(repeating: "x", count: 128)
        let odd = [("a", "b#c"), ("a#b", "c"), ("a#b#c", ""), ("a", long), (long, "a"), (long, "b"), ("a#", "b"), ("a", "#b")]
        let names = odd.map { name($0.0, $0.1) }
        #expect(Set(names).count == odd.count, "\(names)")
        for name in names { #expect(name.utf8.count <= Limits.subjectBytes) }
    }

    @Test("keys for other uses and of other kinds are left out")
    func others() throws {
        let keys = try Foreign.keys(
            Foreign.rsa("a", "RS256"), Foreign.rsa("b", "RSA-OAEP"), Foreign.rsa("c", "RS256", more: ",\"use\":\"enc\""),
            Foreign.rsa("d", "RS512"), Foreign.rsa("e", "RS256", more: ",\"key_ops\":[\"encrypt\"]"),
            "{\"kty\":\"EC\",\"crv\":\"P-521\",\"kid\":\"f\"}", "{\"kty\":\"new\"}")
        #expect(keys.keys.sorted() == ["a"])
    }

    @Test(
        "a set that is wrong is refused as a whole, with what is wrong",
        arguments: [
            ("[]", "it is not a JWK Set: it has no list of keys"), ("{\"keys\":[7]}", "it is not a JWK Set: a key is not an object"),
            ("{\"keys\":[],\"keys\":[]}", "it is not a JWK Set: the key \"keys\" comes twice"),
            (
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AA\"}]}",
                "its key s cannot be used: it is secret, and everybody has read it by now: replace it"
            ),
            (
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\(Base64URL.encode(Ed25519PrivateKey().publicKey.bytes))\"}]}",
                "its key 0 cannot be used: it needs a kid of 1 to 64 bytes"
            ),
            (
                "{\"keys\":[\(Foreign.rsa("a", nil)),\(Foreign.rsa("a", nil))]}",
                "its key a cannot be used: another key has the same kid"
            ),
            ("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"e\":\"AQAB\"}]}", "its key a cannot be used: its n is missing or not base64url"),
        ])
    func broken(text: String, reason: String) {
        let error = #expect(throws: KeySet.Problem.self) { try KeySet(parsing: Array(text.utf8)) }
        #expect(error?.description == reason)
    }

    @Test("an RSA key of fewer than 2048 bits, and a point that is not on the curve, are no keys")
    func weak() throws {
        let short = #expect(throws: KeySet.Problem.self) { try Foreign.keys(Foreign.rsa("a", "RS256", modulus: Foreign.shortModulus)) }
        #expect(short?.description.contains("2048") == true)
        let nowhere = Base64URL.encode([UInt8](repeating: 1, count: 32))
        #expect(throws: KeySet.Problem.self) {
            try Foreign.keys("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"b\",\"x\":\"\(nowhere)\",\"y\":\"\(nowhere)\"}")
        }
    }
}

struct KeySetFileTests {
    private static func write(_ text: String, to path: String) throws {
        let file = try unsafe #require(fopen(path, "w"))
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    @Test("a file is read when it changes, and for an unknown key at most once a minute; a broken one leaves what was known")
    func reading() throws {
        let path = "/tmp/switchboard-keyset-\(UInt64.random(in: 0...UInt64.max))"
        defer { unsafe unlink(path) }
        let file = KeySetFile(issuer: "elsewhere", path: path)
        #expect(throws: KeySetError.self) { try file.keys(isWanted: false, now: 0) }
        try Self.write("{\"keys\":[\(Foreign.rsa("a", nil))]}\n", to: path)
        #expect(try file.keys(isWanted: false, now: 0)?.keys.sorted() == ["a"])
        #expect(try file.keys(isWanted: false, now: 100) == nil)
        // The same file once more.
        #expect(try file.keys(isWanted: true, now: 30) == nil)
        #expect(try file.keys(isWanted: true, now: 60) != nil)
        #expect(try file.keys(isWanted: true, now: 119) == nil)
        #expect(try file.keys(isWanted: true, now: 120) != nil)
        // A clock that was set back does not stop it.
        #expect(try file.keys(isWanted: true, now: 7) != nil)
        try Self.write("{\"keys\":[\(Foreign.rsa("a", nil)),\(Foreign.rsa("b", nil))]}", to: path)
        #expect(try file.keys(isWanted: false, now: 8)?.keys.sorted() == ["a", "b"])
        try Self.write("{", to: path)
        #expect(throws: KeySetError.self) { try file.keys(isWanted: false, now: 9) }
    }

    @Test("SEC-1 · a file that everybody may change is refused, whatever is in it, and so is what is no file")
    func mode() throws {
        let path = "/tmp/switchboard-keyset-\(UInt64.random(in: 0...UInt64.max))"
        defer { unsafe unlink(path) }
        let file = KeySetFile(issuer: "elsewhere", path: path)
        try Self.write("{\"keys\":[\(Foreign.rsa("a", nil))]}", to: path)
        for mode: mode_t in [0o666, 0o602, 0o646] {
            unsafe chmod(path, mode)
            let error = #expect(throws: KeySetError.self) { try file.keys(isWanted: true, now: 0) }
            #expect(error?.description.contains("chmod o-w \(path)") == true, "\(String(describing: error))")
        }
        unsafe chmod(path, 0o644)
        #expect(try file.keys(isWanted: true, now: 0)?.keys.sorted() == ["a"])
        let folder = #expect(throws: KeySetError.self) { try KeySetFile(issuer: "elsewhere", path: "/tmp").keys(isWanted: true, now: 0) }
        #expect(folder?.description.contains("not a regular file") == true)
    }
}
