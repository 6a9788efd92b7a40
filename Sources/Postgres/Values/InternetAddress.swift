internal import Glibc

/// An address or a network of IPv4 or IPv6, as `inet` and `cidr` columns keep it.
public struct InternetAddress: PostgresValue, Hashable, LosslessStringConvertible {
    /// 4 bytes of IPv4 or 16 of IPv6.
    public let bytes: [UInt8]
    /// Bits of the network: 32 or 128 for a single address.
    public let prefixLength: Int

    /// Nil unless there are 4 or 16 bytes, and no more bits than these have.
    public init?(bytes: [UInt8], prefixLength: Int? = nil) {
        let prefixLength = prefixLength ?? bytes.count * 8
        guard bytes.count == 4 || bytes.count == 16, (0...bytes.count * 8).contains(prefixLength) else { return nil }
        self.bytes = bytes
        self.prefixLength = prefixLength
    }

    /// `192.0.2.1`, `2001:db8::/32`; nil for anything else, such as a name or a short form.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: host.contains(":") ? 16 : 4)
        guard unsafe inet_pton(bytes.count == 16 ? AF_INET6 : AF_INET, String(host), &bytes) == 1 else { return nil }
        var prefixLength: Int?
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1]) else { return nil }
            prefixLength = bits
        }
        self.init(bytes: bytes, prefixLength: prefixLength)
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
        let family = bytes.count == 16 ? AF_INET6 : AF_INET
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return prefixLength == bytes.count * 8 ? host : "\(host)/\(prefixLength)"
    }

    // MARK: PostgreSQL

    public static var type: PostgresType { .inet }

    public static func accepts(_ type: PostgresType) -> Bool {
        type == .inet || type == .cidr
    }

    /// PostgreSQL's own numbers for the families (utils/inet.h).
    private static let families: (v4: UInt8, v6: UInt8) = (2, 3)

    /// The form of `inet_send`: the family, the bits, whether it is a cidr, how many bytes, the bytes.
    public func encode(into encoded: inout [UInt8]) {
        encoded.append(bytes.count == 4 ? Self.families.v4 : Self.families.v6)
        encoded.append(UInt8(clamping: prefixLength))
        encoded.append(0)
        encoded.append(UInt8(clamping: bytes.count))
        encoded.append(contentsOf: bytes)
    }

    public init?(decoding encoded: RawSpan, as type: PostgresType) {
        guard encoded.byteCount >= 4 else { return nil }
        let all = unsafe encoded.withUnsafeBytes { unsafe [UInt8]($0) }
        guard all[0] == (all[3] == 4 ? Self.families.v4 : Self.families.v6), all.count == 4 + Int(all[3]) else { return nil }
        self.init(bytes: Array(all[4...]), prefixLength: Int(all[1]))
    }
}

extension InternetAddress: PostgresElement {
    public static var arrayType: PostgresType { .inetArray }
}
