import AdminAPI
import Crypto
import Net
import Postgres
import Protobuf
import RPC
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Grants outlive tokens, and end when somebody says so: what runs under them ends, too.
@Suite("Work under grants", .timeLimit(.minutes(10))) struct GrantTests {
    /// Long enough that its end is never what ends a job here.
    private static let kind = JobKind<StringValue>("test.granted", timeout: .seconds(100_000))

    private static func grant(_ world: TokenWorld, scopes: [String] = []) async throws -> (TokenClient, AdminAPI.Grant) {
        let (web, voice) = (try world.client("web"), try world.client("voice"))
        var request = CreateGrantRequest()
        request.subjectToken = try await world.token(at: web)
        request.scopes = scopes
        return (voice, try await voice.tokens.createGrant(request, TokenClient.bare))
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

    /// What ends the leave of a running job.
    enum End: String, Sendable, CaseIterable {
        case grant, subject, service, tenant
    }

    @Test("a job that runs in a user's name stops when the user, the service, the tenant or the grant is ended", arguments: End.allCases)
    func runningJob(end: End) async throws {
        try await TokenWorld.with { world in
            let (voice, grant) = try await Self.grant(world)
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
            try await world.eventually("the job ended") {
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
            try await world.eventually("the job is dead") {
                let state: String? = try await world.database.batch(world.scope()) {
                    $0.optional("SELECT state FROM job WHERE tenant_id = current_tenant() AND id = \(job.id)", as: String.self)
                }
                return state == "dead"
            }
            #expect(!ran.withLock { $0 })
            await workers.stop(grace: .zero)
        }
    }
}
