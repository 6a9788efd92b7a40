import Crypto
import TestSupport
import Testing

@Suite("Revocation lists")
struct RevocationListTests {
    let pki = TestPKI.shared
    private var validity: ClosedRange<Int64> { pki.client.certificate.notBefore...pki.client.certificate.notAfter }

    @Test("A list survives PEM, and knows whom it revokes")
    func roundTrip() throws {
        let other = try pki.client(service: "other").certificate
        let list = try pki.authority.revocationList(revoking: [pki.client.certificate], validity: validity)
        let read = try #require(try RevocationList.lists(pem: Array(list.pem().utf8)).first)
        #expect(read.revokes(pki.client.certificate))
        #expect(!read.revokes(other))
        #expect(read.issuer == pki.authority.certificate.subject)
        #expect(read.thisUpdate == validity.lowerBound)
        #expect(read.nextUpdate == validity.upperBound)
    }

    @Test("A list takes over what the one before revoked")
    func successor() throws {
        let others = try ["a", "b"].map { try pki.client(service: $0).certificate }
        let first = try pki.authority.revocationList(revoking: [others[0]], validity: validity)
        let second = try pki.authority.revocationList(revoking: [others[0], others[1]], after: first, validity: validity)
        #expect(others.allSatisfy(second.revokes))
        #expect(!first.revokes(others[1]))
        #expect(!second.revokes(pki.client.certificate))
    }

    @Test("Several lists in one text are read in their order")
    func several() throws {
        let lists = try [pki.authority, pki.foreignAuthority].map { try $0.revocationList(revoking: [], validity: validity) }
        let text = try lists.map { try $0.pem() }.joined()
        #expect(try RevocationList.lists(pem: Array(text.utf8)).map(\.issuer) == lists.map(\.issuer))
    }

    @Test("Other text is no list", arguments: ["", "list", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
    func malformed(text: String) {
        let error = #expect(throws: CryptoError.self) { try RevocationList.lists(pem: Array(text.utf8)) }
        #expect(error?.description.contains("X509 CRL") == true)
    }
}
