internal import InteropAPI
internal import RPC

/// One test of gRPC's interoperability suite: what a client does, and what it must see.
struct InteropCase: Sendable {
    /// As every gRPC library's client calls it: `--test-case large_unary`.
    let name: String
    let run: @Sendable (InteropPeer) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (InteropPeer) async throws -> Void) {
        self.name = name
        self.run = run
    }

    static let all: [InteropCase] = unary + compressed + streaming + ending + soak

    static func named(_ name: String) -> InteropCase? {
        (all + retried).first { $0.name == name }
    }
}

/// The server under test, and how to get another channel to it.
struct InteropPeer: Sendable {
    let client: TestServiceClient
    let newChannel: @Sendable () throws -> Channel
    let soak: Soak

    struct Soak: Sendable {
        var iterations = 10
        /// Longer calls count as failed.
        var perCall: Duration = .seconds(1)
        var permittedFailures = 0
    }
}

/// What a test saw that it must not see.
struct InteropFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func demand(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws(InteropFailure) {
        if !condition { throw InteropFailure(otherwise()) }
    }

    /// The error that `body` must end with.
    static func demand<Outcome>(_ code: StatusCode, _ body: () async throws -> Outcome) async throws -> RPCError {
        do {
            _ = try await body()
        } catch let error as RPCError {
            try demand(error.code == code, "the call should end with \(code), but ended with \(error)")
            return error
        }
        throw InteropFailure("the call should end with \(code), but succeeded")
    }
}
