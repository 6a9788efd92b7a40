internal import Net

/// Where a channel leads: `host:port`, `127.0.0.1:7443`, `[::1]:7443`, `unix:/path`.
struct Target: Sendable {
    enum Place: Sendable {
        case host(String, port: UInt16)
        case unix(String)
    }

    let text: String
    let place: Place

    init(_ text: String) throws(RPCError) {
        self.text = text
        guard let place = Target.place(text) else {
            throw RPCError(.invalidArgument, "\"\(text)\" is no target; write host:port, [ipv6]:port or unix:path")
        }
        self.place = place
    }

    private static func place(_ text: String) -> Place? {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(5)
            return path.isEmpty ? nil : .unix(String(path))
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let literal = String(host.dropFirst().dropLast())
            return (try? SocketAddress(ip: literal, port: port)).map { _ in .host(literal, port: port) }
        }
        // An IPv6 address needs its brackets; a scheme or a path is no part of a name.
        guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else { return nil }
        return .host(String(host), port: port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    var host: String {
        switch place {
        case .host(let host, _): host
        case .unix: "localhost"
        }
    }

    /// A Unix socket stays on the machine.
    var isLocal: Bool {
        if case .unix = place { return true }
        return false
    }

    /// `:authority`: the server's name, with the port where there is one.
    func authority(_ serverName: String?) -> String {
        switch place {
        case .host(let host, let port):
            let name = serverName ?? host
            return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
        case .unix: return serverName ?? "localhost"
        }
    }

    func addresses() async throws -> [SocketAddress] {
        switch place {
        case .host(let host, let port): try await Resolver.resolve(host, port: port)
        case .unix(let path): [try SocketAddress(unixPath: path)]
        }
    }
}
