internal import Net

/// The syntax of targets (grpc/doc/naming.md).
enum TargetText {
    struct Failure: Error {
        let sentence: String
        init(_ sentence: String) { self.sentence = sentence }
    }

    static func place(_ text: String) throws(Failure) -> Target.Place {
        guard !text.isEmpty else { throw Failure("it is empty") }
        guard let colon = text.firstIndex(of: ":") else { throw Failure("it has no port") }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon].lowercased() {
        case "dns": return try name(try path(rest, of: "dns"))
        case "ipv4": return .addresses(try addresses(rest, isIPv6: false))
        case "ipv6": return .addresses(try addresses(rest, isIPv6: true))
        case "unix": return .unix(try socket(rest))
        case "static":
            let name = try path(rest, of: "static")
            guard !name.isEmpty else { throw Failure("it names nothing behind static:") }
            return .configured(String(name))
        case "http", "https":
            throw Failure("a target is no URL, and TLS is a matter of the configuration")
        case "xds", "unix-abstract", "vsock", "passthrough", "google-c2p":
            throw Failure("the scheme \(text[..<colon]) is not supported")
        default:
            if rest.hasPrefix("//") { throw Failure("the scheme \(text[..<colon]) is unknown") }
            return try name(text[...])
        }
    }

    /// What follows `scheme:` or `scheme:///`; an authority between the slashes would be a name server, which the system chooses.
    private static func path(_ rest: Substring, of scheme: String) throws(Failure) -> Substring {
        guard rest.hasPrefix("//") else { return rest.hasPrefix("/") ? rest.dropFirst() : rest }
        guard rest.hasPrefix("///") else {
            throw Failure("an authority is not supported: \(scheme): is followed by three slashes, or none")
        }
        return rest.dropFirst(3)
    }

    private static func name(_ text: Substring) throws(Failure) -> Target.Place {
        let (host, port) = try split(text)
        if host.hasPrefix("[") {
            guard let address = try? SocketAddress(ip: String(host), port: port), case .ipv6 = address else {
                throw Failure("\(host) is no IPv6 address")
            }
            return .name(String(host.dropFirst().dropLast()), port: port)
        }
        if host.contains(":") { throw Failure("an IPv6 address needs brackets") }
        guard host.utf8.allSatisfy(isNameByte) else { throw Failure("a host's name has only letters, digits, dots and hyphens") }
        return .name(String(host), port: port)
    }

    private static func addresses(_ list: Substring, isIPv6: Bool) throws(Failure) -> [SocketAddress] {
        let list = try path(list, of: isIPv6 ? "ipv6" : "ipv4")
        var addresses: [SocketAddress] = []
        for entry in list.split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try split(entry)
            guard let address = try? SocketAddress(ip: String(host), port: port) else { throw Failure("\(host) is no IP address") }
            switch address {
            case .ipv6 where isIPv6 && host.hasPrefix("["), .ipv4 where !isIPv6: addresses.append(address)
            case .ipv6 where isIPv6: throw Failure("an IPv6 address needs brackets")
            default: throw Failure("\(host) is of the other family")
            }
        }
        return addresses
    }

    private static func socket(_ rest: Substring) throws(Failure) -> SocketAddress {
        if rest.hasPrefix("//"), !rest.hasPrefix("///") {
            throw Failure("unix: is followed by a path, or by two slashes and an absolute one")
        }
        let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
        do {
            return try SocketAddress(unixPath: String(path))
        } catch {
            throw Failure("\(error)")
        }
    }

    private static func split(_ text: Substring) throws(Failure) -> (host: Substring, port: UInt16) {
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else { throw Failure("\(text.isEmpty ? "it" : text) has no port") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let port = UInt16(digits)
        else { throw Failure(digits.isEmpty ? "it has no port" : "\"\(digits)\" is no port") }
        guard colon != text.startIndex else { throw Failure("it has no host") }
        return (text[..<colon], port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
