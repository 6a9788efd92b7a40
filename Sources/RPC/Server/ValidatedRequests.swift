internal import Protobuf
public import Validation

/// Requests that have rules: a handler sees only those that keep them. Which of the two kinds a method has is settled when its route is
/// compiled; a request without rules takes no step for it.
extension Messages {
    /// The request of a method that takes one.
    public func request<Request: Validated>(_ type: Request.Type) throws(RPCError) -> Request {
        let request = try Request(received: exchange.takeReceivedOnly(), isRequest: true)
        try request.demandRules()
        return request
    }

    /// The requests of a method that takes a stream of them.
    public func requests<Request: Validated>(_ type: Request.Type) -> Inbound<Request> {
        Inbound(exchange, check: { (request) throws(RPCError) in try request.demandRules() })
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
