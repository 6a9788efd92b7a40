import BenchAPI
import Crypto
import Net
import RPC
import Synchronization
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// What a server lets in, over real TLS and with a real PostgreSQL.
@Suite("Who is let in", .timeLimit(.minutes(10))) struct ServerTests {
    private static func with(
        _ count: Int, services: ServiceScopes = .unrestricted, _ body: (IdentityWorld, TestDatabase, [ServerWorld]) async throws -> Void
    ) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        let world = IdentityWorld()
        var servers: [ServerWorld] = []
        for _ in 0..<count { servers.append(try await ServerWorld.start(fresh, world, services: services)) }
        let failure: (any Error)?
        do {
            try await body(world, fresh, servers)
            failure = nil
        } catch {
            failure = error
        }
        for server in servers { await server.stop() }
        if let failure { throw failure }
    }

    private static func token(
        _ world: IdentityWorld, id: String = "1", subject: String = "ada", tenant: String = "demo", scopes: [String] = ["echo:use"],
        of key: CertifiedKey = TestPKI.shared.client
    ) throws -> String {
        try world.token(
            id: id, subject: subject, tenant: tenant, scopes: scopes, at: UnixTime.now(), boundTo: key.certificate.fingerprint)
    }

    @Test("E1 · SEC-1 · A call of any kind without a token, and one with another service's, is refused with its reason")
    func stolen() async throws {
        try await Self.with(1) { world, _, servers in
            let (client, channel) = try servers[0].client()
            let (thief, thiefs) = try servers[0].client(TestPKI.shared.client(service: "thief"))
            let token = try Self.token(world)
            #expect(await refusal(client, token) == nil)
            #expect(await refusal(client, nil) == "TOKEN_MISSING")
            // Known to the server by now, and still worth nothing elsewhere: the first time and every time.
            for _ in 0..<3 { #expect(await refusal(thief, token) == "TOKEN_BINDING_MISMATCH") }
            #expect(await refusal(client, token) == nil)
            for metadata in [Metadata(), Metadata([("authorization", "Bearer \(token)")])] {
                let reason = metadata.isEmpty ? "TOKEN_MISSING" : "TOKEN_BINDING_MISMATCH"
                let options = CallOptions(metadata: metadata)
                let streaming = await #expect(throws: RPCError.self) {
                    for try await _ in try await thief.serverStream(EchoRequest(), options) { Issue.record("there is a reply") }
                }
                #expect(streaming?.reason == reason)
                let bidirectional = await #expect(throws: RPCError.self) {
                    try await thief.bidiStream(options) { _, replies in
                        for try await _ in replies { Issue.record("there is a reply") }
                    }
                }
                #expect(bidirectional?.reason == reason)
            }
            await channel.close()
            await thiefs.close()
        }
    }

    @Test("SEC-1 · A call may do what its token and its service both may")
    func services() async throws {
        let services = ServiceScopes(["tester": ScopePatterns(["echo:*"]), "reader": ScopePatterns(["lead:read"])])
        try await Self.with(1, services: services) { world, _, servers in
            let reader = try TestPKI.shared.client(service: "reader")
            let (first, one) = try servers[0].client()
            let (second, two) = try servers[0].client(reader)
            #expect(await refusal(first, try Self.token(world)) == nil)
            #expect(await refusal(first, try Self.token(world, scopes: ["lead:read"])) == "SCOPE_MISSING")
            #expect(await refusal(second, try Self.token(world, of: reader)) == "SCOPE_MISSING")
            await one.close()
            await two.close()
        }
    }

    /// Until a call is refused, or is not any more: it takes seconds, and this waits for minutes.
    private static func wait(_ client: EchoClient, _ token: String, for expected: String?) async {
        while !Task.isCancelled {
            let reason = await refusal(client, token)
            if reason == expected { return }
            // A call takes milliseconds: it is the pause.
            await Task.yield()
        }
    }

    @Test(
        "SEC-1 · What is revoked in one process is refused in another, calls and streams, and nothing else is",
        arguments: [
            ("token", "TOKEN_REVOKED"), ("subject", "TOKEN_REVOKED"), ("tenant", "TENANT_SUSPENDED"),
        ])
    func revoked(kind: String, reason: String) async throws {
        try await Self.with(2) { world, fresh, servers in
            let clients = try servers.map { try $0.client() }
            let mine = try Self.token(world, id: "mine")
            let other = try Self.token(world, id: "other", subject: "bob", tenant: kind == "tenant" ? "elsewhere" : "demo")
            for (client, _) in clients {
                #expect(await refusal(client, mine) == nil)
                #expect(await refusal(client, other) == nil)
            }
            async let stream = Self.end(of: clients[1].0, mine)
            switch kind {
            case "token":
                try await fresh.apply(
                    "INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES (current_tenant(), 'mine', now() + interval '1 hour')"
                )
            case "subject":
                try await fresh.apply(
                    "INSERT INTO subject_epoch (tenant_id, subject, not_before) VALUES (current_tenant(), 'ada', now() + interval '1 second')"
                )
            default:
                try await fresh.apply("INSERT INTO tenant (tenant_id, state) VALUES (current_tenant(), 'suspended')")
            }
            for (client, _) in clients {
                await Self.wait(client, mine, for: reason)
                #expect(await refusal(client, mine) == reason)
                #expect(await refusal(client, other) == nil)
            }
            #expect(await stream == reason)
            for (_, channel) in clients { await channel.close() }
        }
    }

    /// The reason by which a stream ends that never ends by itself.
    private static func end(of client: EchoClient, _ token: String) async -> String? {
        do throws(RPCError) {
            let options = CallOptions(metadata: Metadata([("authorization", "Bearer \(token)")]))
            for try await _ in try await client.serverStream(EchoRequest(), options) {}
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("SEC-1 · Nobody waits longer than five seconds for what was revoked, even if no notification comes")
    func bound() {
        // A read every poll, itself bounded, and the streams' own look.
        #expect(Limits.trustPoll + Limits.trustRead + Limits.streamCheck < .seconds(5))
    }

    @Test("SEC-10 · Keys are replaced under load without a failed call; a retired key's tokens are refused everywhere")
    func rotation() async throws {
        try await Self.with(2) { world, fresh, servers in
            let clients = try servers.map { try $0.client() }
            let second = P256PrivateKey()
            let pem = try second.publicKey.pem()
            let proof = try ServerWorld.proof.proof(
                of: KeyName(issuer: IdentityWorld.issuer, keyID: "k2"), algorithm: "ES256", publicKey: pem)
            func minted(_ number: Int) throws -> String {
                let claims = TokenClaims(
                    issuer: IdentityWorld.issuer, subject: "ada", tenant: "demo", scopes: ["echo:use"], id: "second-\(number)",
                    issuedAt: UnixTime.now(), expires: UnixTime.now() + 900,
                    certificateDigest: TestPKI.shared.client.certificate.fingerprint)
                return try TokenSigner(key: .p256(second), keyID: "k2").sign(claims)
            }
            let old = try Self.token(world, id: "old")
            let load = Load(old)
            let callers = clients.map { client, _ in Task { await load.run(client) } }
            // Announced, known everywhere, used; then the first one goes.
            try await fresh.apply(
                """
                INSERT INTO signing_key (issuer, kid, algorithm, public_key, public_key_proof, state)
                VALUES ('dev', 'k2', 'ES256', \(pem), \(proof), 'verifying')
                """)
            for (client, _) in clients { await Self.wait(client, try minted(0), for: nil) }
            load.token = try minted(1)
            for (client, _) in clients { #expect(await refusal(client, old) == nil, "both keys are good") }
            // What was under way with the first key has ended.
            let made = load.made
            while load.made < made + 8 { await Task.yield() }
            // Only files name it: there is no row of it yet.
            let scope = Scope(tenant: nil, caller: "test", requestID: "test")
            #expect(try await servers[0].issuer().revoke(.key(id: "k1"), reason: "lost", scope))
            #expect(try await servers[0].issuer().revoke(.key(id: "k1"), reason: "lost", scope), "a second time changes nothing")
            #expect(try await !servers[0].issuer().revoke(.key(id: "k9"), reason: "lost", scope), "nobody knows this one")
            for (client, _) in clients { await Self.wait(client, old, for: "TOKEN_REVOKED") }
            load.stop()
            for caller in callers { await caller.value }
            #expect(load.failed == [])
            #expect(load.made > 8)
            for (_, channel) in clients { await channel.close() }
        }
    }

    @Test("SEC-10 · A new key that retires all others retires those that only files name, too")
    func retireOthers() async throws {
        try await Self.with(1) { world, _, servers in
            let (client, channel) = try servers[0].client()
            let old = try Self.token(world)
            #expect(await refusal(client, old) == nil)
            let rotation = try servers[0].issuer(KeyRing(try KeyRingText(firstKey: "one"))).rotation(retiringOthers: true)
            try await servers[0].database.batch(Scope(tenant: nil, caller: "test", requestID: "test")) { $0.enqueue(rotation) }
            await Self.wait(client, old, for: "TOKEN_REVOKED")
            #expect(await refusal(client, old) == "TOKEN_REVOKED")
            await channel.close()
        }
    }

    /// Callers that call one time after the other.
    private final class Load: Sendable {
        private struct State {
            var token: String
            var isOver = false
            var made = 0
            var failed: [String] = []
        }

        private let state: Mutex<State>

        init(_ token: String) { state = Mutex(State(token: token)) }

        var token: String {
            get { state.withLock { $0.token } }
            set { state.withLock { $0.token = newValue } }
        }
        var made: Int { state.withLock { $0.made } }
        var failed: [String] { state.withLock { $0.failed } }

        func stop() { state.withLock { $0.isOver = true } }

        func run(_ client: EchoClient) async {
            while !state.withLock({ $0.isOver }) {
                let reason = await refusal(client, token)
                state.withLock { state in
                    state.made += 1
                    if let reason { state.failed.append(reason) }
                }
            }
        }
    }

    @Test("Without PostgreSQL tokens are verified as before, and what was revoked stays so")
    func away() async throws {
        let cluster = try await TestCluster.start()
        let fresh = try await cluster.freshDatabase(PlatformSchema.migrations)
        let world = IdentityWorld()
        try await fresh.apply(
            "INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES (current_tenant(), 'revoked', now() + interval '1 hour')")
        let server = try await ServerWorld.start(fresh, world)
        let (client, channel) = try server.client()
        let (known, new, revoked) = try (Self.token(world, id: "a"), Self.token(world, id: "b"), Self.token(world, id: "revoked"))
        #expect(await refusal(client, known) == nil)
        #expect(await refusal(client, revoked) == "TOKEN_REVOKED")
        try await cluster.stop()
        for _ in 0..<3 {
            #expect(await refusal(client, known) == nil)
            #expect(await refusal(client, new) == nil)
            #expect(await refusal(client, revoked) == "TOKEN_REVOKED")
        }
        await channel.close()
        await server.stop()
    }

    @Test("Rows of tokens that ended are removed, those that have not are kept")
    func purge() async throws {
        let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        try await fresh.apply(
            """
            INSERT INTO revoked_token (tenant_id, token_id, expires_at)
            SELECT current_tenant(), number::text, now() + (number - 3) * interval '50 minutes' FROM generate_series(1, 5) AS number
            """)
        let session = try Session.connect(fresh.administrator)
        let loops = try EventLoopGroup(count: 1)
        let database = Database(fresh.application, loops: loops.loops)
        #expect(try await IdentityRetention.purgeRevokedTokens(database) == 1)
        let kept: [String] = try session.execute("SELECT token_id FROM revoked_token ORDER BY 1").all()
        #expect(kept == ["2", "3", "4", "5"])
        await database.shutdown()
        loops.shutdown()
    }
}
