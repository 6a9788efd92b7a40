internal import CNet

/// A certificate authority of our own, for development and for closed networks: ECDSA P-256 throughout.
public struct CertificateAuthority: Sendable {
    public let certifiedKey: CertifiedKey

    public var certificate: Certificate {
        certifiedKey.certificate
    }

    /// Takes up an authority that exists; throws `notAnAuthority` for a certificate without `CA:TRUE`.
    public init(_ certifiedKey: CertifiedKey) throws(CryptoError) {
        guard unsafe X509_check_ca(certifiedKey.certificate.pointer) == 1 else {
            throw .notAnAuthority(subject: certifiedKey.certificate.subject)
        }
        self.certifiedKey = certifiedKey
    }

    public init(certificatePEM: [UInt8], privateKeyPEM: [UInt8]) throws(CryptoError) {
        try self.init(CertifiedKey(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM))
    }

    /// Makes a new authority, whose certificate signs itself and may issue leaves, but no further authorities.
    public init(creating commonName: String, validity: ClosedRange<Int64>) throws(CryptoError) {
        let key = P256PrivateKey()
        let draft = try CertificateDraft.begin(commonName: commonName, validity: validity, publicKey: key.handle)
        try draft.addExtension(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: nil)
        try draft.addExtension(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: nil)
        try draft.addExtension(NID_subject_key_identifier, "hash", issuer: nil)
        try draft.addExtension(NID_authority_key_identifier, "keyid:always", issuer: nil)
        let certificate = try draft.signed(by: key.handle, issuer: nil)
        try self.init(CertifiedKey(certificate: certificate, privateKey: key))
    }

    /// Makes a key and a certificate for it that ends no later than the authority's own.
    public func issue(_ template: CertificateTemplate) throws(CryptoError) -> CertifiedKey {
        let key = P256PrivateKey()
        let certificate = try issue(template, for: key)
        return try CertifiedKey(certificate: certificate, privateKey: key)
    }

    private func issue(_ template: CertificateTemplate, for key: P256PrivateKey) throws(CryptoError) -> Certificate {
        let validity = min(template.validity.lowerBound, certificate.notAfter)...min(template.validity.upperBound, certificate.notAfter)
        let draft = try CertificateDraft.begin(commonName: template.commonName, validity: validity, publicKey: key.handle)
        try draft.addExtension(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try draft.addExtension(NID_key_usage, "critical,digitalSignature", issuer: certificate)
        if let usages = template.extendedKeyUsage {
            try draft.addExtension(NID_ext_key_usage, usages, issuer: certificate)
        }
        try draft.addExtension(NID_subject_key_identifier, "hash", issuer: certificate)
        try draft.addExtension(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        try draft.add(template.names)
        return try draft.signed(by: certifiedKey.privateKey.handle, issuer: certificate)
    }
}

extension CertificateTemplate {
    /// In openssl.cnf's syntax; nil when there are none, which means any use.
    fileprivate var extendedKeyUsage: String? {
        guard !usages.isEmpty else { return nil }
        return [(Usage.server, "serverAuth"), (.client, "clientAuth")]
            .filter { usages.contains($0.0) }
            .map(\.1)
            .joined(separator: ",")
    }
}
