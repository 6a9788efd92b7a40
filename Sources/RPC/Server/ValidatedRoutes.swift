public import Protobuf
public import Validation

/// Routes of methods whose requests have rules: a handler sees only requests that keep them. Which of the two kinds a method has is
/// settled when it is compiled; a request without rules takes no step for it.
extension Route {
    public static func unary<Request: Validated, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Request, Call) async throws -> Reply
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let request = try Request(received: try await exchange.receiveOnly())
            try request.demandRules()
            let reply = try await handler(request, call)
            try exchange.sendLast(reply)
        }
    }

    public static func serverStreaming<Request: Validated, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Request, Call, Outbound<Reply>) async throws -> Void
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let request = try Request(received: try await exchange.receiveOnly())
            try request.demandRules()
            try await handler(request, call, Outbound(exchange))
        }
    }

    public static func clientStreaming<Request: Validated, Reply: Message>(
        _ method: Method<Request, Reply>, _ handler: @escaping @Sendable (Inbound<Request>, Call) async throws -> Reply
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let reply = try await handler(Inbound(exchange, check: { (request) throws(RPCError) in try request.demandRules() }), call)
            try exchange.sendLast(reply)
        }
    }

    public static func bidirectional<Request: Validated, Reply: Message>(
        _ method: Method<Request, Reply>,
        _ handler: @escaping @Sendable (Inbound<Request>, Call, Outbound<Reply>) async throws -> Void
    ) -> Route {
        Route(method: method.info) { call, exchange in
            let requests = Inbound<Request>(exchange, check: { (request) throws(RPCError) in try request.demandRules() })
            try await handler(requests, call, Outbound(exchange))
        }
    }
}

extension Validated {
    func demandRules() throws(RPCError) {
        do throws(ValidationError) {
            try validate(clock: WallClock.now)
        } catch {
            throw RPCError(error)
        }
    }
}

extension RPCError {
    /// INVALID_ARGUMENT with a `google.rpc.BadRequest` that lists every violation.
    public init(_ error: ValidationError) {
        self.init(.invalidArgument, error.description, details: [ErrorDetail(error.badRequest)])
    }
}
