public import Crypto
internal import Glibc
public import TLS

/// The certificates of a test, made in this process: two authorities that do not know each other, and leaves good and bad.
public struct TestPKI: Sendable {
    public static let trustDomain = "test.switchboard"

    /// One for the whole process; nothing in it changes.
    public static let shared = TestPKI()

    public let authority: CertificateAuthority
    /// For localhost, 127.0.0.1 and ::1.
    public let server: CertifiedKey
    /// For `spiffe://test.switchboard/svc/tester`.
    public let client: CertifiedKey
    /// Ended an hour ago.
    public let expiredServer: CertifiedKey
    public let expiredClient: CertifiedKey

    /// An authority that nobody here trusts.
    public let foreignAuthority: CertificateAuthority
    public let foreignServer: CertifiedKey
    /// Bears the same URI as `client`: only its issuer tells them apart.
    public let foreignClient: CertifiedKey

    public init() {
        let hour: Int64 = 3_600
        let now = Int64(time(nil))
        let good = now - hour...now + 24 * hour
        let past = now - 2 * hour...now - hour
        do {
            authority = try CertificateAuthority(creating: "Switchboard test authority", validity: now - 3 * hour...now + 48 * hour)
            server = try authority.issue(.localServer(validity: good))
            client = try authority.issue(.client(service: "tester", trustDomain: Self.trustDomain, validity: good))
            expiredServer = try authority.issue(.localServer(validity: past))
            expiredClient = try authority.issue(.client(service: "tester", trustDomain: Self.trustDomain, validity: past))
            foreignAuthority = try CertificateAuthority(creating: "Foreign authority", validity: now - 3 * hour...now + 48 * hour)
            foreignServer = try foreignAuthority.issue(.localServer(validity: good))
            foreignClient = try foreignAuthority.issue(.client(service: "tester", trustDomain: Self.trustDomain, validity: good))
        } catch {
            fatalError("the test certificates could not be made: \(error)")
        }
    }

    /// A client certificate for another service, of the trusted authority.
    public func client(service: String) throws(CryptoError) -> CertifiedKey {
        let validity = client.certificate.notBefore...client.certificate.notAfter
        return try authority.issue(.client(service: service, trustDomain: Self.trustDomain, validity: validity))
    }

    /// A server that demands a client certificate of the trusted authority.
    public func serverContext(_ key: CertifiedKey? = nil, alpn: [String] = ["h2"]) throws -> TLSContext {
        let key = key ?? server
        return try .server(
            certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()),
            clientRoots: .text(authority.certificate.pem()), alpn: alpn)
    }

    /// A client that trusts the authority and presents `client`.
    public func clientContext(_ key: CertifiedKey? = nil, alpn: [String] = ["h2"]) throws -> TLSContext {
        let key = key ?? client
        return try .client(
            roots: .text(authority.certificate.pem()),
            certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: alpn)
    }

    /// A client that trusts the authority and has no certificate of its own.
    public func anonymousClientContext(alpn: [String] = ["h2"]) throws -> TLSContext {
        try .client(roots: .text(authority.certificate.pem()), alpn: alpn)
    }
}
