/// A private key with the certificate that speaks for it.
public struct CertifiedKey: Sendable {
    public let certificate: Certificate
    public let privateKey: P256PrivateKey

    public init(certificate: Certificate, privateKey: P256PrivateKey) throws(CryptoError) {
        guard privateKey.handle.belongs(to: certificate) else { throw .keyDoesNotMatchCertificate }
        self.certificate = certificate
        self.privateKey = privateKey
    }

    /// Reads both from PEM.
    public init(certificatePEM: [UInt8], privateKeyPEM: [UInt8]) throws(CryptoError) {
        try self.init(certificate: Certificate(pem: certificatePEM), privateKey: P256PrivateKey(pem: privateKeyPEM))
    }

    public func certificatePEM() throws(CryptoError) -> String {
        try certificate.pem()
    }

    /// PKCS#8, unencrypted: write it with mode 0600.
    public func privateKeyPEM() throws(CryptoError) -> String {
        try privateKey.pem()
    }
}
