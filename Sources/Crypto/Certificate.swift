internal import CNet

/// An X.509 certificate (RFC 5280), read once into what we ask of it.
@safe public final class Certificate: @unchecked Sendable {
    /// OpenSSL's object; OpenSSL caches in it under a lock of its own.
    package let pointer: OpaquePointer

    /// In RFC 4514's form, `CN=lead`; for people to read, never to decide by.
    public let subject: String
    public let issuer: String
    public let names: [SubjectAlternativeName]
    /// Unix seconds; valid from this second on.
    public let notBefore: Int64
    /// Unix seconds; valid up to this second, inclusive.
    public let notAfter: Int64
    public let der: [UInt8]
    /// SHA-256 of the DER form.
    public let fingerprint: [UInt8]

    /// Reads the first block `-----BEGIN CERTIFICATE-----`.
    public convenience init(pem: [UInt8]) throws(CryptoError) {
        let text = try PEMText.reading(pem, expecting: "CERTIFICATE")
        guard let pointer = unsafe cnet_pem_read_certificate(text.bio) else {
            throw .malformedPEM(expected: "CERTIFICATE", detail: drainOpenSSLErrors())
        }
        try unsafe self.init(owning: pointer)
    }

    public convenience init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    public convenience init(der: [UInt8]) throws(CryptoError) {
        ERR_clear_error()
        let parsed: OpaquePointer? = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            guard let pointer = unsafe d2i_X509(nil, &position, buffer.count) else { return nil }
            guard unsafe position == buffer.baseAddress.map({ unsafe $0 + buffer.count }) else {
                unsafe X509_free(pointer)
                return nil
            }
            return unsafe pointer
        }
        guard let pointer = unsafe parsed else { throw .malformedCertificate(drainOpenSSLErrors()) }
        try unsafe self.init(owning: pointer)
    }

    /// Takes over the reference, also when it throws.
    package init(owning pointer: OpaquePointer) throws(CryptoError) {
        unsafe self.pointer = pointer
        do {
            subject = unsafe Self.text(of: X509_get_subject_name(pointer))
            issuer = unsafe Self.text(of: X509_get_issuer_name(pointer))
            names = try unsafe SubjectAlternativeName.names(in: pointer)
            notBefore = try unsafe Self.unixSeconds(X509_get0_notBefore(pointer))
            notAfter = try unsafe Self.unixSeconds(X509_get0_notAfter(pointer))
            der = try unsafe Self.encode(pointer)
            fingerprint = SHA256.digest(der)
        } catch {
            // A class whose init throws before all is set runs no deinit.
            unsafe X509_free(pointer)
            throw error
        }
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// All blocks `-----BEGIN CERTIFICATE-----` of a text, in its order; at least one.
    public static func chain(pem: [UInt8]) throws(CryptoError) -> [Certificate] {
        let text = try PEMText.reading(pem, expecting: "CERTIFICATE")
        var chain: [Certificate] = []
        while let pointer = unsafe cnet_pem_read_certificate(text.bio) {
            chain.append(try unsafe Certificate(owning: pointer))
        }
        // The end of the text is "no start line"; anything else is a block that does not parse.
        let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        let detail = drainOpenSSLErrors()
        guard isAtEnd, !chain.isEmpty else { throw .malformedPEM(expected: "CERTIFICATE", detail: detail) }
        return chain
    }

    public var dnsNames: [String] {
        names.compactMap { if case .dns(let name) = $0 { name } else { nil } }
    }

    public var uris: [String] {
        names.compactMap { if case .uri(let uri) = $0 { uri } else { nil } }
    }

    /// The addresses as text, `127.0.0.1` and `::1`.
    public var ipAddresses: [String] {
        names.compactMap { if case .ipAddress = $0 { $0.description } else { nil } }
    }

    /// The service that the certificate names: its URI, if it has exactly one and that one is a SPIFFE ID (X.509-SVID section 2).
    public var spiffeID: String? {
        let uris = uris
        guard uris.count == 1, let uri = uris.first, SPIFFEID(uri) != nil else { return nil }
        return uri
    }

    /// The fingerprint in the form that RFC 8705 puts into a token's `cnf.x5t#S256`: base64url.
    public var thumbprint: String {
        Base64URL.encode(fingerprint)
    }

    public func isValid(atUnixSeconds now: Int64) -> Bool {
        notBefore <= now && now <= notAfter
    }

    /// The block `-----BEGIN CERTIFICATE-----`, with its final newline.
    public func pem() throws(CryptoError) -> String {
        let bytes = try PEMText.writing { text in unsafe PEM_write_bio_X509(text.bio, pointer) == 1 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 4514's form of a name.
    static func text(of name: OpaquePointer?) -> String {
        let bytes = try? PEMText.writing { text in
            // An empty name prints as nothing, which is no failure.
            unsafe cnet_x509_name_print(text.bio, name) >= 0
        }
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    static func unixSeconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptoError) -> Int64 {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { throw .malformedCertificate("its dates do not parse") }
        return Int64(unsafe timegm(&parts))
    }

    static func encode(_ pointer: OpaquePointer) throws(CryptoError) -> [UInt8] {
        let count = Int(unsafe i2d_X509(pointer, nil))
        guard count > 0 else { throw .malformedCertificate(drainOpenSSLErrors()) }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            var position = buffer.baseAddress
            written = Int(max(0, unsafe i2d_X509(pointer, &position)))
        }
    }
}

extension Certificate: Hashable {
    public static func == (left: Certificate, right: Certificate) -> Bool {
        left === right || left.der == right.der
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }
}

extension Certificate: CustomStringConvertible {
    /// The subject and the names: `CN=localhost (localhost, 127.0.0.1, ::1)`.
    public var description: String {
        names.isEmpty ? subject : "\(subject) (\(names.map(\.description).joined(separator: ", ")))"
    }
}
