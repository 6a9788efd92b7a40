import Crypto
import TLS
import TestSupport
import Testing

@Suite("Revoked certificates")
struct RevocationTests {
    let pki = TestPKI.shared
    private var now: ClosedRange<Int64> { pki.client.certificate.notBefore...pki.client.certificate.notAfter }
    /// Ended an hour ago.
    private var past: ClosedRange<Int64> { pki.expiredClient.certificate.notBefore...pki.expiredClient.certificate.notAfter }

    private func list(_ revoked: [Certificate], of authority: CertificateAuthority? = nil, _ validity: ClosedRange<Int64>) throws
        -> PEMSource
    {
        .text(try (authority ?? pki.authority).revocationList(revoking: revoked, validity: validity).pem())
    }

    private func server(_ revocation: Revocation, names: PeerNames = .any) throws -> TLSContext {
        try .server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()),
            clientRoots: .text(pki.authority.certificate.pem()), clientNames: names, revocation: revocation)
    }

    private func client(_ revocation: Revocation, names: PeerNames = .any) throws -> TLSContext {
        try .client(roots: .text(pki.authority.certificate.pem()), serverNames: names, revocation: revocation)
    }

    private func run(_ client: TLSContext, _ server: TLSContext) throws -> EnginePair {
        let pair = try EnginePair(client: client, server: server)
        pair.run()
        return pair
    }

    @Test("E9 · SEC-5 · a client on its authority's list is refused, and told why; another is let in")
    func revokedClient() throws {
        let server = try server(.lists([list([pki.client.certificate], now)], whenUnknown: .refuse))
        let refused = try run(pki.clientContext(), server)
        #expect(refused.serverError?.reason == .certificateRevoked)
        #expect(
            refused.serverError?.message == "the client's certificate CN=tester (spiffe://test.switchboard/svc/tester) is revoked")
        #expect(refused.clientError?.reason == .certificateRevoked)
        #expect(refused.clientError?.isPeerAlert == true)
        let accepted = try run(pki.clientContext(pki.client(service: "other")), server)
        #expect(accepted.serverError == nil && accepted.server.isHandshakeComplete)
    }

    @Test("SEC: a server on its authority's list is refused")
    func revokedServer() throws {
        let server = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()))
        let pair = try run(client(.lists([list([pki.server.certificate], now)], whenUnknown: .refuse)), server)
        #expect(pair.clientError?.reason == .certificateRevoked)
        #expect(pair.serverError?.isPeerAlert == true)
    }

    @Test(
        "Without a current list a client is refused or let in, as the configuration says, and the latter is counted",
        arguments: [true, false])
    func unknown(isOutOfDate: Bool) throws {
        // A list of another authority, or none of today.
        let source = try isOutOfDate ? list([], past) : list([], of: pki.foreignAuthority, now)
        let strict = try run(pki.clientContext(), server(.lists([source], whenUnknown: .refuse)))
        #expect(strict.serverError?.reason == .revocationUnknown)
        #expect(strict.serverError?.message.contains(isOutOfDate ? "is out of date" : "there is no revocation list") == true)
        let lenient = try server(.lists([source], whenUnknown: .accept))
        #expect(try run(pki.clientContext(), lenient).serverError == nil)
        // Nobody knows about the root either.
        #expect(lenient.unknownRevocations == 2)
    }

    @Test("Who is revoked on a list that is out of date is revoked all the same")
    func revokedLongAgo() throws {
        let server = try server(.lists([list([pki.client.certificate], past)], whenUnknown: .accept))
        #expect(try run(pki.clientContext(), server).serverError?.reason == .certificateRevoked)
    }

    @Test("A source that holds no list is an error that names it")
    func unusable() throws {
        let error = #expect(throws: TLSError.self) { try server(.lists([.file("/nowhere/list.pem")], whenUnknown: .refuse)) }
        #expect(error?.reason == .unusableCredentials)
        #expect(error?.message.hasPrefix("the revocation list in /nowhere/list.pem cannot be read") == true)
        let other = #expect(throws: TLSError.self) { try server(.lists([.text("certificates")], whenUnknown: .refuse)) }
        #expect(other?.message.hasPrefix("the revocation list: no readable PEM block") == true)
    }

    @Test("SEC: a peer that stands is judged again by what was loaded anew")
    func recheck() throws {
        let pair = try run(pki.clientContext(), server(.unchecked))
        #expect(pair.server.isHandshakeComplete)
        #expect(try pair.server.refusal(by: server(.unchecked)) == nil)
        #expect(try pair.server.refusal(by: server(.lists([list([], now)], whenUnknown: .refuse))) == nil)
        let revoked = try pair.server.refusal(by: server(.lists([list([pki.client.certificate], now)], whenUnknown: .refuse)))
        #expect(revoked?.reason == .certificateRevoked)
        let renamed = try pair.server.refusal(by: server(.unchecked, names: .trustDomains(["elsewhere"])))
        #expect(renamed?.reason == .nameNotAccepted)
        let otherRoots = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()),
            clientRoots: .text(pki.foreignAuthority.certificate.pem()))
        #expect(pair.server.refusal(by: otherRoots)?.reason == .unknownAuthority)
        #expect(
            try pair.client.refusal(by: client(.lists([list([pki.server.certificate], now)], whenUnknown: .refuse)))?.reason
                == .certificateRevoked)
        #expect(try pair.client.refusal(by: client(.unchecked)) == nil)
    }

    @Test("SEC: a peer without a certificate is refused by a context that demands one")
    func recheckAnonymous() throws {
        let open = try TLSContext.server(
            certificateChain: .text(pki.server.certificatePEM()), privateKey: .text(pki.server.privateKeyPEM()))
        let pair = try run(pki.anonymousClientContext(), open)
        #expect(pair.server.refusal(by: open) == nil)
        #expect(try pair.server.refusal(by: server(.unchecked))?.reason == .certificateRequired)
    }
}
