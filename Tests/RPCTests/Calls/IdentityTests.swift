import BenchAPI
import Crypto
import HTTP2
import RPC
import TLS
import TestSupport
import Testing

/// Who may connect to whom; each refusal is UNAVAILABLE for the client, and nothing at all for the handlers.
@Suite("Mutual TLS", .timeLimit(.minutes(5))) struct IdentityTests {
    private func expectRefused(
        _ client: TLSContext?, by security: Security = .mutualTLS, serverKey: CertifiedKey? = nil, name: String = "localhost",
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let calls = Counter()
        let counting = Interceptor { call, next in
            calls.add()
            try await next(call)
        }
        let tls = security == .mutualTLS ? try TestPKI.shared.serverContext(serverKey) : nil
        try await withLoopback(security, interceptors: [counting], { $0.tls = tls }) { loopback in
            let refused = try loopback.client {
                $0.tls = client
                $0.serverName = name
                $0.connectionLimits.handshakeTimeout = .seconds(3_600)
            }
            let error = try await rpcError { try await refused.unary(EchoRequest([]), CallOptions(timeout: .seconds(120))) }
            #expect(error.code == .unavailable, "\(error)", sourceLocation: location)
            #expect(error.message.contains("cannot connect to"), "\(error)", sourceLocation: location)
            #expect(calls.value == 0, sourceLocation: location)
            await refused.channel.close()
            let isGone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(isGone, sourceLocation: location)
            if serverKey == nil { try await loopback.expectHealthy(connections: 0, location) }
        }
    }

    @Test("a client without a certificate is refused")
    func anonymous() async throws {
        try await expectRefused(try TestPKI.shared.anonymousClientContext())
    }

    @Test("a client with another authority's certificate is refused, though it bears the same name")
    func foreignClient() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(TestPKI.shared.foreignClient))
    }

    @Test("a client whose certificate has ended is refused")
    func expiredClient() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(TestPKI.shared.expiredClient))
    }

    @Test("a client refuses a server of another authority")
    func foreignServer() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(), serverKey: TestPKI.shared.foreignServer)
    }

    @Test("a client refuses a server whose certificate has ended")
    func expiredServer() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(), serverKey: TestPKI.shared.expiredServer)
    }

    @Test("a client refuses a server that is somebody else", arguments: ["lead.example", "127.0.0.2"])
    func otherName(name: String) async throws {
        try await expectRefused(try TestPKI.shared.clientContext(), name: name)
    }

    @Test("the server's addresses are names, too", arguments: ["localhost", "127.0.0.1", "::1"])
    func names(name: String) async throws {
        try await withLoopback(.mutualTLS) { loopback in
            let client = try loopback.client { $0.serverName = name }
            let reply = try await client.unary(EchoRequest([1]))
            #expect(reply.payload == [1])
        }
    }

    @Test("a client that does not offer h2 is refused")
    func alpn() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(alpn: ["http/1.1"]))
    }

    @Test("cleartext to a TLS server is refused")
    func cleartextClient() async throws {
        try await expectRefused(nil)
    }

    @Test("TLS to a cleartext server is refused")
    func cleartextServer() async throws {
        try await expectRefused(try TestPKI.shared.clientContext(), by: .cleartext)
    }
}
