import Crypto
import TLS
import TestSupport
import Testing

@Suite("Names that are let in")
struct PeerNamesTests {
    let pki = TestPKI.shared

    private func serverError(_ names: PeerNames, client names2: [SubjectAlternativeName]? = nil) throws -> TLSError? {
        let server = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()),
            clientRoots: .text(pki.authority.certificate.pem()), clientNames: names)
        var key = pki.client
        if let names2 {
            let validity = pki.client.certificate.notBefore...pki.client.certificate.notAfter
            key = try pki.authority.issue(CertificateTemplate(commonName: "tester", names: names2, usages: [.client], validity: validity))
        }
        let pair = try EnginePair(client: pki.clientContext(key), server: server)
        pair.run()
        // Who is refused hears of it by an alert.
        #expect((pair.serverError == nil) == (pair.clientError == nil))
        return pair.serverError
    }

    private static let id = "spiffe://test.switchboard/svc/tester"

    @Test("SEC: a name counts with its exact type and as a whole")
    func exact() throws {
        #expect(try serverError(.oneOf([.uri(Self.id)])) == nil)
        let others: [SubjectAlternativeName] = [
            .dns(Self.id), .uri(Self.id + "2"), .uri("spiffe://test.switchboard/svc/teste"), .dns("tester"),
        ]
        for name in others {
            let error = try serverError(.oneOf([name]))
            #expect(error?.reason == .nameNotAccepted)
        }
        let error = try serverError(.oneOf([.dns("tester")]))
        #expect(error?.message == "the client's certificate CN=tester (\(Self.id)) has none of the names that are let in")
    }

    @Test("SEC: a trust domain lets in certificates with exactly one URI, a SPIFFE ID of that domain")
    func trustDomains() throws {
        #expect(try serverError(.trustDomains(["other", "test.switchboard"])) == nil)
        #expect(try serverError(.trustDomains(["test"]))?.reason == .nameNotAccepted)
        let bad: [[SubjectAlternativeName]] = [
            [.uri(Self.id), .uri("spiffe://test.switchboard/svc/second")], [.dns("test.switchboard")], [],
            [.uri("https://test.switchboard/svc/tester")],
        ]
        for names in bad {
            #expect(try serverError(.trustDomains(["test.switchboard"]), client: names)?.reason == .nameNotAccepted)
        }
    }

    @Test("SEC: a client asks the same of its server")
    func server() throws {
        let server = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()))
        for (names, isAccepted) in [(PeerNames.oneOf([.dns("localhost")]), true), (.oneOf([.dns("elsewhere")]), false)] {
            let client = try TLSContext.client(roots: .text(pki.authority.certificate.pem()), serverNames: names)
            let pair = try EnginePair(client: client, server: server)
            pair.run()
            #expect((pair.clientError == nil) == isAccepted)
            #expect(isAccepted || pair.clientError?.reason == .nameNotAccepted)
        }
    }
}
