internal import Net

/// Reads the header that a proxy writes ahead of a connection to say whose it is: version 2 of the PROXY protocol
/// (haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2.2). Pure: it is given bytes and says how many more it wants, so that none
/// behind the header is taken.
///
/// Version 1, which is text, is not read: it has no length, and would have to be searched for in what a client may write.
struct ProxyHeader {
    /// What a header comes to.
    enum Result: Equatable {
        /// The connection is for this client.
        case client(SocketAddress)
        /// The proxy speaks for itself (LOCAL), such as to look whether we are there, or does not say for whom: its own address counts.
        case proxy
    }

    enum Failure: Error, Equatable {
        /// The connection begins otherwise.
        case signature
        /// Another version, or neither LOCAL nor PROXY.
        case command
        /// Unix sockets and datagrams, which nobody forwards to us.
        case family
        /// Shorter than the addresses that it must have, or longer than any proxy writes.
        case length
    }

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// The signature, version and command, family and protocol, and the length of what follows.
    private static let fixedBytes = 16

    private enum State {
        case fixed
        case rest
        case ended(Result)
    }

    private var state = State.fixed
    private var bytes: [UInt8] = []
    private var end = fixedBytes

    /// Nil until the header is complete.
    var result: Result? {
        if case .ended(let result) = state { result } else { nil }
    }

    /// How many bytes more are taken at most; 0 when it is complete.
    var wanted: Int { result == nil ? end - bytes.count : 0 }

    /// Takes at most `wanted` bytes, the next of the connection.
    mutating func take(_ more: some Sequence<UInt8>) throws(Failure) {
        bytes += more.prefix(wanted)
        // Whoever begins otherwise is told at its first byte, and not when it has sent sixteen.
        guard bytes.prefix(Self.signature.count).elementsEqual(Self.signature.prefix(bytes.count)) else { throw .signature }
        if case .fixed = state, bytes.count == end {
            let length = Int(bytes[14]) << 8 | Int(bytes[15])
            guard bytes[12] == 0x20 || bytes[12] == 0x21 else { throw .command }
            guard length <= Limits.proxyHeaderBytes else { throw .length }
            end += length
            state = .rest
        }
        if case .rest = state, bytes.count == end { state = .ended(try whole()) }
    }

    /// What follows the addresses (TLVs) is for those who asked for it.
    private func whole() throws(Failure) -> Result {
        if bytes[12] == 0x20 { return .proxy }
        let rest = bytes[Self.fixedBytes...]
        switch bytes[13] {
        // AF_UNSPEC: the sender is to be taken for the client, whatever comes behind.
        case 0x00: return .proxy
        case 0x11:
            guard rest.count >= 12 else { throw .length }
            return .client(.ipv4(Array(rest.prefix(4)), port: port(at: Self.fixedBytes + 8)))
        case 0x21:
            guard rest.count >= 36 else { throw .length }
            return .client(.ipv6(Array(rest.prefix(16)), port: port(at: Self.fixedBytes + 32), scope: 0))
        default: throw .family
        }
    }

    private func port(at index: Int) -> UInt16 { UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]) }
}
