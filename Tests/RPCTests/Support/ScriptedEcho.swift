import BenchAPI
import RPC

/// `bench.v1.Echo` whose methods do what the test says; those it does not mention echo.
struct ScriptedEcho: Echo {
    var onUnary: @Sendable (EchoRequest, Call) async throws -> EchoReply = { try await EchoService().unary($0, $1) }
    var onServerStream: @Sendable (EchoRequest, Call, Outbound<EchoReply>) async throws -> Void = {
        try await EchoService().serverStream($0, $1, $2)
    }
    var onClientStream: @Sendable (Inbound<EchoRequest>, Call) async throws -> EchoReply = { try await EchoService().clientStream($0, $1) }
    var onBidiStream: @Sendable (Inbound<EchoRequest>, Call, Outbound<EchoReply>) async throws -> Void = {
        try await EchoService().bidiStream($0, $1, $2)
    }

    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply { try await onUnary(request, call) }

    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        try await onServerStream(request, call, replies)
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply { try await onClientStream(requests, call) }

    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        try await onBidiStream(requests, call, replies)
    }
}
