import AdminAPI
import Crypto
import Postgres
import RPC
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// AdminService over TLS: tenants, tokens, keys, principals.
@Suite("Those who run the platform", .timeLimit(.minutes(10))) struct AdministrationTests {
    private static func create(_ name: String) -> CreateTenantRequest {
        var request = CreateTenantRequest()
        request.name = name
        return request
    }

    private static func suspend(_ name: String) -> SuspendTenantRequest {
        var request = SuspendTenantRequest()
        request.name = name
        request.reason = "not paid"
        return request
    }

    private static func issue(_ digest: [UInt8], tenant: String = "acme", scopes: [String] = ["lead:read"]) -> IssueTokenRequest {
        var request = IssueTokenRequest()
        request.tenant = tenant
        request.subject = "bob"
        request.scopes = scopes
        request.certificateSha256 = digest
        return request
    }

    private func keyed(_ options: CallOptions, _ key: String) -> CallOptions {
        var options = options
        options.metadata.append("idempotency-key", key)
        return options
    }

    @Test("a tenant is made once under its key, and its name is taken from then on")
    func createTenant() async throws {
        try await TokenWorld.with { world in
            let (client, options) = try await world.administrator()
            let tenants = client.administration
            let made = try await tenants.createTenant(Self.create("new-one"), keyed(options, "tenant-key-1"))
            #expect((made.name, made.state) == ("new-one", .active))
            #expect(try await tenants.createTenant(Self.create("new-one"), keyed(options, "tenant-key-1")) == made)
            #expect(
                await refusal { try await tenants.createTenant(Self.create("new-one"), keyed(options, "tenant-key-2")) }?.reason
                    == "TENANT_EXISTS")
            #expect(
                await refusal { try await tenants.createTenant(Self.create("other-one"), keyed(options, "tenant-key-1")) }?.reason
                    == "IDEMPOTENCY_KEY_REUSED")
            #expect(
                await refusal { try await tenants.createTenant(Self.create("-no-"), keyed(options, "tenant-key-3")) }?.reason
                    == "FIELD_VIOLATION")
            #expect(await refusal { try await tenants.createTenant(Self.create("x"), options) }?.reason == "IDEMPOTENCY_KEY_MISSING")
        }
    }

    @Test("R28 · every call of a suspended tenant is refused, until it is opened again; it gets no tokens either")
    func suspendTenant() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let voice = try world.client("voice")
            #expect(
                await refusal { try await admin.administration.suspendTenant(Self.suspend("acme"), options) }?.reason
                    == "RESOURCE_NOT_FOUND", "nobody has used it, and nobody has made it")
            let token = try await voice.exchange(tenant: "acme").token
            _ = try await admin.administration.createTenant(Self.create("acme"), keyed(options, "tenant-key-1"))
            let suspended = try await admin.administration.suspendTenant(Self.suspend("acme"), options)
            #expect(suspended.state == .suspended)
            #expect(try await admin.administration.suspendTenant(Self.suspend("acme"), options) == suspended)
            try await eventually("the tenant's calls are refused") {
                let refusal = await refusal { try await voice.whoAmI(token) }
                return refusal?.code == .permissionDenied && refusal?.reason == "TENANT_SUSPENDED"
            }
            #expect(await refusal { try await voice.exchange(tenant: "acme") }?.reason == "TENANT_SUSPENDED")
            #expect(await refusal { try await voice.exchange(token) }?.reason == "TENANT_SUSPENDED")
            var list = ListPrincipalsRequest()
            list.tenant = "acme"
            #expect(try await admin.administration.listPrincipals(list, options).principals.map(\.tokensIssued) == [1])

            var resume = ResumeTenantRequest()
            resume.name = "acme"
            #expect(try await admin.administration.resumeTenant(resume, options).state == .active)
            try await eventually("they are let through") { await refusal { try await voice.whoAmI(token) } == nil }
        }
    }

    @Test("a tenant that nobody made, but that has had tokens, can be suspended and resumed; nobody suspends his own")
    func suspendUnmade() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let voice = try world.client("voice")
            _ = try await voice.exchange(tenant: "acme")
            let suspended = try await admin.administration.suspendTenant(Self.suspend("acme"), options)
            #expect((suspended.name, suspended.state) == ("acme", .suspended))
            #expect(try await admin.administration.suspendTenant(Self.suspend("acme"), options) == suspended)
            #expect(await refusal { try await voice.exchange(tenant: "acme") }?.reason == "TENANT_SUSPENDED")
            var resume = ResumeTenantRequest()
            resume.name = "acme"
            #expect(try await admin.administration.resumeTenant(resume, options).state == .active)
            let own = await refusal { try await admin.administration.suspendTenant(Self.suspend("platform"), options) }
            #expect(own?.code == .failedPrecondition && own?.reason == "PRECONDITION_FAILED")
        }
    }

    @Test("a subject's tokens are not ended before they are issued, and a token's name may be as long as any issuer makes it")
    func revokeBounds() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            var subject = RevokeTokenRequest.Subject()
            subject.tenant = "acme"
            subject.subject = "ada"
            var revoke = RevokeTokenRequest()
            for (seconds, reason) in [(Int64(3_600), "FIELD_VIOLATION"), (-3_600, nil)] {
                var time = Timestamp()
                time.seconds = UnixTime.now() + seconds
                subject.issuedBefore = time
                revoke.target = .subject(subject)
                #expect(await refusal { try await admin.administration.revokeToken(revoke, options) }?.reason == reason)
            }
            for (length, reason) in [(128, nil), (129, "FIELD_VIOLATION")] {
                var name = RevokeTokenRequest.TokenName()
                name.tenant = "acme"
                name.tokenID = String(repeating: "j", count: length)
                revoke.target = .token(name)
                #expect(await refusal { try await admin.administration.revokeToken(revoke, options) }?.reason == reason)
            }
        }
    }

    @Test("a token is issued for one certificate, allows nothing that its maker may not do, and ends when it is revoked")
    func issueToken() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let web = try world.client("web")
            let reply = try await admin.administration.issueToken(Self.issue(web.certificateDigest), options)
            #expect(try await web.whoAmI(reply.token) == "web for bob, by , in acme: lead:read")
            #expect(await refusal { try await admin.whoAmI(reply.token) }?.reason == "TOKEN_BINDING_MISMATCH")
            #expect(
                await refusal {
                    try await admin.administration.issueToken(Self.issue(web.certificateDigest, scopes: ["billing:file"]), options)
                }?.reason == "SCOPE_MISSING")
            #expect(
                await refusal { try await admin.administration.issueToken(Self.issue([1, 2]), options) }?.reason == "FIELD_VIOLATION")
            #expect(
                await refusal {
                    try await admin.administration.issueToken(Self.issue(web.certificateDigest, scopes: []), options)
                }?.reason == "FIELD_VIOLATION")

            var revoke = RevokeTokenRequest()
            var name = RevokeTokenRequest.TokenName()
            name.tenant = "acme"
            name.tokenID = reply.tokenID
            revoke.target = .token(name)
            _ = try await admin.administration.revokeToken(revoke, options)
            try await eventually("the token is refused") {
                await refusal { try await web.whoAmI(reply.token) }?.reason == "TOKEN_REVOKED"
            }
            // Nor is it good for another one.
            #expect(await refusal { try await world.client("voice").exchange(reply.token) }?.reason == "TOKEN_REVOKED")
        }
    }

    @Test("who is handed a token hands out none; what he was handed, and what came of it, ends when who handed it out is logged out")
    func chain() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let (web, voice) = (try world.client("web"), try world.client("voice"))
            let scopes = ["lead:read", "admin:tokens"]
            let handed = try await admin.administration.issueToken(Self.issue(web.certificateDigest, scopes: scopes), options).token
            let on = await refusal {
                try await web.administration.issueToken(Self.issue(web.certificateDigest), TokenClient.options(handed))
            }
            #expect(on?.code == .permissionDenied && on?.reason == "EXCHANGE_NOT_ALLOWED")
            let acting = TokenClient.options(
                try await world.token(of: "boss", at: web, scopes: Set(scopes), actors: ["voice"]))
            #expect(
                await refusal { try await web.administration.issueToken(Self.issue(web.certificateDigest), acting) }?.reason
                    == "EXCHANGE_NOT_ALLOWED")

            let exchanged = try await voice.exchange(handed).token
            var create = CreateGrantRequest()
            create.subjectToken = handed
            var exchange = ExchangeRequest()
            exchange.tenant = "acme"
            exchange.subject = .grantID(try await voice.tokens.createGrant(create, TokenClient.bare).id)
            _ = try await voice.tokens.exchange(exchange, TokenClient.bare)
            let desk = world.deafDesk()
            // Logged out where he is at home, which is another tenant than the token's.
            _ = try await world.issuer.revoke(
                .subject(tenant: "platform", "root", issuedBefore: nil), reason: "left", world.scope("platform"))
            for (client, token) in [(web, handed), (voice, exchanged)] {
                try await eventually("the token is refused") {
                    await refusal { try await client.whoAmI(token) }?.reason == "TOKEN_REVOKED"
                }
            }
            #expect(await refusal { try await voice.tokens.exchange(exchange, TokenClient.bare) }?.code == .notFound)
            #expect(
                await refusal {
                    try await desk.exchange(
                        .token(handed), Delegation.Wish(), by: "voice", certificateDigest: voice.certificateDigest, world.scope(nil))
                }?.reason == "TOKEN_REVOKED")
        }
    }

    @Test("E1 · who looks after one tenant cannot reach another one's tokens, nor the platform's keys")
    func ownTenant() async throws {
        try await TokenWorld.with { world in
            let web = try world.client("web")
            let scopes: Set<String> = ["lead:read", "admin:tokens"]
            let options = TokenClient.options(try await world.token(of: "boss", at: web, scopes: scopes))
            let administration = web.administration
            _ = try await administration.issueToken(Self.issue(web.certificateDigest), options)
            #expect(
                await refusal { try await administration.issueToken(Self.issue(web.certificateDigest, tenant: "other"), options) }?.reason
                    == "TENANT_MISMATCH")
            var list = ListPrincipalsRequest()
            list.tenant = "other"
            #expect(await refusal { try await administration.listPrincipals(list, options) }?.reason == "TENANT_MISMATCH")
            list.tenant = "acme"
            // Which services there are, and in which tenants they act, is not his to know.
            let own = try await administration.listPrincipals(list, options)
            #expect(own.services.isEmpty && !own.principals.isEmpty)
            var revoke = RevokeTokenRequest()
            var subject = RevokeTokenRequest.Subject()
            subject.tenant = "other"
            subject.subject = "ada"
            revoke.target = .subject(subject)
            #expect(await refusal { try await administration.revokeToken(revoke, options) }?.reason == "TENANT_MISMATCH")
            revoke.target = .keyID("any")
            #expect(await refusal { try await administration.revokeToken(revoke, options) }?.reason == "SCOPE_MISSING")
            #expect(await refusal { try await administration.suspendTenant(Self.suspend("acme"), options) }?.reason == "SCOPE_MISSING")
        }
    }

    @Test("SEC-10 · while the signing key is replaced, no call and no exchange fails; the one that is retired is refused")
    func rotation() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let isOver = Flag()
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for name in ["voice", "crew", "web", "voice"] {
                    let client = try world.client(name)
                    group.addTask {
                        var count = 0
                        while !isOver.isSet {
                            let token =
                                name == "web"
                                ? try await world.token(at: client) : try await client.exchange(tenant: "acme", scopes: ["lead:read"]).token
                            _ = try await client.whoAmI(token)
                            count += 1
                        }
                        return count
                    }
                }
                let before = try await world.issuer.signingKeyID()
                var keys: Set<String> = []
                for number in 0..<3 {
                    let key = try await admin.administration.rotateSigningKey(
                        RotateSigningKeyRequest(), keyed(options, "rotate-key-\(number)"))
                    #expect(key.algorithm == "EdDSA" && key.publicKey.count == 32 && key.id != before)
                    keys.insert(key.id)
                    #expect(
                        try await admin.administration.rotateSigningKey(RotateSigningKeyRequest(), keyed(options, "rotate-key-\(number)"))
                            == key)
                    // As if the time had passed in which every process hears of it.
                    let name = KeyName(issuer: TokenWorld.issuerName, keyID: key.id)
                    try await eventually("the new key is known") { world.trust.snapshot.keys[name] != nil }
                    try await world.database.batch(world.scope(nil)) {
                        $0.enqueue("UPDATE signing_key SET signs_from = now() WHERE kid = \(key.id)")
                    }
                    try await eventually("the new key signs") { try await world.issuer.signingKeyID() == key.id }
                }
                #expect(keys.count == 3)
                isOver.set()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")

            let voice = try world.client("voice")
            let token = try await voice.exchange(tenant: "acme").token
            var revoke = RevokeTokenRequest()
            revoke.target = .keyID(try await world.issuer.signingKeyID())
            _ = try await admin.administration.revokeToken(revoke, options)
            try await eventually("its tokens are refused") {
                await refusal { try await voice.whoAmI(token) }?.reason == "TOKEN_REVOKED"
            }
            // The one before signs again, and its tokens are good.
            _ = try await voice.whoAmI(try await voice.exchange(tenant: "acme").token)
        }
    }

    @Test("a key that was lost goes with all others, and the new one signs at once")
    func retireOthers() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let voice = try world.client("voice")
            let token = try await voice.exchange(tenant: "acme").token
            var request = RotateSigningKeyRequest()
            request.retireOthers = true
            let key = try await admin.administration.rotateSigningKey(request, keyed(options, "rotate-key-1"))
            #expect(try await world.issuer.signingKeyID() == key.id)
            try await eventually("older tokens are refused") {
                await refusal { try await voice.whoAmI(token) }?.reason == "TOKEN_REVOKED"
            }
            let new = try await voice.exchange(tenant: "acme").token
            try await eventually("new ones are good") { await refusal { try await voice.whoAmI(new) } == nil }
        }
    }

    @Test("a key that has a follower loses its private half, and is retired when its last token has ended")
    func aging() async throws {
        try await TokenWorld.with { world in
            let first = try await world.issuer.signingKeyID()
            func states() async throws -> [String] {
                try await world.database.batch(world.scope(nil)) {
                    $0.all(
                        "SELECT state || CASE WHEN sealed_private_key IS NULL THEN '' ELSE ' sealed' END FROM signing_key ORDER BY signs_from",
                        as: String.self)
                }
            }
            let rotation = try world.issuer.rotation(retiringOthers: false)
            try await world.database.batch(world.scope(nil)) { $0.enqueue(rotation) }
            try await world.issuer.ageKeys()
            #expect(try await states() == ["active sealed", "active sealed"])
            // The follower is announced, and does not sign.
            #expect(try await world.issuer.signingKeyID() == first)
            for (seconds, expected) in [(Int64(60), ["verifying", "active sealed"]), (1_200, ["retired", "active sealed"])] {
                try await world.database.batch(world.scope(nil)) {
                    $0.enqueue(
                        "UPDATE signing_key SET signs_from = now() - \(seconds) * interval '1 second' WHERE kid = \(rotation.key.id)")
                    $0.enqueue("UPDATE signing_key SET signs_from = now() - interval '1 hour' WHERE kid = \(first)")
                }
                try await world.issuer.ageKeys()
                #expect(try await states() == expected)
            }
            #expect(try await world.issuer.signingKeyID() == rotation.key.id)
        }
    }

    @Test("principals are listed page by page, with the services of the configuration")
    func principals() async throws {
        try await TokenWorld.with { world in
            let (admin, options) = try await world.administrator()
            let web = try world.client("web")
            for user in ["ada", "bob", "cleo"] { _ = try await world.token(of: user, at: web) }
            _ = try await world.client("voice").exchange(try await world.token(at: web))
            var request = ListPrincipalsRequest()
            request.tenant = "acme"
            request.pageSize = 3
            let first = try await admin.administration.listPrincipals(request, options)
            #expect(first.principals.map { "\($0.subject)/\($0.service)" } == ["ada/", "ada/voice", "bob/"])
            #expect(first.principals.first?.tokensIssued == 2)
            #expect(first.services.map(\.name) == TokenWorld.services.map(\.name))
            request.pageToken = first.nextPageToken
            let second = try await admin.administration.listPrincipals(request, options)
            #expect(second.principals.map(\.subject) == ["cleo"] && second.nextPageToken.isEmpty && second.services.isEmpty)
            request.onlyLive = true
            #expect(await refusal { try await admin.administration.listPrincipals(request, options) }?.reason == "PAGE_TOKEN_INVALID")
            request.pageToken = ""
            try await world.database.batch(world.scope()) { $0.enqueue("UPDATE principal SET expires_at = now() WHERE subject <> 'bob'") }
            #expect(try await admin.administration.listPrincipals(request, options).principals.map(\.subject) == ["bob"])
        }
    }
}

/// Set once, seen by others.
private final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}

extension TokenIssuer {
    /// Which key signs now.
    fileprivate func signingKeyID() async throws -> String {
        let key = try await database.batch(platformScope) { $0.one(.signingKey(of: issuer), as: SealedSigningKey.self) }
        return key.id
    }
}
