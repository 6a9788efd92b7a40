internal import RPC

/// Sends metadata back: names that begin with `echo-head` before the first reply, those with `echo-trailer` behind the last,
/// whatever becomes of the call. For interoperability tests; the measurements run without it.
struct EchoMetadata: ServerInterceptor {
    func intercept(_ call: Call, next: Next) async throws {
        for (name, value) in call.metadata.pairs {
            if name.hasPrefix("echo-head") { call.replyMetadata.append(name, value) }
            if name.hasPrefix("echo-trailer") { call.trailers.append(name, value) }
        }
        try await next(call)
    }
}
