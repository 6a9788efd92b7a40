/// Calls of any method, whose messages are bytes: for proxies, and for tools that have no types. `path` is `/package.Service/Method`; the
/// kind of the method is what the server says it is.
extension Channel {
    /// One message for one.
    public func unary(path: String, message: [UInt8], _ options: CallOptions = CallOptions()) async throws(RPCError) -> [UInt8] {
        let call = try call(path, options)
        return try await call.unary(call.frame(bytes: message))
    }

    /// The replies; the call is given up when they are dropped before their end.
    public func serverStreaming(path: String, message: [UInt8], _ options: CallOptions = CallOptions()) async throws(RPCError) -> RawInbound
    {
        let call = try await begin(path, options)
        let lease = CallLease(call, self)
        try await call.send(call.frame(bytes: message))
        call.finishSending()
        return RawInbound(call, lease: lease)
    }

    /// `send` puts the requests; they end when it returns.
    public func clientStreaming(
        path: String, _ options: CallOptions = CallOptions(), _ send: (RawOutbound) async throws -> Void
    ) async throws(RPCError) -> [UInt8] {
        let call = try await begin(path, options)
        do { try await send(RawOutbound(call)) } catch { try await sendingFailed(call, error) }
        call.finishSending()
        return try await call.onlyReply()
    }

    /// `body` sends and reads as it likes; the call ends with it. Every method can be called so, whatever its kind.
    public func bidirectional<Result: Sendable>(
        path: String, _ options: CallOptions = CallOptions(), _ body: (RawOutbound, RawInbound) async throws -> Result
    ) async throws -> Result {
        let call = try await begin(path, options)
        defer { call.cancel() }
        return try await body(RawOutbound(call), RawInbound(call))
    }
}
