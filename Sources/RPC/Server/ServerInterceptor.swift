/// Wraps a call, not a message: it sees every call, also one of an unknown method, before any message byte is decoded.
///
/// It refuses by throwing, and lets through by `try await next(call)`; what it does after that runs when the handler is done.
public protocol ServerInterceptor: Sendable {
    func intercept(_ call: Call, next: Next) async throws
}

/// What is behind an interceptor: the next one, at last the handler.
public struct Next: Sendable {
    let interceptors: [any ServerInterceptor]
    let index: Int
    let route: Route?
    let exchange: Exchange

    public func callAsFunction(_ call: Call) async throws {
        if index < interceptors.count {
            let behind = Next(interceptors: interceptors, index: index + 1, route: route, exchange: exchange)
            return try await interceptors[index].intercept(call, next: behind)
        }
        guard let route else {
            throw RPCError(.unimplemented, "this server has no method \(call.path)")
        }
        if route.method.kind.hasOneRequest, !exchange.takeOnly() { try await exchange.waitForOnly() }
        try await route.run(call, Messages(exchange: exchange))
    }
}
