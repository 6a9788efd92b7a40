import RPC

/// An interceptor that does what the test says.
struct Interceptor: ServerInterceptor {
    let body: @Sendable (Call, Next) async throws -> Void

    init(_ body: @escaping @Sendable (Call, Next) async throws -> Void) {
        self.body = body
    }

    func intercept(_ call: Call, next: Next) async throws {
        try await body(call, next)
    }
}
