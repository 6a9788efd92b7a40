public import Protobuf

/// The messages that a peer sends, one after the other; its window is given back as they are taken.
public struct Inbound<Element: Message>: AsyncSequence, Sendable {
    let exchange: Exchange
    /// A client's call ends when nobody can read its replies any more.
    let lease: CallLease?
    /// What every message has to pass before anybody sees it; nil for those without rules.
    let check: (@Sendable (Element) throws(RPCError) -> Void)?

    init(_ exchange: Exchange, lease: CallLease? = nil, check: (@Sendable (Element) throws(RPCError) -> Void)? = nil) {
        self.exchange = exchange
        self.lease = lease
        self.check = check
    }

    public struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange
        let lease: CallLease?
        let check: (@Sendable (Element) throws(RPCError) -> Void)?

        /// The next message, or nil when the peer has ended its side. Throws when the call has failed or was cancelled, and when the
        /// message breaks a rule of its .proto file.
        public mutating func next() async throws(RPCError) -> Element? {
            switch try exchange.ready() {
            case .message(let bytes): return try read(bytes)
            case .end: return nil
            case .notYet:
                guard let bytes = try await exchange.next() else { return nil }
                return try read(bytes)
            }
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RPCError) -> Element? {
            switch try exchange.ready() {
            case .message(let bytes): return try read(bytes)
            case .end: return nil
            case .notYet:
                guard let bytes = try await exchange.next() else { return nil }
                return try read(bytes)
            }
        }

        private func read(_ bytes: [UInt8]) throws(RPCError) -> Element {
            let message = try Element(received: bytes, isRequest: exchange is Call)
            try check?(message)
            return message
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(exchange: exchange, lease: lease, check: check)
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
    ///
    /// - Parameter packed: whether this message is packed in a call that packs any; nil: as the call has it.
    public func send(_ message: Element, packed: Bool? = nil) async throws(RPCError) {
        let framed = try exchange.frame(message, packed: packed)
        if try exchange.sendAtOnce(framed) { return }
        try await exchange.waitForRoom(after: framed)
    }

    /// Says that no more will be sent. For clients; a server's side ends when its handler returns.
    public func finish() {
        exchange.finishSending()
    }
}
