import Crypto
import TLS
import Testing
import TestSupport

@Suite("The handshake")
struct HandshakeTests {
    let pki = TestPKI.shared

    @Test("Both sides learn who the other is, and agree on h2")
    func mutual() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        #expect(!pair.client.isHandshakeComplete)
        pair.run()
        #expect(pair.clientError == nil)
        #expect(pair.serverError == nil)
        #expect(pair.client.isHandshakeComplete)
        #expect(pair.server.isHandshakeComplete)
        #expect(pair.client.peer == pki.server.certificate)
        #expect(pair.server.peer?.spiffeID == "spiffe://test.switchboard/svc/tester")
        #expect(pair.client.negotiatedProtocol == "h2")
        #expect(pair.server.negotiatedProtocol == "h2")
    }

    @Test("A handshake that arrives byte by byte completes", arguments: [1, 2, 3, 5, 7])
    func byByte(size: Int) throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        pair.run { size }
        #expect(pair.client.isHandshakeComplete && pair.server.isHandshakeComplete)
    }
}
