internal import RPC

/// Fails a call until it has been tried as often as its metadata asks, for interoperability tests of retries; the measurements run without it.
///
/// `fail-attempts`: how many attempts are answered with UNAVAILABLE. `fail-pushback-ms`: what that answer says of the next, in milliseconds;
/// negative for never. Trailers say in `attempts-seen` how many there had been before this one.
struct FailAttempts: ServerInterceptor {
    func intercept(_ call: Call, next: Next) async throws {
        guard let failures = call.metadata["fail-attempts"].flatMap({ Int($0) }) else { return try await next(call) }
        call.trailers.append("attempts-seen", String(call.previousAttempts))
        guard call.previousAttempts < failures else { return try await next(call) }
        var error = RPCError(.unavailable, "attempt \(call.previousAttempts + 1) fails because it was asked to")
        if let pushback = call.metadata["fail-pushback-ms"].flatMap({ Int64($0) }) {
            error.pushback = pushback < 0 ? .never : .after(.milliseconds(pushback))
        }
        throw error
    }
}
