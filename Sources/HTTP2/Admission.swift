internal import Net
internal import Synchronization

/// Which new connections a server lets in: how many there are that have not completed the handshake, how many of each address, and how often
/// those of an address have failed. On all its loops; asked once for each connection, so that a lock is cheap enough.
final class Admission: Sendable {
    /// Where connections come from.
    private struct Origin {
        var connections = 0
        /// Those that have not completed the handshake.
        var handshakes = 0
    }

    private struct State {
        var handshakes = 0
        var origins: [AddressKey: Origin] = [:]
        var failures = FailedHandshakes()
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Counts a connection from `address`, or says why it may not be.
    func admit(_ address: SocketAddress, at now: MonotonicTime) -> Violation? {
        state.withLock { state in
            guard state.handshakes < limits.handshakes else { return .tooManyHandshakes }
            if let violation = count(address, &state, at: now) { return violation }
            state.handshakes += 1
            return nil
        }
    }

    /// Counts a connection from a proxy, whose client is not known yet: how many a proxy has is its own business.
    func admitProxied() -> Violation? {
        state.withLock { state in
            guard state.handshakes < limits.handshakes else { return .tooManyHandshakes }
            state.handshakes += 1
            return nil
        }
    }

    /// The proxy has said whose it is: counts that address, or says why it may not be.
    func admitClient(_ address: SocketAddress, at now: MonotonicTime) -> Violation? {
        state.withLock { count(address, &$0, at: now) }
    }

    /// A connection from a proxy is gone before its client was counted.
    func lostProxied() {
        state.withLock { $0.handshakes -= 1 }
    }

    private func count(_ address: SocketAddress, _ state: inout State, at now: MonotonicTime) -> Violation? {
        guard let key = AddressKey(address) else { return nil }
        let most = limits.ofAddress(address)
        if let rate = most.failures, !state.failures.admits(key, rate, at: now) { return .failedHandshakes }
        guard most.connections != nil || most.handshakes != nil else { return nil }
        var origin = state.origins[key] ?? Origin()
        if let most = most.connections, origin.connections >= most { return .tooManyConnections }
        if let most = most.handshakes, origin.handshakes >= most { return .tooManyHandshakes }
        origin.connections += 1
        origin.handshakes += 1
        state.origins[key] = origin
        return nil
    }

    /// A client has proved by its certificate who it is.
    func completedTLS(_ address: SocketAddress, at now: MonotonicTime) {
        guard let key = AddressKey(address), let rate = limits.ofAddress(address).failures else { return }
        state.withLock { $0.failures.succeeded(key, rate, at: now) }
    }

    /// A client has failed to, or has gone before.
    func failedTLS(_ address: SocketAddress, at now: MonotonicTime) {
        guard let key = AddressKey(address), let rate = limits.ofAddress(address).failures else { return }
        state.withLock { $0.failures.failed(key, rate, at: now) }
    }

    /// The client's SETTINGS have come.
    func completedHandshake(_ address: SocketAddress) {
        state.withLock { state in
            state.handshakes -= 1
            if let key = AddressKey(address) { state.origins[key]?.handshakes -= 1 }
        }
    }

    func closed(_ address: SocketAddress, hadCompletedHandshake: Bool) {
        state.withLock { state in
            if !hadCompletedHandshake { state.handshakes -= 1 }
            guard let key = AddressKey(address), var origin = state.origins[key] else { return }
            origin.connections -= 1
            if !hadCompletedHandshake { origin.handshakes -= 1 }
            state.origins[key] = origin.connections > 0 ? origin : nil
        }
    }

    /// Connections that have not completed the handshake, and addresses that are counted.
    var counts: (handshakes: Int, addresses: Int) { state.withLock { ($0.handshakes, $0.origins.count) } }
}

extension Limits {
    /// What the connections of one address may be and do.
    fileprivate func ofAddress(_ address: SocketAddress) -> (connections: Int?, handshakes: Int?, failures: Rate?) {
        address.isLoopback
            ? (connectionsPerLoopbackAddress, nil, failedHandshakesPerLoopbackAddress)
            : (connectionsPerAddress, handshakesPerAddress, failedHandshakesPerAddress)
    }
}

/// What one party has of addresses: all of IPv4's 32 bits, and the first 64 of IPv6, of which the other 64 are everybody's to choose.
struct AddressKey: Hashable {
    private let bits: UInt64
    private let isShort: Bool

    /// Nil for Unix sockets: whoever may open one is local.
    init?(_ address: SocketAddress) {
        switch address {
        case .ipv4(let bytes, _):
            (bits, isShort) = (AddressKey.number(bytes[...]), true)
        case .ipv6(let bytes, _, _):
            // An IPv4 address on a socket of both kinds (RFC 4291 §2.5.5.2).
            isShort = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
            // Of ::/64 the loopback address is one.
            bits = AddressKey.number(isShort ? bytes[12...] : bytes.prefix(8))
        case .unix:
            return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
