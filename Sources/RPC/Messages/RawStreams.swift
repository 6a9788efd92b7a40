/// The messages that a peer sends, as bytes, one after the other; its window is given back as they are taken. What came compressed has been
/// unpacked.
public struct RawInbound: AsyncSequence, Sendable {
    let exchange: Exchange
    /// A client's call ends when nobody can read its replies any more.
    let lease: CallLease?

    init(_ exchange: Exchange, lease: CallLease? = nil) {
        self.exchange = exchange
        self.lease = lease
    }

    public struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange
        let lease: CallLease?

        /// The next message, without its prefix, or nil when the peer has ended its side. Throws when the call has failed or was cancelled.
        public mutating func next() async throws(RPCError) -> [UInt8]? {
            try await exchange.next()
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> [UInt8]? {
            try await exchange.next()
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(exchange: exchange, lease: lease)
    }
}

/// Where messages that are bytes already are put.
public struct RawOutbound: Sendable {
    let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// Sends one message. Waits while the peer takes less than we send: what is in between stays bounded.
    /// Throws when the call has ended or was cancelled.
    ///
    /// - Parameter message: its bytes, without a prefix, and not compressed.
    /// - Parameter packed: whether this message is packed in a call that packs any; nil: as the call has it.
    public func send(_ message: [UInt8], packed: Bool? = nil) async throws(RPCError) {
        let framed = try exchange.frame(bytes: message, packed: packed)
        if try exchange.sendAtOnce(framed) { return }
        try await exchange.waitForRoom(after: framed)
    }

    /// Says that no more will be sent. For clients; a server's side ends when its handler returns.
    public func finish() {
        exchange.finishSending()
    }
}
