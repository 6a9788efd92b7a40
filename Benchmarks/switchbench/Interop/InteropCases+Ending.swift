internal import InteropAPI
internal import Protobuf
internal import RPC

extension InteropCase {
    /// Calls that end otherwise than well.
    static let ending = [
        InteropCase("cancel_after_begin") { peer in
            // The call has begun when its body runs; nothing was sent yet.
            _ = try await InteropFailure.demand(.cancelled) {
                try await cancelling { begun in
                    try await peer.client.streamingInputCall { _ in
                        begun.finish()
                        try await forever()
                    }
                }
            }
        },
        InteropCase("cancel_after_first_response") { peer in
            _ = try await InteropFailure.demand(.cancelled) {
                try await cancelling { received in
                    try await peer.client.fullDuplexCall { requests, replies in
                        var replies = replies.makeAsyncIterator()
                        try await requests.send(asking(for: 31415, sending: 27182))
                        try demand(try await replies.next()?.payload, of: 31415)
                        received.finish()
                        _ = try await replies.next()
                    }
                }
            }
        },
        InteropCase("timeout_on_sleeping_server") { peer in
            _ = try await InteropFailure.demand(.deadlineExceeded) {
                try await peer.client.fullDuplexCall(CallOptions(timeout: .milliseconds(1))) { requests, replies in
                    try await requests.send(StreamingOutputCallRequest.with { $0.payload = zeros(27182) })
                    for try await _ in replies {}
                }
            }
        },
        InteropCase("status_code_and_message") { peer in
            try await status(2, "test status message", peer)
        },
        InteropCase("special_status_message") { peer in
            try await status(2, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", peer)
        },
        InteropCase("unimplemented_method") { peer in
            _ = try await InteropFailure.demand(.unimplemented) { try await peer.client.unimplementedCall(Empty()) }
        },
        InteropCase("unimplemented_service") { peer in
            _ = try await InteropFailure.demand(.unimplemented) {
                try await UnimplementedServiceClient(peer.client.channel).unimplementedCall(Empty())
            }
        },
    ]

    private static func status(_ code: Int32, _ message: String, _ peer: InteropPeer) async throws {
        let asked = EchoStatus.with {
            $0.code = code
            $0.message = message
        }
        let unary = try await InteropFailure.demand(.unknown) {
            try await peer.client.unaryCall(SimpleRequest.with { $0.responseStatus = asked })
        }
        try InteropFailure.demand(unary.message == message, "UnaryCall: the status message came as \(unary.message.debugDescription)")
        let duplex = try await InteropFailure.demand(.unknown) {
            try await peer.client.fullDuplexCall { requests, replies in
                try await requests.send(StreamingOutputCallRequest.with { $0.responseStatus = asked })
                requests.finish()
                for try await _ in replies {}
            }
        }
        try InteropFailure.demand(
            duplex.message == message, "FullDuplexCall: the status message came as \(duplex.message.debugDescription)")
    }

    /// Runs `body` in a task, and cancels that as soon as `body` finishes the stream it is given.
    private static func cancelling<Outcome: Sendable>(
        _ body: @escaping @Sendable (AsyncStream<Never>.Continuation) async throws -> Outcome
    ) async throws -> Outcome {
        let (moment, continuation) = AsyncStream.makeStream(of: Never.self)
        let task = Task {
            defer { continuation.finish() }
            return try await body(continuation)
        }
        for await _ in moment {}
        task.cancel()
        return try await task.value
    }

    /// Until the task is cancelled.
    private static func forever() async throws {
        let (never, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        continuation.finish()
        throw CancellationError()
    }
}
