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
        if text.hasPrefix("unix:") {
            place = .unix(String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), colon != text.startIndex else {
            throw RPCError(.invalidArgument, "\"\(text)\" is no target; write host:port, [ipv6]:port or unix:path")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        place = .host(host, port: port)
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
