internal import InteropAPI
internal import Protobuf
internal import RPC

extension InteropCase {
    static let unary = [
        InteropCase("empty_unary") { peer in _ = try await peer.client.emptyCall(Empty()) },
        InteropCase("large_unary") { peer in try await largeUnary(peer.client) },
        InteropCase("custom_metadata") { peer in
            try await customMetadata("UnaryCall") { options in
                let reply = try await peer.client.unaryCall(large, options)
                try demand(reply.payload, of: largeReplyBytes)
            }
            try await customMetadata("FullDuplexCall") { options in
                try await peer.client.fullDuplexCall(options) { requests, replies in
                    try await requests.send(asking(for: largeReplyBytes, sending: largeRequestBytes))
                    requests.finish()
                    for try await reply in replies { try demand(reply.payload, of: largeReplyBytes) }
                }
            }
        },
    ]

    static let largeRequestBytes = 271_828
    static let largeReplyBytes = 314_159

    static func zeros(_ count: Int) -> Payload {
        Payload.with { $0.body = [UInt8](repeating: 0, count: count) }
    }

    static func demand(_ payload: Payload?, of size: Int) throws(InteropFailure) {
        let body = payload?.body ?? []
        try InteropFailure.demand(body.count == size, "the reply's payload has \(body.count) bytes; \(size) were asked for")
        try InteropFailure.demand(body.allSatisfy { $0 == 0 }, "the reply's payload is not all zeros")
    }

    static var large: SimpleRequest {
        SimpleRequest.with {
            $0.responseSize = Int32(largeReplyBytes)
            $0.payload = zeros(largeRequestBytes)
        }
    }

    static func largeUnary(_ client: TestServiceClient, _ options: CallOptions = CallOptions()) async throws {
        let reply = try await client.unaryCall(large, options)
        try demand(reply.payload, of: largeReplyBytes)
    }

    /// Calls with the two kinds of metadata that a server is to send back, and looks for them.
    private static func customMetadata(_ call: String, _ body: (CallOptions) async throws -> Void) async throws {
        let text = "test_initial_metadata_value"
        let bytes: [UInt8] = [0xAB, 0xAB, 0xAB]
        let seen = Seen()
        var options = CallOptions { seen.note($0) }
        options.metadata.append(EchoTestMetadata.initial, text)
        options.metadata.append(EchoTestMetadata.trailing, bytes: bytes)
        try await body(options)
        try InteropFailure.demand(
            seen.head?[EchoTestMetadata.initial] == text,
            "\(call): the initial metadata did not come back: \(String(describing: seen.head))")
        try InteropFailure.demand(
            seen.trailers?.bytes(EchoTestMetadata.trailing) == [bytes],
            "\(call): the trailing metadata did not come back: \(String(describing: seen.trailers))")
    }
}
