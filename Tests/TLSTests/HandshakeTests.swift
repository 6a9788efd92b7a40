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

    /// What each side says when a handshake fails; the side that finds the fault, and then the other by its alert.
    private func failures(
        client: TLSContext, server: TLSContext, serverName: String = "localhost"
    ) throws -> (client: TLSError?, server: TLSError?) {
        let pair = try EnginePair(client: client, server: server, serverName: serverName)
        pair.run()
        #expect(!(pair.client.isHandshakeComplete && pair.server.isHandshakeComplete && pair.clientError == nil && pair.serverError == nil))
        return (pair.clientError, pair.serverError)
    }

    @Test("E9 · SEC-5 · A client whose certificate comes from a foreign authority is refused, and told why")
    func foreignClient() throws {
        let (client, server) = try failures(client: pki.clientContext(pki.foreignClient), server: pki.serverContext())
        #expect(server?.reason == .unknownAuthority)
        #expect(server?.isPeerAlert == false)
        #expect(
            server?.message
                == "the client's certificate CN=tester (spiffe://test.switchboard/svc/tester) does not lead to a trusted authority, "
                + "issued by CN=Foreign authority (unable to get local issuer certificate)")
        #expect(client?.reason == .unknownAuthority)
        #expect(client?.isPeerAlert == true)
    }

    @Test("A client without a certificate is refused, and told why")
    func anonymousClient() throws {
        let (client, server) = try failures(client: pki.anonymousClientContext(), server: pki.serverContext())
        #expect(server?.reason == .certificateRequired)
        #expect(client?.reason == .certificateRequired)
        #expect(client?.isPeerAlert == true)
    }

    @Test("E9 · SEC-5 · A client whose certificate has expired is refused, and told why")
    func expiredClient() throws {
        let (client, server) = try failures(client: pki.clientContext(pki.expiredClient), server: pki.serverContext())
        #expect(server?.reason == .certificateExpired)
        let sentence = try #require(server?.message)
        #expect(
            sentence.hasPrefix("the client's certificate CN=tester (spiffe://test.switchboard/svc/tester) expired at 20"), "\(sentence)")
        #expect(client?.reason == .certificateExpired)
        #expect(client?.isPeerAlert == true)
    }

    @Test("A client whose certificate is not valid yet is refused")
    func earlyClient() throws {
        let end = pki.authority.certificate.notAfter
        let template = try CertificateTemplate.client(service: "early", trustDomain: TestPKI.trustDomain, validity: end - 3_600...end)
        let (_, server) = try failures(client: pki.clientContext(pki.authority.issue(template)), server: pki.serverContext())
        #expect(server?.reason == .certificateNotYetValid)
    }

    @Test("E9 · SEC-5 · A server's certificate in a client's hands is refused, and the other way about")
    func wrongUse() throws {
        let (_, server) = try failures(client: pki.clientContext(pki.server), server: pki.serverContext())
        #expect(server?.reason == .certificateUnsuitable)
        let (client, _) = try failures(client: pki.clientContext(), server: pki.serverContext(pki.client))
        #expect(client?.reason == .certificateUnsuitable)
    }

    @Test("An authority that only bears a trusted one's name is not trusted")
    func sameName() throws {
        let trusted = pki.authority.certificate
        let rogue = try CertificateAuthority(
            creating: "Switchboard test authority", validity: trusted.notBefore...trusted.notAfter)
        #expect(rogue.certificate.subject == trusted.subject)
        let template = try CertificateTemplate.client(
            service: "tester", trustDomain: TestPKI.trustDomain, validity: trusted.notBefore...trusted.notAfter)
        let (_, server) = try failures(client: pki.clientContext(rogue.issue(template)), server: pki.serverContext())
        #expect(server?.reason == .unknownAuthority)
    }

    @Test("A server of a foreign authority, or with an expired certificate, is refused by the client, which tells it")
    func badServers() throws {
        let foreign = try failures(client: pki.clientContext(), server: pki.serverContext(pki.foreignServer))
        #expect(foreign.client?.reason == .unknownAuthority)
        #expect(foreign.server?.reason == .unknownAuthority)
        #expect(foreign.server?.isPeerAlert == true)
        let expired = try failures(client: pki.clientContext(), server: pki.serverContext(pki.expiredServer))
        #expect(expired.client?.reason == .certificateExpired)
        #expect(expired.server?.reason == .certificateExpired)
    }

    @Test(
        "E9 · SEC-5 · The server's name must be in its certificate",
        arguments: ["localhost", "localhost.", "LOCALHOST", "127.0.0.1", "::1", "[::1]"])
    func rightName(name: String) throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext(), serverName: name)
        pair.run()
        #expect(pair.client.isHandshakeComplete, "\(String(describing: pair.clientError))")
    }

    @Test(
        "A server of another name is refused",
        arguments: ["example.com", "localhost.example.com", "xlocalhost", "127.0.0.2", "::2", "127.0.0.1.example.com"])
    func wrongName(name: String) throws {
        let (client, _) = try failures(client: pki.clientContext(), server: pki.serverContext(), serverName: name)
        #expect(client?.reason == .serverNameMismatch)
        #expect(client?.message == "the server's certificate CN=localhost (localhost, 127.0.0.1, ::1) is not for \(name)")
    }

    @Test("A common name is no name to be trusted, and a wildcard covers one whole label")
    func commonNameAndWildcards() throws {
        let validity = pki.server.certificate.notBefore...pki.server.certificate.notAfter
        func outcome(_ names: [SubjectAlternativeName], _ wanted: String) throws -> TLSError.Reason? {
            let template = CertificateTemplate(commonName: "lead.example.com", names: names, usages: [.server], validity: validity)
            let pair = try EnginePair(
                client: pki.clientContext(), server: pki.serverContext(pki.authority.issue(template)), serverName: wanted)
            pair.run()
            return pair.clientError?.reason
        }
        #expect(try outcome([], "lead.example.com") == .serverNameMismatch)
        #expect(try outcome([.uri("https://lead.example.com")], "lead.example.com") == .serverNameMismatch)
        #expect(try outcome([.dns("*.example.com")], "lead.example.com") == nil)
        #expect(try outcome([.dns("*.example.com")], "a.lead.example.com") == .serverNameMismatch)
        #expect(try outcome([.dns("127.0.0.1")], "127.0.0.1") == .serverNameMismatch)
    }

    @Test(
        "A server name that no certificate can be for is refused before a byte is sent", arguments: ["", ".", "a b", "a\u{0}b", "é", "*.a"])
    func invalidName(name: String) throws {
        let context = try pki.clientContext()
        let error = #expect(throws: TLSError.self) { try TLSEngine(client: context, serverName: name) }
        #expect(error?.reason == .invalidServerName)
    }

    @Test("E9 · SEC-5 · A client that speaks other protocols, or names none, is refused with an alert", arguments: [["http/1.1"], []])
    func noSharedProtocol(offered: [String]) throws {
        let (client, server) = try failures(client: pki.clientContext(alpn: offered), server: pki.serverContext())
        #expect(server?.reason == .noApplicationProtocol)
        #expect(client?.reason == .noApplicationProtocol)
        #expect(client?.isPeerAlert == true)
    }

    @Test("A client that demands a protocol refuses a server that knows of none")
    func serverWithoutProtocols() throws {
        let (client, _) = try failures(client: pki.clientContext(), server: pki.serverContext(alpn: []))
        #expect(client?.reason == .noApplicationProtocol)
        #expect(client?.isPeerAlert == false)
    }

    @Test("The server's preference among shared protocols wins; without a list on either side none is needed")
    func protocolChoice() throws {
        let pair = try EnginePair(
            client: pki.clientContext(alpn: ["http/1.1", "h2"]), server: pki.serverContext(alpn: ["h2", "http/1.1"]))
        pair.run()
        #expect(pair.server.negotiatedProtocol == "h2")
        let bare = try EnginePair(client: pki.clientContext(alpn: []), server: pki.serverContext(alpn: []))
        bare.run()
        #expect(bare.client.isHandshakeComplete && bare.server.isHandshakeComplete)
        #expect(bare.client.negotiatedProtocol == nil)
    }

    @Test("A server without client roots asks for no certificate")
    func serverOnlyTLS() throws {
        let context = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()))
        let pair = try EnginePair(client: pki.clientContext(), server: context)
        pair.run()
        #expect(pair.server.isHandshakeComplete)
        #expect(pair.server.peer == nil)
    }

    @Test("After a failure every call throws that failure again, and nothing more is sent")
    func deadAfterFailure() throws {
        let pair = try EnginePair(client: pki.anonymousClientContext(), server: pki.serverContext())
        pair.run()
        let error = try #require(pair.serverError)
        #expect(throws: error) { try pair.server.receive([1, 2, 3]) }
        #expect(throws: error) { try pair.server.send([1]) }
        #expect(throws: error) { try pair.server.receiveEnd() }
        pair.server.close()
        #expect(pair.server.outputByteCount == 0)
    }
}
