internal import Net

/// Which addresses may be connected to when others say where to.
public enum AddressPolicy: Sendable, Hashable {
    /// Those of the public Internet only: a name that a stranger gave must not lead to what stands behind our firewall (OWASP A10, SSRF).
    case publicOnly
    /// All: for addresses that the operator gave.
    case any

    /// The addresses of a name, all of which must be allowed: one that leads inside is a trick, whatever the others are.
    func check(_ addresses: [SocketAddress]) throws(SenderError) {
        guard self == .publicOnly else { return }
        guard addresses.allSatisfy({ AddressPolicy.isPublic($0) }) else {
            throw .message("The host of this address does not belong to the public Internet, so that it is not called.")
        }
    }

    /// By IANA's registries of special-purpose addresses (RFC 6890 and its updates).
    static func isPublic(_ address: SocketAddress) -> Bool {
        switch address {
        case .ipv4(let bytes, _): isPublic(ipv4: bytes)
        case .ipv6(let bytes, _, _): isPublic(ipv6: bytes)
        case .unix: false
        }
    }

    private static func isPublic(ipv4 bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return false }
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _): return false
        case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _): return false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113): return false
        case (224..., _, _): return false
        default: return true
        }
    }

    /// Global unicast is 2000::/3, and of that some is documentation, or carries an IPv4 address that would have to be checked again.
    private static func isPublic(ipv6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16, bytes[0] >> 5 == 1 else { return false }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x20, 0x01, 0x00...0x01, _), (0x20, 0x01, 0x0D, 0xB8), (0x20, 0x02, _, _): return false
        case (0x3F, 0xFF, 0x00...0x0F, _): return false
        default: return true
        }
    }
}
