/// A workload's name, `spiffe://trust-domain/path` (SPIFFE-ID section 2).
public struct SPIFFEID: Hashable, Sendable {
    /// 1 to 255 of `a-z`, `0-9`, `.`, `-` and `_`.
    public let trustDomain: String
    /// Empty, or segments that each begin with `/`.
    public let path: String

    /// Nil for what is no SPIFFE ID. None is brought into another form: two texts are the same ID only if they are the same bytes.
    public init?(_ text: String) {
        let scheme = "spiffe://"
        guard text.utf8.count <= Limits.uriByteCount, text.hasPrefix(scheme) else { return nil }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let domain = rest.prefix { $0 != UInt8(ascii: "/") }
        guard (1...Limits.trustDomainByteCount).contains(domain.count),
            domain.allSatisfy({ SPIFFEID.isSegmentByte($0) && !SPIFFEID.isUpperCase($0) })
        else { return nil }
        let path = rest.dropFirst(domain.count)
        for segment in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            let isRelative = segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8)
            guard !segment.isEmpty, !isRelative, segment.allSatisfy(SPIFFEID.isSegmentByte) else { return nil }
        }
        trustDomain = String(decoding: domain, as: UTF8.self)
        self.path = String(decoding: path, as: UTF8.self)
    }

    private static func isSegmentByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: isUpperCase(byte)
        }
    }

    private static func isUpperCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

extension SPIFFEID: CustomStringConvertible {
    public var description: String {
        "spiffe://\(trustDomain)\(path)"
    }
}
