import Crypto
import Testing

@Suite("Certificates")
struct CertificateTests {
    /// 2026-01-01 to 2027-01-01; the openssl program is told to believe a moment between.
    static let validity: ClosedRange<Int64> = 1_767_225_600...1_798_761_600
    static let moment = "1780000000"

    let authority: CertificateAuthority
    let server: CertifiedKey
    let client: CertifiedKey

    init() throws {
        authority = try CertificateAuthority(creating: "Test authority", validity: Self.validity)
        server = try authority.issue(.localServer(validity: Self.validity))
        client = try authority.issue(.client(service: "lead", trustDomain: "switchboard.local", validity: Self.validity))
    }

    @Test("What is written into a certificate is read from it")
    func roundTrip() throws {
        let certificate = server.certificate
        #expect(certificate.subject == "CN=localhost")
        #expect(certificate.issuer == "CN=Test authority")
        #expect(certificate.dnsNames == ["localhost"])
        #expect(certificate.ipAddresses == ["127.0.0.1", "::1"])
        #expect(certificate.uris == [])
        #expect(certificate.spiffeID == nil)
        #expect(certificate.notBefore...certificate.notAfter == Self.validity)
        #expect(client.certificate.uris == ["spiffe://switchboard.local/svc/lead"])
        #expect(client.certificate.spiffeID == "spiffe://switchboard.local/svc/lead")
        #expect(client.certificate.dnsNames == [])
        for copy in [try Certificate(pem: certificate.pem()), try Certificate(der: certificate.der)] {
            #expect(copy == certificate)
            #expect(copy.names == certificate.names)
            #expect(copy.fingerprint == SHA256.digest(certificate.der))
            #expect(copy.thumbprint == Base64URL.encode(copy.fingerprint))
        }
        #expect(server.certificate != client.certificate)
    }

    @Test("A certificate is valid from its first second to its last")
    func validityBounds() {
        let certificate = server.certificate
        #expect(!certificate.isValid(atUnixSeconds: Self.validity.lowerBound - 1))
        #expect(certificate.isValid(atUnixSeconds: Self.validity.lowerBound))
        #expect(certificate.isValid(atUnixSeconds: Self.validity.upperBound))
        #expect(!certificate.isValid(atUnixSeconds: Self.validity.upperBound + 1))
    }

