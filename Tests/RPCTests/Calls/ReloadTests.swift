import BenchAPI
import Crypto
import HTTP2
import RPC
import TLS
import TestSupport
import Testing

@Suite("Certificates that are loaded anew", .timeLimit(.minutes(5))) struct ReloadTests {
    private func revoking(_ certificates: [Certificate], server: CertifiedKey? = nil) throws -> TLSContext {
        let pki = TestPKI.shared
        let server = server ?? pki.server
        let validity = pki.client.certificate.notBefore...pki.client.certificate.notAfter
        let list = try pki.authority.revocationList(revoking: certificates, validity: validity)
        return try .server(
            certificateChain: .text(server.certificatePEM()), privateKey: .text(server.privateKeyPEM()),
            clientRoots: .text(pki.authority.certificate.pem()), revocation: .lists([.text(list.pem())], whenUnknown: .refuse))
    }

    @Test("SEC: a client that was revoked loses its connection at once; a call of another client does not notice")
    func revoked() async throws {
        let arrived = Event()
        let open = Event()
        let holding = Interceptor { call, next in
            if call.peer.certificate?.spiffeID?.hasSuffix("/other") == true {
                arrived.happen()
                try await open.wait()
            }
            try await next(call)
        }
        let other = try TestPKI.shared.client(service: "other")
        try await withLoopback(.mutualTLS, interceptors: [holding]) { loopback in
            let revoked = try loopback.client()
            _ = try await revoked.unary(EchoRequest([1]))
            let kept = try loopback.client { $0.tls = try? TestPKI.shared.clientContext(other) }
            async let reply = kept.unary(EchoRequest([2]), CallOptions(timeout: .seconds(120)))
            try await arrived.wait()

            #expect(try await loopback.server.reload(revoking([TestPKI.shared.client.certificate])) == 1)
            let isAlone = await eventually { loopback.server.connectionCounts == [1] }
            #expect(isAlone)
            let error = try await rpcError { try await revoked.unary(EchoRequest([3]), CallOptions(timeout: .seconds(120))) }
            #expect(error.code == .unavailable)
            #expect(error.message.contains("our certificate is revoked"), "\(error)")
            open.happen()
            #expect(try await reply.payload == [2])
            // And it may come again.
            await kept.channel.enterIdle()
            #expect(try await kept.unary(EchoRequest([4]), CallOptions(timeout: .seconds(120))).payload == [4])
            await kept.channel.close()
            await revoked.channel.close()
        }
    }

    @Test("a new certificate is shown to who connects from then on")
    func renewed() async throws {
        let validity = TestPKI.shared.client.certificate.notBefore...TestPKI.shared.client.certificate.notAfter
        let renewed = try TestPKI.shared.authority.issue(
            CertificateTemplate(commonName: "renewed", names: [.dns("renewed.test")], usages: [.server], validity: validity))
        try await withLoopback(.mutualTLS) { loopback in
            let old = try loopback.client()
            _ = try await old.unary(EchoRequest([1]))
            #expect(try await loopback.server.reload(revoking([], server: renewed)) == 0)
            // The connection that stands goes on; a new one is to a server of another name.
            #expect(try await old.unary(EchoRequest([2])).payload == [2])
            let new = try loopback.client { $0.serverName = "renewed.test" }
            #expect(try await new.unary(EchoRequest([3]), CallOptions(timeout: .seconds(120))).payload == [3])
            await old.channel.close()
            await new.channel.close()
        }
    }

    @Test("a server of cleartext stays one")
    func cleartext() async throws {
        try await withLoopback { loopback in
            #expect(try await loopback.server.reload(revoking([])) == 0)
            try await loopback.expectHealthy()
        }
    }
}
