internal import CNet

/// One of the names a certificate is for (RFC 5280 section 4.2.1.6), with its exact type: a URI that spells a host name is no host name.
public enum SubjectAlternativeName: Hashable, Sendable {
    case dns(String)
    /// In this house the name of a service, `spiffe://<trust domain>/svc/<name>`.
    case uri(String)
    /// 4 bytes (IPv4) or 16 (IPv6), in network order.
    case ipAddress([UInt8])
    case email(String)
    /// A type that we have no use for.
    case other

    /// - Parameter text: `127.0.0.1` or `::1`.
    public init(ipAddress text: String) throws(CryptoError) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var address = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &address) == 1 {
                self = .ipAddress(address)
                return
            }
        }
        throw .invalidName(text, reason: "it is neither an IPv4 nor an IPv6 address")
    }

    /// Refuses what no verifier would match, or would match in surprising ways.
    func validate() throws(CryptoError) {
        switch self {
        case .dns(let name): try Self.validate(dnsName: name)
        case .uri(let uri):
            guard !uri.isEmpty, uri.utf8.count <= Limits.uriByteCount else {
                throw .invalidName(uri, reason: "a URI has 1 to \(Limits.uriByteCount) bytes")
            }
            guard uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), uri.utf8.contains(UInt8(ascii: ":")) else {
                throw .invalidName(uri, reason: "a URI has a scheme and no spaces, controls or characters outside ASCII")
            }
        case .ipAddress(let bytes):
            guard bytes.count == 4 || bytes.count == 16 else {
                throw .invalidName("\(bytes)", reason: "an address has 4 or 16 bytes")
            }
        case .email(let address):
            guard !address.isEmpty, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .invalidName(address, reason: "an e-mail address here is ASCII without spaces")
            }
        case .other:
            throw .invalidName("other", reason: "only DNS names, URIs, addresses and e-mail addresses can be issued")
        }
    }

    private static func validate(dnsName name: String) throws(CryptoError) {
        guard !name.isEmpty, name.utf8.count <= Limits.dnsNameByteCount else {
            throw .invalidName(name, reason: "a DNS name has 1 to \(Limits.dnsNameByteCount) bytes")
        }
        for (index, label) in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).enumerated() {
            let isWildcard = index == 0 && label.elementsEqual([UInt8(ascii: "*")])
            guard isWildcard || (1...Limits.dnsLabelByteCount).contains(label.count) && label.allSatisfy(isDNSCharacter) else {
                throw .invalidName(name, reason: "each part has 1 to \(Limits.dnsLabelByteCount) letters, digits and hyphens")
            }
        }
    }

    private static func isDNSCharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension SubjectAlternativeName: CustomStringConvertible {
    /// The name alone, without its type.
    public var description: String {
        switch self {
        case .dns(let name), .uri(let name), .email(let name): name
        case .ipAddress(let bytes): Self.text(ofAddress: bytes)
        case .other: "a name of another type"
        }
    }

    private static func text(ofAddress bytes: [UInt8]) -> String {
        guard bytes.count == 4 || bytes.count == 16 else { return "\(bytes)" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "\(bytes)" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SubjectAlternativeName {
    /// Reads the names of a certificate.
    ///
    /// A text name with a NUL, a control or a byte outside ASCII makes the certificate malformed: some verifier would cut it there.
    static func names(in certificate: OpaquePointer) throws(CryptoError) -> [SubjectAlternativeName] {
        var criticality: Int32 = 0
        let extensionValue = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, &criticality, nil)
        guard let extensionValue = unsafe extensionValue else {
            // -1: there is none. -2: there are several. Otherwise it did not parse.
            guard criticality == -1 else { throw .malformedCertificate("its subject alternative names do not parse") }
            return []
        }
        let stack = OpaquePointer(extensionValue)
        defer { unsafe GENERAL_NAMES_free(stack) }
        var names: [SubjectAlternativeName] = []
        for index in 0..<(unsafe cnet_general_names_count(stack)) {
            guard let name = unsafe cnet_general_names_at(stack, index) else { continue }
            names.append(try unsafe read(name))
        }
        return names
    }

    private static func read(_ name: UnsafeMutablePointer<GENERAL_NAME>) throws(CryptoError) -> SubjectAlternativeName {
        var type: Int32 = 0
        let value = unsafe GENERAL_NAME_get0_value(name, &type)
        guard type == GEN_DNS || type == GEN_URI || type == GEN_IPADD || type == GEN_EMAIL else { return .other }
        guard let string = unsafe value?.assumingMemoryBound(to: ASN1_STRING.self), let data = unsafe ASN1_STRING_get0_data(string) else {
            throw .malformedCertificate("a subject alternative name is empty")
        }
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: Int(max(0, ASN1_STRING_length(string)))))
        if type == GEN_IPADD {
            guard bytes.count == 4 || bytes.count == 16 else {
                throw .malformedCertificate("an address among its names has \(bytes.count) bytes")
            }
            return .ipAddress(bytes)
        }
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .malformedCertificate("a subject alternative name is empty, or has spaces, controls or bytes outside ASCII")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return switch type {
        case GEN_DNS: .dns(text)
        case GEN_URI: .uri(text)
        default: .email(text)
        }
    }

    /// Writes the names as the certificate's extension.
    static func add(_ names: [SubjectAlternativeName], to certificate: OpaquePointer) throws(CryptoError) {
        guard !names.isEmpty else { return }
        guard let stack = unsafe GENERAL_NAMES_new() else { throw .operationFailed("make names", detail: drainOpenSSLErrors()) }
        defer { unsafe GENERAL_NAMES_free(stack) }
        for name in names {
            try name.validate()
            guard let general = unsafe GENERAL_NAME_new(), let string = unsafe ASN1_STRING_type_new(name.stringType) else {
                throw .operationFailed("make a name", detail: drainOpenSSLErrors())
            }
            let bytes = name.contents
            guard unsafe ASN1_STRING_set(string, bytes, Int32(bytes.count)) == 1 else {
                throw .operationFailed("fill a name", detail: drainOpenSSLErrors())
            }
            unsafe GENERAL_NAME_set0_value(general, name.generalNameType, string)
            guard unsafe cnet_general_names_push(stack, general) == 1 else {
                throw .operationFailed("collect names", detail: drainOpenSSLErrors())
            }
        }
        guard unsafe X509_add1_ext_i2d(certificate, NID_subject_alt_name, UnsafeMutableRawPointer(stack), 0, 0) == 1 else {
            throw .operationFailed("add names to a certificate", detail: drainOpenSSLErrors())
        }
    }

    private var generalNameType: Int32 {
        switch self {
        case .dns: GEN_DNS
        case .uri: GEN_URI
        case .ipAddress: GEN_IPADD
        case .email: GEN_EMAIL
        case .other: GEN_OTHERNAME
        }
    }

    private var stringType: Int32 {
        if case .ipAddress = self { V_ASN1_OCTET_STRING } else { V_ASN1_IA5STRING }
    }

    private var contents: [UInt8] {
        switch self {
        case .dns(let text), .uri(let text), .email(let text): Array(text.utf8)
        case .ipAddress(let bytes): bytes
        case .other: []
        }
    }
}