    @Test("The openssl program accepts both leaves, strictly, for their use and no other")
    func opensslVerify() throws {
        let folder = try TemporaryFolder()
        let root = try folder.write(authority.certificate.pem(), to: "ca.pem")
        let serverFile = try folder.write(server.certificatePEM(), to: "server.pem")
        let clientFile = try folder.write(client.certificatePEM(), to: "client.pem")
        let verify = ["verify", "-x509_strict", "-check_ss_sig", "-attime", Self.moment, "-CAfile", root]
        for name in [["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"]] {
            try OpenSSLProgram.run(verify + name + ["-purpose", "sslserver", serverFile])
        }
        try OpenSSLProgram.run(verify + ["-purpose", "sslclient", clientFile])
        try OpenSSLProgram.run(verify + [root])
        #expect(throws: OpenSSLProgram.Failure.self) { try OpenSSLProgram.run(verify + ["-purpose", "sslclient", serverFile]) }
        #expect(throws: OpenSSLProgram.Failure.self) { try OpenSSLProgram.run(verify + ["-purpose", "sslserver", clientFile]) }
        #expect(throws: OpenSSLProgram.Failure.self) { try OpenSSLProgram.run(verify + ["-verify_hostname", "example.com", serverFile]) }
        let another = try CertificateAuthority(creating: "Test authority", validity: Self.validity)
        let anotherRoot = try folder.write(another.certificate.pem(), to: "another.pem")
        #expect(throws: OpenSSLProgram.Failure.self) {
            try OpenSSLProgram.run(["verify", "-attime", Self.moment, "-CAfile", anotherRoot, serverFile])
        }
    }

    @Test("The openssl program reads the extensions that clients look for")
    func extensions() throws {
        let folder = try TemporaryFolder()
        func text(_ certificate: Certificate) throws -> String {
            try OpenSSLProgram.run(["x509", "-noout", "-text", "-in", folder.write(certificate.pem(), to: "leaf.pem")])
        }
        let root = try text(authority.certificate)
        #expect(root.contains("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0"))
        #expect(root.contains("X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign"))
        #expect(root.contains("X509v3 Subject Key Identifier"))
        let server = try text(server.certificate)
        #expect(server.contains("Version: 3 (0x2)"))
        #expect(server.contains("Signature Algorithm: ecdsa-with-SHA256"))
        #expect(server.contains("ASN1 OID: prime256v1"))
        #expect(server.contains("X509v3 Basic Constraints: critical\n                CA:FALSE"))
        #expect(server.contains("X509v3 Key Usage: critical\n                Digital Signature"))
        #expect(server.contains("X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n"))
        #expect(server.contains("X509v3 Authority Key Identifier"))
        #expect(server.contains("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"))
        let client = try text(client.certificate)
        #expect(client.contains("X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n"))
        #expect(client.contains("URI:spiffe://switchboard.local/svc/lead"))
    }

    @Test("The openssl program and we agree on the fingerprint")
    func fingerprint() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(server.certificatePEM(), to: "server.pem")
        let printed = try OpenSSLProgram.run(["x509", "-noout", "-fingerprint", "-sha256", "-in", file])
        let digits = try #require(printed.split(separator: "=").last).filter { $0.isHexDigit }
        #expect(hex(String(digits)) == server.certificate.fingerprint)
    }

    @Test("No two certificates have one serial number")
    func serials() throws {
        let again = try authority.issue(.localServer(validity: Self.validity))
        #expect(again.certificate != server.certificate)
        #expect(again.certificate.fingerprint != server.certificate.fingerprint)
    }

    @Test("An authority goes through PEM, and a leaf is none")
    func authorityFromPEM() throws {
        let copy = try CertificateAuthority(
            certificatePEM: Array(authority.certifiedKey.certificatePEM().utf8),
            privateKeyPEM: Array(authority.certifiedKey.privateKeyPEM().utf8))
        let leaf = try copy.issue(.localServer(validity: Self.validity))
        #expect(leaf.certificate.issuer == "CN=Test authority")
        #expect(throws: CryptoError.notAnAuthority(subject: "CN=localhost")) { try CertificateAuthority(server) }
    }

    @Test("A leaf ends no later than its authority")
    func clampedValidity() throws {
        let longer = Self.validity.lowerBound...Self.validity.upperBound + 1_000
        let leaf = try authority.issue(.localServer(validity: longer))
        #expect(leaf.certificate.notAfter == Self.validity.upperBound)
    }

    @Test("A key of another certificate is refused")
    func keyMismatch() throws {
        #expect(throws: CryptoError.keyDoesNotMatchCertificate) {
            try CertifiedKey(certificate: server.certificate, privateKey: client.privateKey)
        }
    }

    @Test("A chain is read in its order, and a damaged block in it is not skipped")
    func chain() throws {
        let text = try "a comment\n" + server.certificatePEM() + "\n" + authority.certificate.pem() + "trailing words\n"
        #expect(try Certificate.chain(pem: Array(text.utf8)) == [server.certificate, authority.certificate])
        let damaged = try server.certificatePEM() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: Array(damaged.utf8)) }
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: Array("no block".utf8)) }
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: []) }
    }

    @Test("A cut, lengthened or altered certificate is refused or differs, and nothing traps")
    func damagedDER() throws {
        let der = client.certificate.der
        for count in 0..<der.count {
            #expect(throws: CryptoError.self) { try Certificate(der: Array(der.prefix(count))) }
        }
        #expect(throws: CryptoError.self) { try Certificate(der: der + [0]) }
        for index in der.indices {
            var altered = der
            altered[index] ^= 0xFF
            #expect((try? Certificate(der: altered)) != client.certificate)
        }
    }

    @Test("A name that holds a NUL makes the certificate malformed")
    func embeddedNUL() throws {
        var der = client.certificate.der
        let marker = Array("spiffe://switchboard".utf8)
        let start = try #require(der.indices.first { der[$0...].starts(with: marker) })
        der[start + marker.count] = 0
        let error = #expect(throws: CryptoError.self) { try Certificate(der: der) }
        guard case .malformedCertificate = error else {
            Issue.record("not malformedCertificate: \(String(describing: error))")
            return
        }
    }

    @Test("Two URIs are no SPIFFE ID, nor is a URI of another scheme")
    func spiffeID() throws {
        let spiffe = SubjectAlternativeName.uri("spiffe://a/svc/b")
        for (names, expected) in [
            ([spiffe], "spiffe://a/svc/b"), ([spiffe, .dns("b")], "spiffe://a/svc/b"), ([spiffe, .uri("https://a/")], nil),
            ([.uri("https://spiffe/")], nil), ([.dns("spiffe")], nil), ([], nil),
        ] as [([SubjectAlternativeName], String?)] {
            let template = CertificateTemplate(commonName: "b", names: names, usages: [.client], validity: Self.validity)
            #expect(try authority.issue(template).certificate.spiffeID == expected)
        }
    }

    @Test(
        "Names that could mislead a verifier are not issued",
        arguments: [
            .dns(""), .dns("a b"), .dns("a,DNS:b"), .dns("a..b"), .dns(".a"), .dns("a\u{0}b"), .dns("é"), .dns("a*.b"), .dns("a.*.b"),
            .dns(String(repeating: "a", count: 64)), .dns(String(repeating: "ab.", count: 100) + "c"), .uri(""), .uri("no-scheme"),
            .uri("spiffe://a b"), .uri("spiffe://a\n"), .ipAddress([1, 2, 3]), .email("a b"), .other,
        ] as [SubjectAlternativeName])
    func invalidNames(name: SubjectAlternativeName) throws {
        let template = CertificateTemplate(commonName: "a", names: [name], usages: [.server], validity: Self.validity)
        let error = #expect(throws: CryptoError.self) { try authority.issue(template) }
        guard case .invalidName = error else {
            Issue.record("not invalidName: \(String(describing: error))")
            return
        }
    }

    @Test("A service or trust domain outside SPIFFE's characters is refused", arguments: ["", "a/b", "A", "a b", "..", "é", "a,b", "a:b"])
    func invalidServices(part: String) {
        #expect(throws: CryptoError.self) { try CertificateTemplate.client(service: part, trustDomain: "a", validity: Self.validity) }
        #expect(throws: CryptoError.self) { try CertificateTemplate.client(service: "a", trustDomain: part, validity: Self.validity) }
    }

    @Test("A common name of 65 bytes, none, or with controls is refused")
    func invalidCommonName() {
        for name in ["", String(repeating: "a", count: 65), "a\nb"] {
            let template = CertificateTemplate(commonName: name, names: [], usages: [], validity: Self.validity)
            #expect(throws: CryptoError.self) { try authority.issue(template) }
        }
    }

    @Test("Addresses are read from text", arguments: [("127.0.0.1", 4), ("::1", 16), ("2001:db8::7", 16)])
    func addresses(text: String, count: Int) throws {
        let name = try SubjectAlternativeName(ipAddress: text)
        guard case .ipAddress(let bytes) = name else {
            Issue.record("no address: \(name)")
            return
        }
        #expect(bytes.count == count)
        #expect(name.description == text)
    }

    @Test("Text that is no address is refused", arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::1%lo", "300.1.1.1"])
    func invalidAddresses(text: String) {
        #expect(throws: CryptoError.self) { try SubjectAlternativeName(ipAddress: text) }
    }
}
