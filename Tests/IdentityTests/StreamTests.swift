import BenchAPI
import Net
import RPC
import RPCTesting
import Synchronization
import Testing

@testable import Platform

/// Streams that go on while their token ends, is renewed or is revoked, by a clock that passes hours in no time.
@Suite("R11 · The token of a stream", .timeLimit(.minutes(5))) struct StreamTests {
    private final class Ends: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    /// A server whose clock shows ``IdentityWorld/epoch`` when the simulation begins.
    private static func run(
        _ body: @escaping @Sendable (Simulation, EchoClient, IdentityWorld, Ends) async throws -> Void
    ) async throws {
        try await Simulation.run(seeds: 1...3, faults: .delays) { simulation in
            let world = IdentityWorld()
            let ends = Ends()
            let start = simulation.now
            let authenticator = Authenticator(world.trust) { IdentityWorld.epoch + (simulation.now - start).components.seconds }
            try await simulation.serve(
                [StreamingEcho { ends.add($0) }.governed(by: MethodPolicy(.scopes(["echo:use"])))],
                interceptors: [
                    MapErrors(log: Log(minimum: .error)), PretendCertificate(digest: world.digest),
                    RequireToken(authenticator), RecheckToken(authenticator),
                    RequireScope(),
                ])
            try await body(simulation, EchoClient(try simulation.channel()), world, ends)
        }
    }

    private static func options(_ token: String) -> CallOptions {
        CallOptions(metadata: Metadata([("authorization", "Bearer \(token)")]))
    }

    /// The ticks until the stream ended, and how.
    private static func listen(_ client: EchoClient, _ token: String) async -> (ticks: Int, error: RPCError?) {
        let ticks = Mutex(0)
        do {
            for try await _ in try await client.serverStream(EchoRequest(), options(token)) { ticks.withLock { $0 += 1 } }
            return (ticks.withLock { $0 }, nil)
        } catch {
            return (ticks.withLock { $0 }, error)
        }
    }

    /// How a stream of any kind ends whose client goes on as long as it may.
    private static func end(_ kind: MethodKind, _ client: EchoClient, _ token: String, _ simulation: Simulation) async -> RPCError? {
        do {
            switch kind {
            case .clientStreaming:
                _ = try await client.clientStream(options(token)) { requests in
                    while true {
                        try await requests.send(EchoRequest())
                        try await simulation.sleep(for: .milliseconds(100))
                    }
                }
            case .bidirectional:
                try await client.bidiStream(options(token)) { _, replies in
                    for try await _ in replies {}
                }
            default: return await listen(client, token).error
            }
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test(
        "R11 · E2 · SEC-2 · ends: a stream of each kind gets TOKEN_EXPIRED within a second of its token's end, and not before",
        arguments: [MethodKind.serverStreaming, .clientStreaming, .bidirectional])
    func expiredKind(kind: MethodKind) async throws {
        try await Self.run { simulation, client, world, _ in
            let begin = simulation.now
            let error = await Self.end(kind, client, try world.token(seconds: 60), simulation)
            #expect(error?.code == .unauthenticated && error?.reason == "TOKEN_EXPIRED", "\(kind): \(String(describing: error))")
            let took = simulation.now - begin
            // The clock of tokens has whole seconds; the network takes some milliseconds.
            #expect(took >= .seconds(59) && took <= .seconds(61.5), "\(kind): \(took)")
        }
    }

    @Test(
        "R11 · E2 · SEC-2 · is revoked: a stream of each kind gets TOKEN_REVOKED within a second of the process's knowing",
        arguments: [MethodKind.serverStreaming, .clientStreaming, .bidirectional])
    func revokedKind(kind: MethodKind) async throws {
        try await Self.run { simulation, client, world, _ in
            let token = try world.token(seconds: 600)
            async let stream = Self.end(kind, client, token, simulation)
            try await simulation.sleep(for: .seconds(10))
            world.revoke("1")
            let begin = simulation.now
            let error = await stream
            #expect(error?.code == .unauthenticated && error?.reason == "TOKEN_REVOKED", "\(kind): \(String(describing: error))")
            #expect(simulation.now - begin <= .seconds(1.5), "\(kind)")
        }
    }

    @Test("SEC-2 · ends: the stream gets UNAUTHENTICATED TOKEN_EXPIRED within a second, and its handler is cancelled")
    func expired() async throws {
        try await Self.run { simulation, client, world, ends in
            let begin = simulation.now
            let (ticks, error) = await Self.listen(client, try world.token(seconds: 100))
            #expect(error?.code == .unauthenticated)
            #expect(error?.reason == "TOKEN_EXPIRED")
            let took = simulation.now - begin
            #expect(took >= .seconds(99) && took <= .seconds(102), "\(took)")
            #expect(ticks >= 98)
            try await simulation.sleep(for: .seconds(5))
            #expect(ends.all == ["cancelled: true"])
        }
    }

    @Test("SEC-2 · is revoked: the stream gets TOKEN_REVOKED within a second of the process's knowing, and others go on")
    func revoked() async throws {
        try await Self.run { simulation, client, world, ends in
            let (mine, other) = (try world.token(id: "1", seconds: 600), try world.token(id: "2", seconds: 20))
            async let first = Self.listen(client, mine)
            async let second = Self.listen(client, other)
            try await simulation.sleep(for: .seconds(10))
            world.revoke("1")
            let begin = simulation.now
            let error = await first.error
            #expect(error?.code == .unauthenticated)
            #expect(error?.reason == "TOKEN_REVOKED")
            #expect(simulation.now - begin <= .seconds(1.5))
            #expect(await second.error?.reason == "TOKEN_EXPIRED")
        }
    }

    @Test("is of a tenant that is suspended, or of a key that is retired, or the service loses a scope: the stream ends")
    func otherEnds() async throws {
        let ends: [(@Sendable (IdentityWorld) -> Void, String)] = [
            (
                { world in
                    var revocations = Revocations()
                    revocations.suspendedTenants = ["demo"]
                    world.trust.replace(stored: [:], retired: [], revocations: revocations)
                }, "TENANT_SUSPENDED"
            ),
            (
                { $0.trust.replace(stored: [:], retired: [KeyName(issuer: "dev", keyID: "k1")], revocations: Revocations()) },
                "TOKEN_REVOKED"
            ),
            (
                { world in
                    let keys = world.trust.snapshot.keys
                    world.trust.configure(
                        issuers: [TrustedIssuer(name: "dev")], keys: keys.configured,
                        services: ServiceScopes(["voice": ScopePatterns(["x:y"])]))
                }, "TOKEN_REVOKED"
            ),
        ]
        for (end, reason) in ends {
            try await Self.run { simulation, client, world, _ in
                let token = try world.token()
                async let stream = Self.listen(client, token)
                try await simulation.sleep(for: .seconds(3))
                end(world)
                #expect(await stream.error?.reason == reason)
            }
        }
    }

    @Test("is renewed by a message: the stream goes on beyond the first one's end, and ends with the second")
    func renewed() async throws {
        try await Self.run { simulation, client, world, _ in
            let begin = simulation.now
            let error = await #expect(throws: RPCError.self) {
                try await client.bidiStream(Self.options(try world.token(seconds: 60))) { requests, replies in
                    var replies = replies.makeAsyncIterator()
                    try await simulation.sleep(for: .seconds(50))
                    try await requests.send(Self.request(world.token(id: "2", at: IdentityWorld.epoch + 50, seconds: 100)))
                    // The handler sees the caller of the new token.
                    #expect(Self.text(try await replies.next()) == "renewed by 2")
                    while try await replies.next() != nil {}
                }
            }
            #expect(error?.reason == "TOKEN_EXPIRED")
            let took = simulation.now - begin
            #expect(took >= .seconds(149) && took <= .seconds(152), "\(took)")
        }
    }

    @Test("is not replaced by one of another caller, of another tenant, with less scopes, of another certificate, or by none")
    func notRenewed() async throws {
        try await Self.run { simulation, client, world, _ in
            let error = await #expect(throws: RPCError.self) {
                try await client.bidiStream(Self.options(try world.token(seconds: 60))) { requests, replies in
                    var replies = replies.makeAsyncIterator()
                    for (token, reason) in [
                        (try world.token(subject: "bob"), "UNAUTHENTICATED"), (try world.token(tenant: "other"), "UNAUTHENTICATED"),
                        (try world.token(scopes: ["echo:less"]), "SCOPE_MISSING"),
                        (try world.token(boundTo: Array(repeating: 0, count: 32)), "TOKEN_BINDING_MISMATCH"),
                        (try world.token(seconds: 0), "TOKEN_EXPIRED"), ("none", "TOKEN_MALFORMED"),
                    ] {
                        try await requests.send(Self.request(token))
                        #expect(Self.text(try await replies.next()) == reason)
                    }
                    while try await replies.next() != nil {}
                }
            }
            #expect(error?.reason == "TOKEN_EXPIRED")
        }
    }

    @Test("is asked for before the first message, in streams as in other calls")
    func missing() async throws {
        try await Self.run { _, client, _, ends in
            let none = await #expect(throws: RPCError.self) { try await client.unary(EchoRequest()) }
            #expect(none?.reason == "TOKEN_MISSING")
            let error = await #expect(throws: RPCError.self) {
                for try await _ in try await client.serverStream(EchoRequest()) { Issue.record("there is a reply") }
            }
            #expect(error?.code == .unauthenticated)
            #expect(error?.reason == "TOKEN_MISSING")
            #expect(ends.all == [])
        }
    }

    @Test("is looked at again in streams only")
    func kinds() {
        let recheck = RecheckToken(Authenticator(IdentityWorld().trust))
        for kind in [MethodKind.serverStreaming, .clientStreaming, .bidirectional] {
            #expect(recheck.applies(to: MethodInfo(service: "a.B", name: "C", kind: kind)))
            let probe = MethodPolicy(.public(reason: "probes have no token"))
            #expect(!recheck.applies(to: MethodInfo(service: "a.B", name: "Probe", kind: kind, policy: probe)))
        }
        #expect(!recheck.applies(to: MethodInfo(service: "a.B", name: "C", kind: .unary)))
    }

    private static func request(_ token: String) -> EchoRequest {
        var request = EchoRequest()
        request.payload = Array(token.utf8)
        return request
    }

    private static func text(_ reply: EchoReply?) -> String? { reply.map { String(decoding: $0.payload, as: UTF8.self) } }
}
