/// Serves calls of methods that no service of the server has, of whatever kind: messages are bytes both ways. `call.path` says what was
/// asked for, `call.method` is nil; the reply ends when it returns, with the status of what it throws.
///
/// Interceptors come before it. It sees paths of the form `/service/method` only; others are UNIMPLEMENTED without it.
public typealias UnknownService = @Sendable (_ call: Call, _ requests: RawInbound, _ replies: RawOutbound) async throws -> Void

extension Route {
    /// Where calls without a route go.
    convenience init(unknown serve: @escaping UnknownService) {
        let method = MethodInfo(service: "", name: "", kind: .bidirectional)
        self.init(method, isUnknown: true) { call, messages in
            try await serve(call, RawInbound(messages.exchange), RawOutbound(messages.exchange))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// `/service/method`, neither of them empty and no other slash: what somebody else might read differently goes to nobody.
    var isMethodPath: Bool {
        let slash = UInt8(ascii: "/")
        guard unsafe first == slash, unsafe last != slash else { return false }
        let inner = unsafe dropFirst()
        return unsafe inner.first != slash && inner.count { $0 == slash } == 1
    }
}
