import AdminAPI
import Crypto
import Net
import Protobuf
import RPC
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// Grants outlive tokens, and end when somebody says so: what runs under them ends, too.
@Suite("Work under grants", .timeLimit(.minutes(10))) struct GrantTests {
    /// Long enough that its end is never what ends a job here.
    private static let kind = JobKind<StringValue>("test.granted", timeout: .seconds(100_000))

    private static func grant(_ world: TokenWorld, scopes: [String] = []) async throws -> (TokenClient, AdminAPI.Grant) {
        let token = try await world.token(at: try world.client("web"))
        let voice = try world.client("voice")
        return (voice, try await voice.tokens.createGrant(Self.create(token, scopes: scopes), TokenClient.bare))
    }

    private static func create(_ token: String, scopes: [String] = []) -> CreateGrantRequest {
        var request = CreateGrantRequest()
        request.subjectToken = token
        request.scopes = scopes
        return request
    }

    private static func exchange(_ grant: AdminAPI.Grant, _ tenant: String? = nil) -> ExchangeRequest {
        var request = ExchangeRequest()
        request.tenant = tenant ?? grant.tenant
        request.subject = .grantID(grant.id)
        return request
    }

    @Test("a grant is good for short tokens in the user's name, for the service that holds it and nobody else, until it is revoked")
    func exchanged() async throws {
        try await TokenWorld.with { world in
            let (voice, grant) = try await Self.grant(world, scopes: ["lead:read"])
            #expect((grant.subject, grant.service, grant.tenant, grant.scopes) == ("ada", "voice", "acme", ["lead:read"]))
            let token = try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare)
            #expect(try await voice.whoAmI(token.token) == "voice for ada, by voice, in acme: lead:read")

            let crew = try world.client("crew")
            #expect(await refusal { try await crew.tokens.exchange(Self.exchange(grant), TokenClient.bare) }?.code == .notFound)
            #expect(await refusal { try await voice.tokens.exchange(Self.exchange(grant, "other"), TokenClient.bare) }?.code == .notFound)
            var revoke = RevokeGrantRequest()
            revoke.tenant = grant.tenant
            revoke.grantID = grant.id
            #expect(await refusal { try await crew.tokens.revokeGrant(revoke, TokenClient.bare) }?.code == .notFound)

            let revoked = try await voice.tokens.revokeGrant(revoke, TokenClient.bare)
            #expect(revoked.revokedAt != nil)
            #expect(try await voice.tokens.revokeGrant(revoke, TokenClient.bare).revokedAt == revoked.revokedAt)
            #expect(await refusal { try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare) }?.code == .notFound)
        }
    }

    @Test("a token that comes of a grant makes no other grant, in whoever's hands: nobody renews one without end")
    func grantOfGrant() async throws {
        try await TokenWorld.with { world in
            let (voice, grant) = try await Self.grant(world)
            let token = try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare).token
            let again = await refusal { try await voice.tokens.createGrant(Self.create(token), TokenClient.bare) }
            #expect(again?.code == .permissionDenied && again?.reason == "EXCHANGE_NOT_ALLOWED")
            #expect(again?.message.contains("comes of a grant") == true)
            let crew = try world.client("crew")
            let handedOn = try await crew.exchange(token).token
            #expect(
                await refusal { try await crew.tokens.createGrant(Self.create(handedOn), TokenClient.bare) }?.reason
                    == "EXCHANGE_NOT_ALLOWED")
        }
    }

    @Test("a grant ends with the token that it came of, and stays ended when nobody else needs the word that ended it")
    func endsWithToken() async throws {
        try await TokenWorld.with { world in
            let source = try await world.issued(at: try world.client("web"))
            let voice = try world.client("voice")
            let grant = try await voice.tokens.createGrant(Self.create(source.text), TokenClient.bare)
            _ = try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare)
            _ = try await world.issuer.revoke(.token(tenant: "acme", id: source.claims.id), reason: "", world.scope())
            #expect(await refusal { try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare) }?.code == .notFound)
            try await world.database.batch(world.scope()) {
                $0.enqueue("UPDATE revoked_token SET expires_at = now() - interval '1 day'")
            }
            #expect(try await IdentityRetention.purgeRevokedTokens(world.database) == 0)
            #expect(await refusal { try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare) }?.code == .notFound)
        }
    }

    @Test("what was revoked makes no token and no grant, even where the process has not heard of it", arguments: [true, false])
    func unheard(isSubject: Bool) async throws {
        try await TokenWorld.with { world in
            let desk = world.deafDesk()
            let (web, voice) = (try world.client("web"), try world.client("voice"))
            let source = try await world.issued(at: web)
            _ = try await world.issuer.revoke(
                isSubject ? .subject(tenant: "acme", "ada", issuedBefore: nil) : .token(tenant: "acme", id: source.claims.id), reason: "",
                world.scope())
            #expect(
                await refusal {
                    try await desk.exchange(
                        .token(source.text), Delegation.Wish(), by: "voice", certificateDigest: voice.certificateDigest, world.scope(nil))
                }?.reason == "TOKEN_REVOKED")
            #expect(
                await refusal {
                    try await desk.grant(source.text, scopes: [], lifetimeSeconds: nil, by: "voice", world.scope(nil))
                }?.reason == "TOKEN_REVOKED")
            let noted: [String] = try await world.database.batch(world.scope()) {
                $0.all("SELECT service FROM principal WHERE tenant_id = current_tenant()", as: String.self)
            }
            #expect(noted == [""], "nobody is noted as having got what was refused")
        }
    }

    @Test("when a grant was made is what the database's clock says, not the process's")
    func createdAt() async throws {
        try await TokenWorld.with { world in
            let source = try await world.issued(at: try world.client("web"))
            let late = TokenIssuer(
                database: world.database, ring: KeyRing(nil), proof: world.proof, issuer: TokenWorld.issuerName
            ) { UnixTime.now() + 300 }
            let before = UnixTime.now()
            let grant = try await world.deafDesk(late).grant(source.text, scopes: [], lifetimeSeconds: nil, by: "voice", world.scope(nil))
            // Both clocks are this machine's.
            #expect((before...UnixTime.now()).contains(grant.created))
        }
    }

    /// What ends the leave of a running job.
    enum End: String, Sendable, CaseIterable {
        case grant, token, subject, service, tenant
    }

    @Test(
        "a job that runs in a user's name stops when the user, his token, the service, the tenant or the grant is ended",
        arguments: End.allCases)
    func runningJob(end: End) async throws {
        try await TokenWorld.with { world in
            let source = try await world.issued(at: try world.client("web"))
            let voice = try world.client("voice")
            let grant = try await voice.tokens.createGrant(Self.create(source.text), TokenClient.bare)
            let id = try #require(UUIDv7(grant.id))
            let begun = Bell(on: world.loops.loops[0])
            let heard = Mutex("")
            let work = GrantedWork(world.desk, world.watch, service: "voice", certificateDigest: voice.certificateDigest)
            let handler = JobHandler(Self.kind) { _, job in
                try await work.perform(id, job) { credentials in
                    let options = CallOptions(metadata: try await credentials.fetch(), timeout: .seconds(300))
                    let reply = try await voice.channel.unary(path: WhoAmI.method.info.path, message: [], options)
                    let name = try StringValue(decoding: reply).value
                    heard.withLock { $0 = name }
                    begun.ring()
                    while true { try await Task.sleep(for: .seconds(100_000)) }
                }
            }
            let workers = JobWorkers(world.database, loops: world.loops.loops, queues: [JobQueue()], handlers: [handler], log: world.log)
            workers.start()
            let job = Job(Self.kind, StringValue("long"))
            try await world.database.batch(world.scope()) { $0.enqueue(job) }
            await begun.wait()
            #expect(heard.withLock { $0 } == "voice for ada, by voice, in acme: lead:read lead:write")

            let admin = try await world.administrator()
            switch end {
            case .tenant:
                try await world.database.batch(world.scope()) { $0.enqueue("INSERT INTO tenant (tenant_id) VALUES (current_tenant())") }
                var request = SuspendTenantRequest()
                request.name = "acme"
                request.reason = "test"
                _ = try await admin.client.administration.suspendTenant(request, admin.options)
            case .token: _ = try await world.issuer.revoke(.token(tenant: "acme", id: source.claims.id), reason: "", world.scope())
            case .grant, .subject, .service:
                var request = RevokeTokenRequest()
                if end == .grant {
                    var name = RevokeTokenRequest.GrantName()
                    name.tenant = grant.tenant
                    name.grantID = grant.id
                    request.target = .grant(name)
                } else {
                    var subject = RevokeTokenRequest.Subject()
                    subject.tenant = "acme"
                    subject.subject = end == .subject ? "ada" : "voice"
                    request.target = .subject(subject)
                }
                _ = try await admin.client.administration.revokeToken(request, admin.options)
            }
            // Nothing but the word of the database ends it: its timeout is far away, and no attempt follows.
            try await eventually("the job ended") {
                let state: String? = try await world.database.batch(world.scope()) {
                    $0.optional("SELECT state FROM job WHERE tenant_id = current_tenant() AND id = \(job.id)", as: String.self)
                }
                return state == "dead"
            }
            await workers.stop(grace: .zero)
        }
    }

    @Test("a job whose grant has ended does not begin")
    func ended() async throws {
        try await TokenWorld.with { world in
            let (voice, grant) = try await Self.grant(world)
            let id = try #require(UUIDv7(grant.id))
            _ = try await world.issuer.revoke(.grant(tenant: "acme", id), reason: "", world.scope())
            let ran = Mutex(false)
            let work = GrantedWork(world.desk, world.watch, service: "voice", certificateDigest: voice.certificateDigest)
            let handler = JobHandler(Self.kind) { _, job in
                try await work.perform(id, job) { _ in ran.withLock { $0 = true } }
            }
            let workers = JobWorkers(world.database, loops: world.loops.loops, queues: [JobQueue()], handlers: [handler], log: world.log)
            workers.start()
            let job = Job(Self.kind, StringValue("late"))
            try await world.database.batch(world.scope()) { $0.enqueue(job) }
            try await eventually("the job is dead") {
                let state: String? = try await world.database.batch(world.scope()) {
                    $0.optional("SELECT state FROM job WHERE tenant_id = current_tenant() AND id = \(job.id)", as: String.self)
                }
                return state == "dead"
            }
            #expect(!ran.withLock { $0 })
            await workers.stop(grace: .zero)
        }
    }

    /// Why no token can be made at first.
    enum Lack: Sendable, CaseIterable {
        case keyRing, signingKey
    }

    @Test("a job for which no token can be made just now is tried again, and done when there is a key", arguments: Lack.allCases)
    func notIssued(lack: Lack) async throws {
        try await TokenWorld.with { world in
            let (voice, grant) = try await Self.grant(world)
            let id = try #require(UUIDv7(grant.id))
            // An issuer of its own, whose key nobody has made yet.
            let text = try KeyRingText(firstKey: "two")
            let ring = KeyRing(lack == .keyRing ? nil : text)
            let issuer = TokenIssuer(database: world.database, ring: ring, proof: world.proof, issuer: "second")
            let work = GrantedWork(
                world.deafDesk(issuer), world.watch, service: "voice", certificateDigest: voice.certificateDigest)
            let handler = JobHandler(Self.kind) { _, job in
                try await work.perform(id, job) { _ in }
            }
            let workers = JobWorkers(world.database, loops: world.loops.loops, queues: [JobQueue()], handlers: [handler], log: world.log)
            workers.start()
            let job = Job(Self.kind, StringValue("early"))
            try await world.database.batch(world.scope()) { $0.enqueue(job) }
            try await eventually("an attempt failed") {
                let classes: [String] = try await world.database.batch(world.scope()) {
                    $0.all("SELECT class FROM job_error WHERE tenant_id = current_tenant() AND job_id = \(job.id)", as: String.self)
                }
                #expect(classes.allSatisfy { $0 == "transient" })
                return !classes.isEmpty
            }
            ring.replace(with: text)
            try await issuer.prepare()
            try await eventually("the job is done") {
                let state: String? = try await world.database.batch(world.scope()) {
                    $0.optional("SELECT state FROM job WHERE tenant_id = current_tenant() AND id = \(job.id)", as: String.self)
                }
                #expect(state != "dead")
                return state == nil || state == "done"
            }
            await workers.stop(grace: .zero)
        }
    }

    @Test("of the work of several tenants only that ends whose grant does, by one look at all of them")
    func manyTenants() async throws {
        try await TokenWorld.with { world in
            var grants: [(tenant: String, id: UUIDv7)] = []
            for tenant in ["acme", "other"] {
                for _ in 0..<2 {
                    let delegation = Delegation(
                        subject: "ada", actors: ["voice"], tenant: tenant, scopes: ["lead:read"], expires: UnixTime.now() + 100_000)
                    grants.append((tenant, try await world.issuer.keep(delegation, world.scope(nil)).id))
                }
            }
            let ended = Mutex<[UUIDv7]>([])
            let held = grants.map { grant in
                world.watch.hold(grant.id, tenant: grant.tenant) { ended.withLock { $0.append(grant.id) } }
            }
            // The right id of another tenant is no grant at all.
            let astray = Mutex(false)
            _ = world.watch.hold(grants[0].id, tenant: "other") { astray.withLock { $0 = true } }
            try await eventually("the stray one ended") { astray.withLock { $0 } }
            #expect(ended.withLock { $0 } == [])
            for place in [1, 2] {
                _ = try await world.issuer.revoke(.grant(tenant: grants[place].tenant, grants[place].id), reason: "", world.scope())
                try await eventually("the grant's work ended") { ended.withLock { $0.contains(grants[place].id) } }
            }
            #expect(ended.withLock { $0 } == [grants[1].id, grants[2].id])
            for name in held { world.watch.release(name) }
        }
    }

    @Test(
        "SEC-1 · what a grant has of a role it has as long as the role does: a role that shrinks shrinks its tokens, one that grows does not"
    )
    func roles() async throws {
        try await TokenWorld.with { world in
            let web = try world.client("web")
            let now = UnixTime.now()
            // A token that says a role, and one scope beside it.
            let token = try world.signed(
                TokenClaims(
                    issuer: TokenWorld.issuerName, subject: "ada", tenant: "acme", roles: ["viewer"], scopes: ["lead:write"], id: "r",
                    issuedAt: now, expires: now + 900, certificateDigest: web.certificateDigest))
            let voice = try world.client("voice")
            let grant = try await voice.tokens.createGrant(Self.create(token), TokenClient.bare)
            #expect(grant.scopes == ["crew:read", "lead:read", "lead:write"])
            #expect(
                try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare).scopes == ["crew:read", "lead:read", "lead:write"])
            // As if the role had had more, or less, when the grant was made.
            let session = try Session.connect(world.fresh.administrator)
            defer { session.finish() }
            try session.executeScript(
                """
                UPDATE token_grant SET scopes = '{crew:run,lead:read,lead:write}', role_scopes = '{crew:run,lead:read}'
                """)
            #expect(try await voice.tokens.exchange(Self.exchange(grant), TokenClient.bare).scopes == ["lead:read", "lead:write"])
        }
    }
}
