public import Protobuf

/// The messages of one call, as a generated route takes and gives them.
public struct Messages: Sendable {
    let exchange: Exchange

    /// The request of a method that takes one.
    public func request<Request: Message>(_ type: Request.Type) throws(RPCError) -> Request {
        try Request(received: exchange.takeReceivedOnly(), isRequest: true)
    }

    /// The requests of a method that takes a stream of them.
    public func requests<Request: Message>(_ type: Request.Type) -> Inbound<Request> { Inbound(exchange) }

    /// Sends the reply of a method that has one.
    public func reply(_ message: some Message) throws(RPCError) { try exchange.sendLast(message) }

    /// Where a method that has a stream of replies puts them.
    public func replies<Reply: Message>(_ type: Reply.Type) -> Outbound<Reply> { Outbound(exchange) }
}
