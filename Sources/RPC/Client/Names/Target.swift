internal import Net

/// Where a channel leads, as its user wrote it.
///
/// `host:port` and `dns:///host:port` are looked up; `ipv4:a:p,b:p` and `ipv6:[a]:p,[b]:p` list addresses; `unix:path` and
/// `unix:///path` name a socket; `static:name` stands for what `Channel.Configuration.names` says.
struct Target: Sendable {
    enum Place: Sendable, Hashable {
        case name(String, port: UInt16)
        case addresses([SocketAddress])
        case unix(SocketAddress)
        case configured(String)
    }

    let text: String
    let place: Place

    /// Throws INVALID_ARGUMENT with what is wrong and what to write instead.
    init(_ text: String) throws(RPCError) {
        self.text = text
        do throws(TargetText.Failure) {
            place = try TargetText.place(text)
        } catch {
            throw RPCError(
                .invalidArgument,
                "\"\(text)\" is no target: \(error.sentence). Write host:port, dns:///host:port, ipv4:address:port,…, "
                    + "ipv6:[address]:port,…, unix:path, or static:name")
        }
    }

    /// The name that the connection to `address` is for: what the server's certificate must say.
    func serverName(for address: SocketAddress?) -> String {
        switch place {
        case .name(let host, _): host
        case .addresses(let list): address?.host ?? list.first?.host ?? ""
        case .unix: "localhost"
        case .configured(let name): name
        }
    }

    /// A Unix socket stays on the machine.
    var isLocal: Bool {
        if case .unix = place { return true }
        return false
    }

    /// `:authority`: the server's name, with the port where there is one.
    func authority(_ serverName: String?) -> String {
        let port: UInt16?
        switch place {
        case .name(_, let number): port = number
        case .addresses(let list): port = list.first?.port
        case .unix, .configured: port = nil
        }
        let name = serverName ?? self.serverName(for: nil)
        guard let port else { return name }
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    /// What needs no look-up; nil for a name that does.
    /// - Parameter names: those of the configuration.
    func fixedAddresses(_ names: [String: [SocketAddress]]) -> [SocketAddress]? {
        switch place {
        case .name(let host, let port): (try? SocketAddress(ip: host, port: port)).map { [$0] }
        case .addresses(let list): list
        case .unix(let address): [address]
        case .configured(let name): names[name]
        }
    }

    /// Throws INVALID_ARGUMENT when it stands for a name that is not among `names`, or that has no address.
    func check(_ names: [String: [SocketAddress]]) throws(RPCError) {
        guard case .configured(let name) = place else { return }
        guard let addresses = names[name] else {
            let known = names.isEmpty ? "it has none" : "it has " + names.keys.sorted().joined(separator: ", ")
            throw RPCError(.invalidArgument, "\"\(text)\" is not among the names of the channel's configuration: \(known)")
        }
        if addresses.isEmpty { throw RPCError(.invalidArgument, "the name \"\(name)\" of the channel's configuration has no address") }
    }
}
