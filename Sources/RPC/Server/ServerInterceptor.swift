/// Wraps a call, not a message: it sees every call, also one of an unknown method, before any message byte is decoded.
///
/// It refuses by throwing, and lets through by `try await next(call)`; what it does after that runs when the handler is done. One that
/// only decides is a ``CallGuard``, and one that only words errors an ``ErrorFunnel``: both cost less, since they need no frame of their own
/// around the call.
public protocol ServerInterceptor: Sendable {
    /// Whether calls of a method pass here. Asked once for each method when the server starts; calls of unknown methods pass everywhere.
    func applies(to method: MethodInfo) -> Bool

    func intercept(_ call: Call, next: Next) async throws
}

extension ServerInterceptor {
    public func applies(to method: MethodInfo) -> Bool { true }
}

/// An interceptor that lets a call through or refuses it at once: it waits for nothing, and does nothing when the call is done.
public protocol CallGuard: ServerInterceptor {
    /// Returns when the call may go on, and throws when it may not.
    func admit(_ call: Call) throws

    /// What ``admit(_:)`` does for calls of one method. Asked once for each method when the server starts: what its policy says is settled
    /// there, and not with every call.
    func admission(to method: MethodInfo) -> @Sendable (Call) throws -> Void
}

extension CallGuard {
    public func admission(to method: MethodInfo) -> @Sendable (Call) throws -> Void { { try admit($0) } }

    public func intercept(_ call: Call, next: Next) async throws {
        try admit(call)
        try await next(call)
    }
}

/// An interceptor that says what a client is told of an error of those behind it, and of the handler.
public protocol ErrorFunnel: ServerInterceptor {
    func status(of error: any Error, _ call: Call) -> RPCError
}

extension ErrorFunnel {
    public func intercept(_ call: Call, next: Next) async throws {
        do {
            try await next(call)
        } catch {
            throw status(of: error, call)
        }
    }
}

/// What is behind an interceptor: the next one, at last the handler.
public struct Next: Sendable {
    let chain: InterceptorChain
    let index: Int
    let route: Route?
    let exchange: Exchange

    public func callAsFunction(_ call: Call) async throws {
        try await chain.run(from: index, call, route, exchange)
    }
}
