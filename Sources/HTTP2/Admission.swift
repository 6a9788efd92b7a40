internal import Net
internal import Synchronization

/// Which new connections a server lets in: how many there are that have not completed the handshake, and how many of each address. On all
/// its loops; asked once for each connection, so that a lock is cheap enough.
final class Admission: Sendable {
    private struct State {
        var handshakes = 0
        var connections: [AddressKey: Int] = [:]
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Counts a connection from `address`, or says why it may not be.
    func admit(_ address: SocketAddress) -> Violation? {
        let key = AddressKey(address)
        let most = key == nil ? nil : most(address)
        return state.withLock { state in
            guard state.handshakes < limits.handshakes else { return .tooManyHandshakes }
            if let key, let most {
                let count = state.connections[key, default: 0]
                guard count < most else { return .tooManyConnections }
                state.connections[key] = count + 1
            }
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
    func admitClient(_ address: SocketAddress) -> Violation? {
        state.withLock { state in
            guard let key = AddressKey(address), let most = most(address) else { return nil }
            let count = state.connections[key, default: 0]
            guard count < most else { return .tooManyConnections }
            state.connections[key] = count + 1
            return nil
        }
    }

    /// A connection from a proxy is gone before its client was counted.
    func lostProxied() {
        state.withLock { $0.handshakes -= 1 }
    }

    private func most(_ address: SocketAddress) -> Int? {
        address.isLoopback ? limits.connectionsPerLoopbackAddress : limits.connectionsPerAddress
    }

    /// The client's SETTINGS have come.
    func completedHandshake() {
        state.withLock { $0.handshakes -= 1 }
    }

    func closed(_ address: SocketAddress, hadCompletedHandshake: Bool) {
        state.withLock { state in
            if !hadCompletedHandshake { state.handshakes -= 1 }
            guard let key = AddressKey(address), let count = state.connections[key] else { return }
            state.connections[key] = count > 1 ? count - 1 : nil
        }
    }

    /// Connections that have not completed the handshake, and addresses that are counted.
    var counts: (handshakes: Int, addresses: Int) { state.withLock { ($0.handshakes, $0.connections.count) } }
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
