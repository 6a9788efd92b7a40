/// Addresses with the same first bits (CIDR, RFC 4632 section 3.1): `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
///
/// An IPv4 address is the same one whether a socket of both kinds shows it as `::ffff:192.0.2.7` or not.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]
    private let prefixBits: Int

    /// Throws `NetError.address` for what is no such text, and for bits behind the prefix: who writes 10.1.0.0/8 means something else.
    public init(_ text: String) throws(NetError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = try SocketAddress(ip: String(parts[0]), port: 0)
        guard let shown = Self.bytes(of: address) else { throw .address("\"\(text)\" is no range of addresses") }
        let width = 8 * shown.count
        var bits = width
        if parts.count == 2 {
            // "+8" and "٨" are numbers elsewhere.
            guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let length = Int(parts[1]), length <= width
            else { throw .address("\"\(text)\" must end in a number of bits from 0 to \(width), such as 10.0.0.0/8") }
            bits = length
        }
        guard Self.masked(shown, to: bits) == shown else {
            throw .address("\"\(text)\" has an address with more than \(bits) bits; 10.0.0.0/8 is right, 10.1.0.0/8 is not")
        }
        bytes = shown
        prefixBits = bits
    }

    /// False for Unix sockets.
    public func contains(_ address: SocketAddress) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        return Self.masked(other, to: prefixBits) == bytes
    }

    public var description: String {
        let address: SocketAddress = bytes.count == 4 ? .ipv4(bytes, port: 0) : .ipv6(bytes, port: 0, scope: 0)
        return "\(address.host)/\(prefixBits)"
    }

    /// Four bytes, or sixteen.
    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        switch address {
        case .ipv4(let bytes, _) where bytes.count == 4: return bytes
        case .ipv6(let bytes, _, _) where bytes.count == 16:
            // RFC 4291 section 2.5.5.2.
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
            return isMapped ? Array(bytes[12...]) : bytes
        default: return nil
        }
    }

    private static func masked(_ bytes: [UInt8], to bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, bits - 8 * index))
            return kept == 0 ? 0 : byte & (UInt8.max << UInt8(8 - kept))
        }
    }
}
