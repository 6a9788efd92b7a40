/// Where a request goes: `https://host[:port]/path[?query]`, read strictly, so that what is checked is what is called.
public struct HTTPSAddress: Sendable, Hashable, CustomStringConvertible {
    /// A DNS name in lower case, or an IPv4 address.
    public let host: String
    public let port: UInt16
    /// Path and query, beginning with a slash.
    let target: String

    public var description: String { "https://\(host)\(port == 443 ? "" : ":\(port)")\(target)" }

    /// Host, and port where it is not 443: what `Host` says.
    public var authority: String { port == 443 ? host : "\(host):\(port)" }

    /// Refused are other schemes, user names, fragments, IPv6 literals, and all characters that RFC 3986 would have encoded.
    public init(_ text: String) throws(SenderError) {
        let scheme = "https://"
        guard text.utf8.count <= Limits.addressTextBytes else { throw Self.flaw("it has more than \(Limits.addressTextBytes) bytes") }
        guard text.hasPrefix(scheme) else { throw Self.flaw("it does not begin with https://") }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end].split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        let target = String(Substring(rest[end...]))
        guard target.utf8.allSatisfy(Self.isTargetByte) else {
            throw Self.flaw("it holds a character that has to be written as % and two digits")
        }
        var port: UInt16 = 443
        if authority.count == 2 {
            let digits = authority[1]
            guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(String(Substring(digits))),
                number > 0
            else { throw Self.flaw("its port is no number from 1 to 65535") }
            port = number
        }
        let host = String(Substring(authority[0])).lowercased()
        guard Self.isHost(host) else { throw Self.flaw("its host is neither a DNS name nor an IPv4 address") }
        self.host = host
        self.port = port
        self.target = target.hasPrefix("/") ? target : "/\(target)"
    }

    private static func flaw(_ text: String) -> SenderError {
        .message("This is no address that can be called: \(text). Write https://host/path.")
    }

    /// A last label that is a number belongs to an IPv4 address of four decimal numbers; all its other spellings are somebody's trick.
    private static func isHost(_ host: String) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last, let first = last.first else { return false }
        if (0x30...0x39).contains(first) {
            return labels.count == 4
                && labels.allSatisfy { label in
                    label.allSatisfy { (0x30...0x39).contains($0) }
                        && UInt8(String(Substring(label))).map { "\($0)" == String(Substring(label)) } == true
                }
        }
        return labels.allSatisfy { label in
            guard let first = label.first, let last = label.last, label.count <= Limits.domainLabelBytes else { return false }
            let hyphen = UInt8(ascii: "-")
            return first != hyphen && last != hyphen
                && label.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == hyphen }
        }
    }

    private static func isTargetByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "/?-._~!$&'()*+,;=:@%".utf8.contains(byte)
    }
}
