internal import CNet

/// A certificate revocation list (RFC 5280 section 5): which of its certificates an authority takes back before they end.
@safe public final class RevocationList: @unchecked Sendable {
    /// OpenSSL's object; OpenSSL caches in it under a lock of its own.
    package let pointer: OpaquePointer

    /// The authority, in RFC 4514's form; for people to read, never to decide by.
    public let issuer: String
    /// Unix seconds; the list says nothing before.
    public let thisUpdate: Int64
    /// Unix seconds; from then on the list is out of date. Nil when it does not say.
    public let nextUpdate: Int64?

    /// All blocks `-----BEGIN X509 CRL-----` of a text, in its order; at least one.
    public static func lists(pem: [UInt8]) throws(CryptoError) -> [RevocationList] {
        let text = try PEMText.reading(pem, expecting: "X509 CRL")
        var lists: [RevocationList] = []
        while let pointer = unsafe cnet_pem_read_revocation_list(text.bio) {
            lists.append(try unsafe RevocationList(owning: pointer))
        }
        // The end of the text is "no start line"; anything else is a block that does not parse.
        let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        let detail = drainOpenSSLErrors()
        guard isAtEnd, !lists.isEmpty else { throw .malformedPEM(expected: "X509 CRL", detail: detail) }
        return lists
    }

    /// Takes over the reference, also when it throws.
    init(owning pointer: OpaquePointer) throws(CryptoError) {
        unsafe self.pointer = pointer
        do {
            issuer = unsafe Certificate.text(of: X509_CRL_get_issuer(pointer))
            thisUpdate = try unsafe Certificate.unixSeconds(X509_CRL_get0_lastUpdate(pointer))
            let end = unsafe X509_CRL_get0_nextUpdate(pointer)
            nextUpdate = try unsafe end == nil ? nil : Certificate.unixSeconds(end)
        } catch {
            // A class whose init throws before all is set runs no deinit.
            unsafe X509_CRL_free(pointer)
            throw error
        }
    }

    deinit {
        unsafe X509_CRL_free(pointer)
    }

    public func revokes(_ certificate: Certificate) -> Bool {
        var entry: OpaquePointer?
        return unsafe X509_CRL_get0_by_cert(pointer, &entry, certificate.pointer) == 1
    }

    /// The block `-----BEGIN X509 CRL-----`, with its final newline.
    public func pem() throws(CryptoError) -> String {
        let bytes = try PEMText.writing { text in unsafe PEM_write_bio_X509_CRL(text.bio, pointer) == 1 }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension CertificateAuthority {
    /// A new list, which takes the place of all earlier ones.
    ///
    /// - Parameters:
    ///   - revoked: certificates of this authority.
    ///   - previous: the list before, whose entries it takes over; nil for the first.
    ///   - validity: Unix seconds; the list says nothing before, and is out of date after.
    public func revocationList(
        revoking revoked: [Certificate], after previous: RevocationList? = nil, validity: ClosedRange<Int64>
    ) throws(CryptoError) -> RevocationList {
        ERR_clear_error()
        guard let list = unsafe X509_CRL_new() else { throw .operationFailed("begin a revocation list", detail: drainOpenSSLErrors()) }
        let issuer = unsafe certificate.pointer
        var isMade =
            // Version 2, counted from 0, is the one with extensions.
            unsafe X509_CRL_set_version(list, 1) == 1
            && X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)) == 1
            && cnet_crl_set_times(list, Int(validity.lowerBound), Int(validity.upperBound)) == 1
            // It grows from list to list (RFC 5280 section 5.2.3).
            && cnet_crl_set_number_after(list, previous?.pointer) == 1
            && cnet_crl_set_authority(list, issuer) == 1
        if let previous, isMade { isMade = unsafe cnet_crl_copy_entries(list, previous.pointer) == 1 }
        for certificate in revoked where isMade && previous?.revokes(certificate) != true {
            isMade = unsafe cnet_crl_revoke(list, certificate.pointer, Int(validity.lowerBound)) == 1
        }
        isMade = unsafe isMade && X509_CRL_sort(list) == 1
        isMade = unsafe isMade && X509_CRL_sign(list, certifiedKey.privateKey.handle.pointer, SHA256.algorithm.pointer) > 0
        guard isMade else {
            unsafe X509_CRL_free(list)
            throw .operationFailed("sign a revocation list", detail: drainOpenSSLErrors())
        }
        return try unsafe RevocationList(owning: list)
    }
}
