public import Protobuf

/// The messages that a peer sends, one after the other; its window is given back as they are taken.
public struct Inbound<Element: Message>: AsyncSequence, Sendable {
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

        /// The next message, or nil when the peer has ended its side. Throws when the call has failed or was cancelled.
        public mutating func next() async throws(RPCError) -> Element? {
            guard let bytes = try await exchange.next() else { return nil }
            return try Element(received: bytes)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Element? {
            guard let bytes = try await exchange.next() else { return nil }
            return try Element(received: bytes)
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(exchange: exchange, lease: lease)
    }
}

/// Where a handler, or a client, puts its messages.
public struct Outbound<Element: Message>: Sendable {
    let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// Sends one message. Waits while the peer takes less than we send: what is in between stays bounded.
    /// Throws when the call has ended or was cancelled.
    public func send(_ message: Element) async throws(RPCError) {
        try await exchange.send(message)
    }

    /// Says that no more will be sent. For clients; a server's side ends when its handler returns.
    public func finish() {
        exchange.finishSending()
    }
}
