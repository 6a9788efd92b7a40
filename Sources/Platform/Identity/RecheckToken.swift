internal import Net
public import RPC

/// Ends streams whose token has ended or was revoked while they went on: within a second of the one, within some seconds of the other. The
/// handler's task is cancelled, and the client gets the same status as with a new call.
///
/// It stands directly behind ``RequireToken``. Calls with one request and one reply do not pass it: their deadline ends them.
public struct RecheckToken: ServerInterceptor {
    private let authenticator: Authenticator

    public init(_ authenticator: Authenticator) {
        self.authenticator = authenticator
    }

    public func applies(to method: MethodInfo) -> Bool { method.kind != .unary && method.policy?.isPublic != true }

    public func intercept(_ call: Call, next: Next) async throws {
        guard let caller = call[Caller.self], let identity = call.identity, call.loop.isCurrent else { return try await next(call) }
        let streams = authenticator.streams(on: call.loop)
        let stream = AuthenticatedStream(call, caller, identity, authenticator)
        call[AuthenticatedStream.self] = stream
        streams.value.add(stream)
        defer { call.loop.onLoop { streams.value.remove(stream) } }
        try await next(call)
    }
}

extension EventLoop {
    fileprivate func onLoop(_ work: @escaping @Sendable () -> Void) {
        if isCurrent { work() } else { execute(work) }
    }
}

extension Call {
    /// Goes on with a new token, which came with a message of this stream: it must be of the same caller, in the same tenant, and allow what
    /// the first one did. The call's ``Caller`` is that token's from then on.
    ///
    /// - Throws: what a call with that token would get. The stream goes on with the token that it has until that ends.
    public func renew(token: String) throws(RPCError) {
        try self[AuthenticatedStream.self]?.renew(Array(token.utf8))
    }
}
