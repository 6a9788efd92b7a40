/// The well-known forms of a string, or of bytes; each is a rule of its own.
public enum Format: Sendable {
    case email
    case hostname
    case ip
    case ipv4
    case ipv6
    case uri
    case uriRef
    case address
    case uuid
    case tuuid
    case ipWithPrefixlen
    case ipv4WithPrefixlen
    case ipv6WithPrefixlen
    case ipPrefix
    case ipv4Prefix
    case ipv6Prefix
    case hostAndPort
    case ulid
    case protobufFqn
    case protobufDotFqn
    case headerName
    case headerValue
    case looseHeaderName
    case looseHeaderValue

    /// The rule's name behind its type's, and what the value should be.
    var words: (rule: String, noun: String) {
        switch self {
        case .email: ("email", "an e-mail address, such as ada@example.com")
        case .hostname: ("hostname", "a host's name, such as example.com")
        case .ip: ("ip", "an IPv4 or IPv6 address")
        case .ipv4: ("ipv4", "an IPv4 address, such as 192.0.2.1")
        case .ipv6: ("ipv6", "an IPv6 address, such as 2001:db8::1")
        case .uri: ("uri", "a URI, such as https://example.com/path")
        case .uriRef: ("uri_ref", "a URI or a relative reference")
        case .address: ("address", "a host's name or an IP address")
        case .uuid: ("uuid", "a UUID of 36 characters")
        case .tuuid: ("tuuid", "a UUID of 32 characters, without hyphens")
        case .ipWithPrefixlen: ("ip_with_prefixlen", "an IP address with the length of its prefix, such as 192.0.2.1/24")
        case .ipv4WithPrefixlen: ("ipv4_with_prefixlen", "an IPv4 address with the length of its prefix, such as 192.0.2.1/24")
        case .ipv6WithPrefixlen: ("ipv6_with_prefixlen", "an IPv6 address with the length of its prefix, such as 2001:db8::1/64")
        case .ipPrefix: ("ip_prefix", "an IP network, such as 192.0.2.0/24")
        case .ipv4Prefix: ("ipv4_prefix", "an IPv4 network, such as 192.0.2.0/24")
        case .ipv6Prefix: ("ipv6_prefix", "an IPv6 network, such as 2001:db8::/64")
        case .hostAndPort: ("host_and_port", "a host and a port, such as example.com:443")
        case .ulid: ("ulid", "a ULID of 26 characters")
        case .protobufFqn: ("protobuf_fqn", "the full name of a protobuf element, such as google.protobuf.Any")
        case .protobufDotFqn: ("protobuf_dot_fqn", "the full name of a protobuf element behind a dot, such as .google.protobuf.Any")
        case .headerName, .looseHeaderName: ("well_known_regex.header_name", "the name of an HTTP header")
        case .headerValue, .looseHeaderValue: ("well_known_regex.header_value", "the value of an HTTP header")
        }
    }

    /// An empty text is its own violation, where it is one.
    var mayBeEmpty: Bool { self == .uriRef || self == .headerValue || self == .looseHeaderValue }

    func matches(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .email: isEmailAddress(text)
        case .hostname: isHostname(text)
        case .ip: isIPv4Address(text) || isIPv6Address(text)
        case .ipv4: isIPv4Address(text)
        case .ipv6: isIPv6Address(text)
        case .uri: URIText.isURI(text)
        case .uriRef: URIText.isReference(text)
        case .address: isHostname(text) || isIPv4Address(text) || isIPv6Address(text)
        case .uuid: isUUID(text)
        case .tuuid: text.count == 32 && text.all(\.isHexDigit)
        case .ipWithPrefixlen: isIPv4Prefix(text, isNetwork: false) || isIPv6Prefix(text, isNetwork: false)
        case .ipv4WithPrefixlen: isIPv4Prefix(text, isNetwork: false)
        case .ipv6WithPrefixlen: isIPv6Prefix(text, isNetwork: false)
        case .ipPrefix: isIPv4Prefix(text, isNetwork: true) || isIPv6Prefix(text, isNetwork: true)
        case .ipv4Prefix: isIPv4Prefix(text, isNetwork: true)
        case .ipv6Prefix: isIPv6Prefix(text, isNetwork: true)
        case .hostAndPort: isHostAndPort(text)
        case .ulid: isULID(text)
        case .protobufFqn: isProtobufName(text)
        case .protobufDotFqn: text[0] == UInt8(ascii: ".") && isProtobufName(text.extracting(1...))
        case .headerName: isHeaderName(text)
        case .headerValue: text.all { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
        case .looseHeaderName, .looseHeaderValue: text.all { $0 != 0x00 && $0 != 0x0A && $0 != 0x0D }
        }
    }

    func matches(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .ipv4: bytes.count == 4
        case .ip: bytes.count == 4 || bytes.count == 16
        default: bytes.count == 16
        }
    }
}

extension Violations {
    /// The text must have the form.
    public mutating func expect(_ format: Format, _ text: String) {
        if !text.isEmpty || format.mayBeEmpty {
            if !format.matches(text.utf8Span.span) { add(format, of: "string", suffix: "", "It must be \(format.words.noun).") }
        } else {
            add(format, of: "string", suffix: "_empty", "It is empty; it must be \(format.words.noun).")
        }
    }

    /// The bytes must be an address, or a UUID, in network order.
    public mutating func expect(_ format: Format, _ bytes: [UInt8]) {
        if bytes.isEmpty {
            add(format, of: "bytes", suffix: "_empty", "It is empty; it must be the bytes of \(format.words.noun).")
        } else if !format.matches(bytes) {
            add(format, of: "bytes", suffix: "", "It must be the bytes of \(format.words.noun).")
        }
    }

    private mutating func add(_ format: Format, of type: String, suffix: String, _ description: String) {
        add("\(type).\(format.words.rule)\(suffix)", description)
    }
}
