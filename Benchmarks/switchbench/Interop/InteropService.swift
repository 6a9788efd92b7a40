internal import InteropAPI
internal import Net
internal import Protobuf
internal import RPC

/// `grpc.testing.TestService` as gRPC's interoperability test descriptions ask: it does what each request says about its replies.
struct InteropService: TestService {
    func emptyCall(_ request: Empty, _ call: Call) async throws -> Empty { Empty() }

    func unaryCall(_ request: SimpleRequest, _ call: Call) async throws -> SimpleResponse {
        try Self.demand(request.expectCompressed, call)
        try Self.end(with: request.responseStatus)
        Self.compress(request.responseCompressed, call)
        return try SimpleResponse.with { $0.payload = try Self.payload(request.responseSize) }
    }

    func streamingOutputCall(
        _ request: StreamingOutputCallRequest, _ call: Call, _ replies: Outbound<StreamingOutputCallResponse>
    ) async throws {
        try await Self.answer(request, call, replies)
    }

    func streamingInputCall(_ requests: Inbound<StreamingInputCallRequest>, _ call: Call) async throws -> StreamingInputCallResponse {
        var bytes: Int32 = 0
        for try await request in requests {
            try Self.demand(request.expectCompressed, call)
            bytes = bytes.addingReportingOverflow(Int32(clamping: request.payload?.body.count ?? 0)).partialValue
        }
        return StreamingInputCallResponse.with { $0.aggregatedPayloadSize = bytes }
    }

    func fullDuplexCall(
        _ requests: Inbound<StreamingOutputCallRequest>, _ call: Call, _ replies: Outbound<StreamingOutputCallResponse>
    ) async throws {
        for try await request in requests { try await Self.answer(request, call, replies) }
    }

    func halfDuplexCall(
        _ requests: Inbound<StreamingOutputCallRequest>, _ call: Call, _ replies: Outbound<StreamingOutputCallResponse>
    ) async throws {
        var kept: [StreamingOutputCallRequest] = []
        for try await request in requests {
            guard kept.count < 1000 else { throw RPCError(.resourceExhausted, "HalfDuplexCall keeps up to 1000 requests") }
            kept.append(request)
        }
        for request in kept { try await Self.answer(request, call, replies) }
    }

    func unimplementedCall(_ request: Empty, _ call: Call) async throws -> Empty {
        throw RPCError(.unimplemented, "UnimplementedCall is there to be unimplemented")
    }

    private static func answer(
        _ request: StreamingOutputCallRequest, _ call: Call, _ replies: Outbound<StreamingOutputCallResponse>
    ) async throws {
        try end(with: request.responseStatus)
        call.compression = .gzip
        for parameters in request.responseParameters {
            if parameters.intervalUs > 0 { try await call.loop.sleep(for: .microseconds(Int64(parameters.intervalUs))) }
            let reply = try StreamingOutputCallResponse.with { $0.payload = try payload(parameters.size) }
            try await replies.send(reply, packed: parameters.compressed?.value ?? false)
        }
    }

    /// Who says that a message is compressed wants to hear when it is not.
    private static func demand(_ isCompressed: BoolValue?, _ call: Call) throws(RPCError) {
        guard let expected = isCompressed?.value, expected != call.lastRequestWasCompressed else { return }
        throw RPCError(.invalidArgument, "the message came \(expected ? "un" : "")compressed, against what it says of itself")
    }

    private static func compress(_ isCompressed: BoolValue?, _ call: Call) {
        guard let isCompressed else { return }
        call.compression = .gzip
        call.compressesReplies = isCompressed.value
    }

    private static func end(with status: EchoStatus?) throws(RPCError) {
        guard let status, status.code != 0 else { return }
        throw RPCError(StatusCode(rawValue: Int(status.code)) ?? .unknown, status.message)
    }

    private static func payload(_ size: Int32) throws(RPCError) -> Payload {
        guard size >= 0 else { throw RPCError(.invalidArgument, "a payload of \(size) bytes was asked for") }
        guard size <= Limits.standard.sentMessageBytes else {
            throw RPCError(.resourceExhausted, "a payload of \(size) bytes is more than a message may have")
        }
        return Payload.with { $0.body = [UInt8](repeating: 0, count: Int(size)) }
    }
}

/// Sends `x-grpc-test-echo-initial` back before the first reply and `x-grpc-test-echo-trailing-bin` behind the last.
struct EchoTestMetadata: ServerInterceptor {
    static let initial = "x-grpc-test-echo-initial"
    static let trailing = "x-grpc-test-echo-trailing-bin"

    func intercept(_ call: Call, next: Next) async throws {
        for value in call.metadata.values(Self.initial) { call.replyMetadata.append(Self.initial, value) }
        for bytes in call.metadata.bytes(Self.trailing) { call.trailers.append(Self.trailing, bytes: bytes) }
        try await next(call)
    }
}
