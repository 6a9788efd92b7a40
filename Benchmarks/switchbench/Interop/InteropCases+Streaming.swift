internal import InteropAPI
internal import Protobuf
internal import RPC

extension InteropCase {
    static let streaming = [
        InteropCase("client_streaming") { peer in
            let reply = try await peer.client.streamingInputCall { requests in
                for size in requestBytes { try await requests.send(StreamingInputCallRequest.with { $0.payload = zeros(size) }) }
            }
            try InteropFailure.demand(
                reply.aggregatedPayloadSize == 74922, "the server counted \(reply.aggregatedPayloadSize) bytes; 74922 were sent")
        },
        InteropCase("server_streaming") { peer in
            let request = StreamingOutputCallRequest.with { request in
                request.responseParameters = replyBytes.map { size in ResponseParameters.with { $0.size = Int32(size) } }
            }
            var expected = replyBytes[...]
            for try await reply in try await peer.client.streamingOutputCall(request) {
                guard let size = expected.popFirst() else { throw InteropFailure("the server sent more than \(replyBytes.count) replies") }
                try demand(reply.payload, of: size)
            }
            try InteropFailure.demand(expected.isEmpty, "\(expected.count) replies are missing")
        },
        InteropCase("ping_pong") { peer in
            try await peer.client.fullDuplexCall { requests, replies in
                var replies = replies.makeAsyncIterator()
                for (request, reply) in zip(requestBytes, replyBytes) {
                    try await requests.send(asking(for: reply, sending: request))
                    try demand(try await replies.next()?.payload, of: reply)
                }
                requests.finish()
                try InteropFailure.demand(try await replies.next() == nil, "a reply came that nobody asked for")
            }
        },
        InteropCase("empty_stream") { peer in
            try await peer.client.fullDuplexCall { requests, replies in
                requests.finish()
                for try await _ in replies { throw InteropFailure("a reply came that nobody asked for") }
            }
        },
    ]

    private static let requestBytes = [27182, 8, 1828, 45904]
    private static let replyBytes = [31415, 9, 2653, 58979]

    static func asking(for replyBytes: Int, sending requestBytes: Int) -> StreamingOutputCallRequest {
        StreamingOutputCallRequest.with { request in
            request.responseParameters = [ResponseParameters.with { $0.size = Int32(replyBytes) }]
            request.payload = zeros(requestBytes)
        }
    }
}
