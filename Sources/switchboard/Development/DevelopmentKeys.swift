internal import Console
internal import Crypto
internal import Platform

/// The keys of a development server: an authority, a server and a client certificate of it, a key for tokens, a secret. What is there and
/// still good is kept, so that clients need not be told anew after every start.
struct DevelopmentKeys {
    static let trustDomain = "dev.switchboard.internal"
    static let clientService = "dev"
    static let issuer = "dev"
    static let keyID = "dev"

    let clientCertificate: Certificate
    let tokenKey: Ed25519PrivateKey

    /// - Parameter now: seconds since 1970.
    init(_ state: StateFolder, now: Int64) throws {
        try Files.makeFolder("\(state.path)/pki")
        try Files.makeFolder("\(state.path)/keys", mode: 0o700)
        let from = now - Self.day
        let authority: CertificateAuthority
        if let known = Self.known(state.authorityCertificate, state.authorityKey, now: now), let kept = try? CertificateAuthority(known) {
            authority = kept
        } else {
            authority = try CertificateAuthority(creating: "Switchboard development CA", validity: from...(now + 3_650 * Self.day))
            for path in [state.serverCertificate, state.serverKey, state.clientCertificate, state.clientKey] { try Files.remove(path) }
            try Self.store(authority.certifiedKey, state.authorityCertificate, state.authorityKey)
        }
        let validity = from...(now + 90 * Self.day)
        if Self.known(state.serverCertificate, state.serverKey, now: now) == nil {
            try Self.store(authority.issue(.localServer(validity: validity)), state.serverCertificate, state.serverKey)
        }
        if let known = Self.known(state.clientCertificate, state.clientKey, now: now) {
            clientCertificate = known.certificate
        } else {
            let issued = try authority.issue(
                .client(service: Self.clientService, trustDomain: Self.trustDomain, validity: validity))
            try Self.store(issued, state.clientCertificate, state.clientKey)
            clientCertificate = issued.certificate
        }
        if let pem = try? Files.read(state.tokenPrivateKey), let key = try? Ed25519PrivateKey(pem: pem) {
            tokenKey = key
        } else {
            tokenKey = Ed25519PrivateKey()
            try Files.write(tokenKey.pem(), to: state.tokenPrivateKey, mode: 0o600)
        }
        try Files.write(tokenKey.publicKey.pem(), to: state.tokenPublicKey)
        if (try? Files.read(state.secret)).flatMap(ServerSecret.init) == nil {
            try Files.write(Base64URL.encode(SecureRandom.bytes(48)) + "\n", to: state.secret, mode: 0o600)
        }
        // Never made anew while it is there: what it has sealed would be lost.
        if !Files.exists(state.keyRing) {
            try Files.write(KeyRingText(firstKey: Self.keyID).text, to: state.keyRing, mode: 0o600)
        }
    }

    private static let day: Int64 = 86_400

    /// A certificate and its key, when both can be read, belong together and are good for another week.
    private static func known(_ certificate: String, _ key: String, now: Int64) -> CertifiedKey? {
        guard let certificatePEM = try? Files.read(certificate), let keyPEM = try? Files.read(key),
            let pair = try? CertifiedKey(certificatePEM: certificatePEM, privateKeyPEM: keyPEM),
            pair.certificate.isValid(atUnixSeconds: now), pair.certificate.isValid(atUnixSeconds: now + 7 * day)
        else { return nil }
        return pair
    }

    private static func store(_ pair: CertifiedKey, _ certificate: String, _ key: String) throws {
        try Files.write(pair.privateKeyPEM(), to: key, mode: 0o600)
        try Files.write(pair.certificatePEM(), to: certificate)
    }
}
