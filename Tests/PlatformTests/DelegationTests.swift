import Crypto
import TestSupport
import Testing

@testable import Platform

/// Who gets a token for whose work, and what it allows.
@Suite struct DelegationTests {
    private static let now: Int64 = 1_000_000

    private static func service(
        _ name: String = "voice", _ scopes: [String] = ["lead:read", "lead:write"], tenants: [String] = ["acme"], actsForOthers: Bool = true
    ) -> ServiceRights {
        ServiceRights(name: name, scopes: scopes, tenants: tenants, mayActForOthers: actsForOthers)
    }

    private static func token(
        of subject: String = "ada", actors: [String] = [], tenant: String = "acme", roles: [String] = [], scopes: [String] = ["lead:read"],
        expires: Int64 = now + 600
    ) -> TokenClaims {
        TokenClaims(
            issuer: "test", subject: subject, actors: actors, tenant: tenant, roles: roles, scopes: scopes, id: "1", issuedAt: now - 60,
            expires: expires, certificateDigest: [])
    }

    private static func refusal(_ body: () throws(TokenRefusal) -> Delegation) -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("a service's own token is for itself, with its scopes, in a tenant that it is listed for")
    func own() throws {
        let delegation = try Delegation.own(
            Self.service("voice", ["lead:*"]), .init(tenant: "acme"), declared: ["lead:read", "lead:send", "admin:jobs"], now: Self.now)
        #expect(
            delegation
                == Delegation(subject: "voice", tenant: "acme", scopes: ["lead:read", "lead:send"], expires: Self.now + 900))
        #expect(
            Self.refusal { () throws(TokenRefusal) in
                try .own(Self.service(), .init(tenant: "other"), declared: ["lead:read"], now: Self.now)
            } == .tenantNotAllowed(service: "voice", tenant: "other"))
        #expect(
            Self.refusal { () throws(TokenRefusal) in
                try .own(Self.service(tenants: ["*"]), .init(tenant: ""), declared: ["lead:read"], now: Self.now)
            } == .tenantNotAllowed(service: "voice", tenant: ""))
        #expect(
            Self.refusal { () throws(TokenRefusal) in
                try .own(
                    Self.service(), .init(tenant: "acme", scopes: ["admin:jobs"]), declared: ["lead:read", "admin:jobs"], now: Self.now)
            } == .nothingAllowed(service: "voice", wanted: ["admin:jobs"]))
    }

    @Test("a service of some tenants gets no scope that reaches over their borders, whatever the configuration lets it do")
    func noPlatformScopes() throws {
        let declared: Set<String> = ["lead:read", "admin:tenants", "admin:tokens"]
        func scopes(_ tenants: [String]) throws -> Set<String> {
            try Delegation.own(Self.service("voice", ["*"], tenants: tenants), .init(tenant: "acme"), declared: declared, now: Self.now)
                .scopes
        }
        #expect(try scopes(["acme", "other"]) == ["lead:read"])
        #expect(try scopes(["*"]) == declared)
    }

    @Test("an issuer of some tenants gives no scope that reaches over their borders, by role or by name")
    func issuersOfSomeTenants() {
        let claims = TokenClaims(
            issuer: "elsewhere", subject: "ada", tenant: "acme", roles: ["platform_admin"], scopes: ["admin:tokens"], id: "1", issuedAt: 0,
            expires: 1, certificateDigest: [])
        let bounded = TrustedIssuer(name: "elsewhere", tenants: ["acme"])
        #expect(Caller(claims, service: "voice", within: bounded.scopes).scopes == Role.admin.scopes)
        #expect(Caller(claims, service: "voice", within: TrustedIssuer(name: "ours").scopes).scopes == Role.platformAdmin.scopes)
    }

    @Test("a token for another's work names both, and allows what both may do and was asked for")
    func exchanged() throws {
        let subject = Self.token(scopes: ["lead:read", "lead:write", "crew:run"])
        let all = try Delegation.of(subject, by: Self.service(), .init(), now: Self.now)
        #expect((all.subject, all.actors, all.tenant) == ("ada", ["voice"], "acme"))
        #expect(all.scopes == ["lead:read", "lead:write"])
        let some = try Delegation.of(subject, by: Self.service(), .init(tenant: "acme", scopes: ["lead:read", "crew:run"]), now: Self.now)
        #expect(some.scopes == ["lead:read"])
        let byRole = try Delegation.of(Self.token(roles: ["viewer"], scopes: []), by: Self.service(), .init(), now: Self.now)
        #expect(byRole.scopes == Role.viewer.scopes.intersection(["lead:read", "lead:write"]))
    }

    @Test("it lives no longer than the token that it comes of")
    func lifetime() throws {
        let short = Self.token(expires: Self.now + 20)
        #expect(try Delegation.of(short, by: Self.service(), .init(), now: Self.now).expires == Self.now + 20)
        #expect(try Delegation.of(Self.token(), by: Self.service(), .init(lifetimeSeconds: 7), now: Self.now).expires == Self.now + 7)
        #expect(
            try Delegation.own(
                Self.service(), .init(tenant: "acme", lifetimeSeconds: .max), declared: ["lead:read"], now: Self.now
            ).expires == Self.now + 900)
    }

    @Test("another's token is nothing to a service that may not act for others, nor in another tenant")
    func notAllowed() {
        #expect(
            Self.refusal { () throws(TokenRefusal) in
                try .of(Self.token(), by: Self.service(actsForOthers: false), .init(), now: Self.now)
            } == .exchangeNotAllowed(service: "voice"))
        #expect(
            Self.refusal { () throws(TokenRefusal) in try .of(Self.token(), by: Self.service(), .init(tenant: "other"), now: Self.now) }
                == .tenantNotAllowed(service: "voice", tenant: "other"))
        // Its own token it may renew, which names nobody else.
        let own = try? Delegation.of(Self.token(of: "voice"), by: Self.service(actsForOthers: false), .init(), now: Self.now)
        #expect(own?.actors == [])
    }

    @Test("each service that acted stays named, once in a row, and three are the most")
    func depth() throws {
        let first = Self.token(actors: ["voice"])
        #expect(try Delegation.of(first, by: Self.service("voice"), .init(), now: Self.now).actors == ["voice"])
        #expect(try Delegation.of(first, by: Self.service("crew"), .init(), now: Self.now).actors == ["crew", "voice"])
        let full = Self.token(actors: ["c", "b", "a"])
        #expect(try Delegation.of(full, by: Self.service("c"), .init(), now: Self.now).actors == ["c", "b", "a"])
        #expect(
            Self.refusal { () throws(TokenRefusal) in try .of(full, by: Self.service("d"), .init(), now: Self.now) } == .tooDeep)
    }

    @Test("under a grant its own service alone gets a token, in its tenant, within what was granted")
    func granted() throws {
        let grant = Grant(
            id: UUIDv7Generator.system.next(), tenant: "acme", subject: "ada", actors: ["voice"], scopes: ["lead:read", "crew:run"],
            created: Self.now, expires: Self.now + 100)
        let token = try Delegation.of(grant, by: Self.service(), .init(tenant: "acme"), now: Self.now)
        #expect((token.subject, token.actors, token.tenant) == ("ada", ["voice"], "acme"))
        #expect((token.scopes, token.expires) == (["lead:read"], Self.now + 100))
        // A token that says of which grant it is makes no other grant.
        #expect(token.grant == Base64URL.encode(grant.id.bytes))
        for (service, tenant) in [("crew", "acme"), ("voice", "other"), ("voice", "")] {
            #expect(
                Self.refusal { () throws(TokenRefusal) in
                    try .of(grant, by: Self.service(service), .init(tenant: tenant), now: Self.now)
                } == .grantNotFound)
        }
        #expect(
            Self.refusal { () throws(TokenRefusal) in
                try .of(grant, by: Self.service(actsForOthers: false), .init(tenant: "acme"), now: Self.now)
            } == .exchangeNotAllowed(service: "voice"))
    }

    @Test("of random sets of scopes exactly the common ones remain, and a chain of exchanges never gains one")
    func intersection() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let names = ["lead:read", "lead:write", "lead:send", "crew:read", "crew:run", "voice:use", "admin:jobs"]
        func some() -> Set<String> { Set(names.filter { _ in Bool.random(using: &random) }) }
        for _ in 0..<2_000 {
            let (subject, service, wanted) = (some(), some(), some())
            let rights = ServiceRights(name: "voice", scopes: service.sorted(), tenants: [], mayActForOthers: true)
            let common = subject.intersection(service).intersection(wanted.isEmpty ? subject : wanted)
            let claims = Self.token(scopes: subject.sorted())
            let got = try? Delegation.of(claims, by: rights, .init(scopes: wanted), now: Self.now)
            #expect(got?.scopes == (common.isEmpty ? nil : common), "seed \(seed)")
            guard let got else { continue }
            let other = ServiceRights(name: "crew", scopes: ["*"], tenants: ["*"], mayActForOthers: true)
            let next = try Delegation.of(
                Self.token(actors: got.actors, scopes: got.scopes.sorted(), expires: got.expires), by: other, .init(), now: Self.now)
            #expect(next.scopes == got.scopes && next.expires <= claims.expires && next.subject == claims.subject)
        }
    }

    @Test("a token says in few words what it allows, and the words mean exactly that")
    func words() {
        for role in Role.allCases {
            let delegation = Delegation(subject: "ada", tenant: "acme", scopes: role.scopes.union(["x:y"]), expires: 0)
            let (roles, scopes) = delegation.words
            let meant = roles.compactMap(Role.init(rawValue:)).reduce(into: Set(scopes)) { $0.formUnion($1.scopes) }
            #expect(meant == delegation.scopes)
            #expect(roles.count <= 1)
        }
        let few = Delegation(subject: "ada", tenant: "acme", scopes: ["x:y"], expires: 0).words
        #expect(few.roles.isEmpty && few.scopes == ["x:y"])
    }
}
