import Crypto
import Testing

@testable import Platform

struct VerifiedTokensTests {
    private let world = TokenWorld()
    private let trust: Trust
    private let tokens: VerifiedTokens

    init() {
        trust = Trust(keys: world.keys, services: .unrestricted)
        tokens = VerifiedTokens(trust, capacity: 2)
    }

    private func entry(_ text: String, expires: Int64 = 1_000, id: String = "1", subject: String = "ada") -> VerifiedToken {
        let caller = Caller(
            service: "voice", subject: subject, tenant: "demo", scopes: [], issuer: "dev", keyID: "k1", tokenID: id, issuedAt: 100,
            expires: expires)
        return VerifiedToken(
            Array(text.utf8), certificateDigest: [1], caller: caller, publicKey: .ed25519(world.key.publicKey), under: trust.snapshot)
    }

    private func find(_ text: String) -> VerifiedToken? {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe tokens.find($0) }
    }

    @Test("a token is found by its whole text")
    func found() {
        let entry = entry("a token that ends as another does")
        tokens.remember(entry, now: 0)
        tokens.remember(self.entry("one more that ends as another does"), now: 0)
        #expect(find("a token that ends as another does") === entry)
        #expect(find("no token that ends as another does") == nil)
        #expect(find("") == nil)
        #expect(find("short") == nil)
    }

    @Test("a token is good until its second comes")
    func expired() throws {
        let entry = entry("a.b.c")
        #expect(try tokens.isGood(entry, now: 999))
        #expect(try !tokens.isGood(entry, now: 1_000))
    }

    @Test("what is remembered is bounded, and the last one is among it")
    func bounded() {
        for number in 0..<100 {
            tokens.remember(entry("\(number)"), now: 0)
            #expect(tokens.count <= 2)
            #expect(find("\(number)") != nil)
        }
    }

    @Test("what has ended makes room first")
    func room() {
        let tokens = VerifiedTokens(trust, capacity: 4)
        for (text, expires) in [("a", Int64(10)), ("b", 20), ("c", 10), ("d", 10)] {
            tokens.remember(entry(text, expires: expires), now: 0)
        }
        tokens.remember(entry("e", expires: 20), now: 10)
        #expect(tokens.count == 2)
        let kept = ["a", "b", "c", "d", "e"].filter { text in
            unsafe Array(text.utf8).withUnsafeBytes { unsafe tokens.find($0) != nil }
        }
        #expect(kept == ["b", "e"])
    }

    @Test("the same text is kept once")
    func again() {
        tokens.remember(entry("a"), now: 0)
        let second = entry("a")
        tokens.remember(second, now: 0)
        #expect(tokens.count == 1)
        #expect(find("a") === second)
    }

    @Test(
        "SEC-1 · what is revoked after a token was remembered is seen at its next use",
        arguments: [
            ("token", TokenError.revoked), ("subject", .revoked), ("tenant", .tenantSuspended),
        ])
    func revoked(kind: String, error: TokenError) throws {
        let (mine, other) = (entry("a"), entry("b", id: "2", subject: "bob"))
        var revocations = Revocations()
        switch kind {
        case "token": revocations.tokens = [Revocations.Name(tenant: "demo", name: "1"): .max]
        case "subject": revocations.epochs = [Revocations.Name(tenant: "demo", name: "ada"): 101_000_000]
        default: revocations.suspendedTenants = ["demo"]
        }
        trust.replace(stored: [:], retired: [], revocations: revocations)
        #expect(throws: error) { try tokens.isGood(mine, now: 500) }
        if kind != "tenant" { #expect(try tokens.isGood(other, now: 500)) }
        // And good again when it is taken back.
        trust.replace(stored: [:], retired: [], revocations: Revocations())
        #expect(try tokens.isGood(mine, now: 500))
    }

    @Test("SEC-10 · a token is not good any more once its key is gone or retired, or the terms are others")
    func keys() throws {
        let mine = entry("a")
        trust.replace(stored: [:], retired: [KeyName(issuer: "dev", keyID: "k1")], revocations: Revocations())
        #expect(try !tokens.isGood(mine, now: 500))
        trust.replace(stored: [:], retired: [], revocations: Revocations())
        #expect(try tokens.isGood(mine, now: 500))
        trust.configure(issuers: [TrustedIssuer(name: "dev")], keys: [:], services: .unrestricted)
        #expect(try !tokens.isGood(mine, now: 500))
        trust.configure(issuers: [TrustedIssuer(name: "dev")], keys: world.keys.configured, services: .unrestricted)
        #expect(try tokens.isGood(mine, now: 500))
        trust.configure(issuers: [TrustedIssuer(name: "dev")], keys: world.keys.configured, services: ServiceScopes([:]))
        #expect(try !tokens.isGood(mine, now: 500))
    }
}

