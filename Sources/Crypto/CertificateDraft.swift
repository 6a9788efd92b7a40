internal import CNet

/// A certificate that is being written and has no signature yet.
@safe struct CertificateDraft: ~Copyable {
    private let pointer: OpaquePointer

    static func begin(
        commonName: String, validity: ClosedRange<Int64>, publicKey: KeyHandle
    ) throws(CryptoError) -> CertificateDraft {
        guard !commonName.isEmpty, commonName.utf8.count <= Limits.commonNameByteCount, commonName.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw .invalidName(commonName, reason: "a common name has 1 to \(Limits.commonNameByteCount) bytes and no controls")
        }
        let draft = CertificateDraft()
        try draft.fill(commonName: commonName, validity: validity, publicKey: publicKey)
        return draft
    }

    private init() {
        ERR_clear_error()
        guard let pointer = unsafe X509_new() else {
            fatalError("OpenSSL could not make a certificate: \(drainOpenSSLErrors())")
        }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe X509_free(pointer)
    }

    private borrowing func fill(
        commonName: String, validity: ClosedRange<Int64>, publicKey: KeyHandle
    ) throws(CryptoError) {
        // X.509 counts versions from 0: 2 is version 3, the one with extensions.
        guard unsafe X509_set_version(pointer, 2) == 1, unsafe X509_set_pubkey(pointer, publicKey.pointer) == 1 else {
            throw .operationFailed("begin a certificate", detail: drainOpenSSLErrors())
        }
        try setSerialNumber()
        try setCommonName(commonName)
        guard unsafe ASN1_TIME_set(X509_getm_notBefore(pointer), Int(validity.lowerBound)) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(pointer), Int(validity.upperBound)) != nil
        else {
            throw .operationFailed("date a certificate", detail: drainOpenSSLErrors())
        }
    }

    /// Random, so that two authorities of one name cannot issue one number, and positive, as RFC 5280 demands.
    private borrowing func setSerialNumber() throws(CryptoError) {
        var bytes = SecureRandom.bytes(Limits.serialNumberByteCount)
        bytes[0] = bytes[0] & 0x7F | 0x40
        guard let number = unsafe BN_bin2bn(bytes, Int32(bytes.count), nil) else {
            throw .operationFailed("number a certificate", detail: drainOpenSSLErrors())
        }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else {
            throw .operationFailed("number a certificate", detail: drainOpenSSLErrors())
        }
    }

    private borrowing func setCommonName(_ name: String) throws(CryptoError) {
        let bytes = Array(name.utf8)
        let subject = unsafe X509_get_subject_name(pointer)
        guard unsafe X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1 else {
            throw .operationFailed("name a certificate", detail: drainOpenSSLErrors())
        }
    }

    borrowing func add(_ names: [SubjectAlternativeName]) throws(CryptoError) {
        try unsafe SubjectAlternativeName.add(names, to: pointer)
    }

    /// - Parameters:
    ///   - value: constant text in openssl.cnf's syntax.
    ///   - issuer: nil for a certificate that signs itself.
    borrowing func addExtension(_ nid: Int32, _ value: String, issuer: Certificate?) throws(CryptoError) {
        guard unsafe cnet_x509_add_extension(pointer, issuer.map { unsafe $0.pointer } ?? pointer, nid, value) == 1 else {
            throw .operationFailed("add the extension \(value)", detail: drainOpenSSLErrors())
        }
    }

    /// - Parameter issuer: nil for a certificate that signs itself.
    consuming func signed(by key: KeyHandle, issuer: Certificate?) throws(CryptoError) -> Certificate {
        let issuerName = unsafe X509_get_subject_name(issuer.map { unsafe $0.pointer } ?? pointer)
        guard unsafe X509_set_issuer_name(pointer, issuerName) == 1,
            unsafe X509_sign(pointer, key.pointer, SHA256.algorithm.pointer) > 0
        else {
            throw .operationFailed("sign a certificate", detail: drainOpenSSLErrors())
        }
        // The signed object caches what its extensions said while it was a draft; its bytes do not.
        return try unsafe Certificate(der: Certificate.encode(pointer))
    }
}
