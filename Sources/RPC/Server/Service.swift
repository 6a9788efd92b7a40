public import Protobuf

/// What a server serves. Generated protocols refine it; a type of yours conforms to one of those.
public protocol Service: Sendable {
    /// `switchboard.lead.v1.LeadService`.
    static var serviceName: String { get }
    /// The .proto file that declares it, for reflection.
    static var file: EmbeddedFile { get }
    /// One for each method.
    var routes: [Route] { get }
}

/// A method and what runs when it is called. Generated code makes these once, when the server starts.
///
/// A class, since each call takes one with it: that is one reference, not a copy of three names and a closure.
public final class Route: Sendable {
    public let method: MethodInfo
    let run: @Sendable (Call, Exchange) async throws -> Void

    init(method: MethodInfo, run: @escaping @Sendable (Call, Exchange) async throws -> Void) {
        self.method = method
        self.run = run
    }

    public static func unary<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Request, Call) async throws -> Reply
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let request = try Request(received: try await exchange.receiveOnly())
            let reply = try await handler(request, call)
            try exchange.sendLast(reply)
        }
    }

    public static func serverStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Request, Call, Outbound<Reply>) async throws -> Void
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let request = try Request(received: try await exchange.receiveOnly())
            try await handler(request, call, Outbound(exchange))
        }
    }

    public static func clientStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Inbound<Request>, Call) async throws -> Reply
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let reply = try await handler(Inbound(exchange), call)
            try exchange.sendLast(reply)
        }
    }

    public static func bidirectional<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>,
        _ handler: @escaping @Sendable (Inbound<Request>, Call, Outbound<Reply>) async throws -> Void
    ) -> Route {
        Route(method: method.info) { call, exchange in
            try await handler(Inbound(exchange), call, Outbound(exchange))
        }
    }
}

extension Message {
    /// A peer's message; bytes that are none are the peer's fault, and gRPC's libraries call that INTERNAL.
    init(received bytes: [UInt8]) throws(RPCError) {
        do throws(DecodeError) {
            try self.init(decoding: bytes)
        } catch {
            throw RPCError(.internal, "the message is not a valid \(Self.fullName): \(error)")
        }
    }
}