struct TrustTests {
    private let world = TokenWorld()

    @Test("a loop learns of changes by one number, which stays as it is when nothing has changed")
    func generations() {
        let trust = Trust(keys: world.keys, services: .unrestricted)
        let first = trust.generation
        trust.replace(stored: [:], retired: [], revocations: Revocations())
        trust.configure(issuers: [TrustedIssuer(name: "dev")], keys: world.keys.configured, services: .unrestricted)
        trust.replace(foreign: [:], of: "elsewhere")
        #expect(trust.generation == first)
        var revocations = Revocations()
        revocations.suspendedTenants = ["demo"]
        trust.replace(stored: [:], retired: [], revocations: revocations)
        #expect(trust.generation == first + 1)
        #expect(trust.snapshot.revocations == revocations)
    }

    @Test("a key of a foreign issuer is that issuer's only, and goes with its key set")
    func foreign() {
        let trust = Trust(keys: world.keys, services: .unrestricted)
        let key = world.key.publicKey
        trust.replace(foreign: ["k1": .ed25519(key), "k2": .ed25519(key)], of: "elsewhere")
        #expect(trust.snapshot.keys[KeyName(issuer: "elsewhere", keyID: "k2")] != nil)
        #expect(trust.snapshot.keys[KeyName(issuer: "dev", keyID: "k2")] == nil)
        trust.replace(foreign: ["k2": .ed25519(key)], of: "elsewhere")
        #expect(trust.snapshot.keys[KeyName(issuer: "elsewhere", keyID: "k1")] == nil)
        #expect(trust.snapshot.keys[KeyName(issuer: "dev", keyID: "k1")] != nil)
    }

    @Test("SEC-10 · a key that the database says is retired is refused wherever else it is known")
    func retired() {
        var keys = world.keys
        let name = KeyName(issuer: "dev", keyID: "k1")
        keys.stored = keys.configured
        #expect(keys[name] != nil)
        keys.retired = [name]
        #expect(keys[name] == nil)
    }

    @Test("a token of the second in which its subject was logged out is over; one of the next is not")
    func epochs() {
        var revocations = Revocations()
        revocations.epochs = [Revocations.Name(tenant: "demo", name: "ada"): 100_500_000]
        func refusal(issuedAt: Int64, actors: [String] = [], subject: String = "ada", tenant: String = "demo") -> TokenError? {
            revocations.refusal(
                of: Caller(
                    service: "voice", subject: subject, actors: actors, tenant: tenant, scopes: [], tokenID: "1", issuedAt: issuedAt,
                    expires: .max))
        }
        #expect(refusal(issuedAt: 100) == .revoked)
        #expect(refusal(issuedAt: 101) == nil)
        #expect(refusal(issuedAt: 100, subject: "bob") == nil)
        #expect(refusal(issuedAt: 100, tenant: "other") == nil)
        #expect(refusal(issuedAt: 100, actors: ["voice", "ada"], subject: "bob") == .revoked)
    }

    @Test(
        "a service may do what its entry says, or that of all others, or nothing",
        arguments: [
            ("web", "lead:read", true), ("web", "lead:write", true), ("web", "crew:run", false), ("ops", "crew:run", true),
            ("other", "voice:use", true), ("other", "lead:read", false),
        ])
    func services(name: String, scope: String, isAllowed: Bool) {
        let services = ServiceScopes([
            "web": ScopePatterns(["lead:*"]), "ops": .all, "*": ScopePatterns(["voice:use"]),
        ])
        #expect(services.allowed(name).contains(scope) == isAllowed)
        #expect(!ServiceScopes(["web": .all]).allowed("other").contains(scope))
    }

    @Test("who calls may do what the token, its issuer and its service allow, all three")
    func intersection() {
        let claims = TokenClaims(
            issuer: "dev", subject: "ada", tenant: "demo", roles: ["operator"], scopes: ["crew:run", "voice:use", "billing:file"], id: "1",
            issuedAt: 0,
            expires: 1, certificateDigest: [])
        let caller = Caller(
            claims, service: "voice", within: ScopePatterns(["lead:*", "voice:*"]), ScopePatterns(["lead:read", "voice:*", "crew:*"]))
        #expect(caller.scopes.isSuperset(of: ["lead:read", "voice:use"]))
        #expect(caller.scopes.isDisjoint(with: ["lead:write", "crew:run", "billing:file"]))
    }
}
