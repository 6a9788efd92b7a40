internal import InteropAPI
internal import Protobuf
internal import RPC

/// Each says of its messages whether they are compressed, and whoever gets one looks whether that is so.
extension InteropCase {
    static let compressed = [
        InteropCase("client_compressed_unary") { peer in
            // A server that does not look would pass the rest, too.
            _ = try await InteropFailure.demand(.invalidArgument) {
                try await peer.client.unaryCall(saying(true), CallOptions())
            }
            for isCompressed in [true, false] {
                let reply = try await peer.client.unaryCall(saying(isCompressed), packing(isCompressed))
                try demand(reply.payload, of: largeReplyBytes)
            }
        },
        InteropCase("server_compressed_unary") { peer in
            for isCompressed in [true, false] {
                let seen = Seen()
                var request = large
                request.responseCompressed = BoolValue.with { $0.value = isCompressed }
                let reply = try await peer.client.unaryCall(request, CallOptions { seen.note($0) })
                try demand(reply.payload, of: largeReplyBytes)
                try InteropFailure.demand(
                    seen.compressed == (isCompressed ? 1 : 0), "the reply came \(isCompressed ? "un" : "")compressed")
            }
        },
        InteropCase("client_compressed_streaming") { peer in
            _ = try await InteropFailure.demand(.invalidArgument) {
                try await peer.client.streamingInputCall { requests in try await requests.send(saying(true, 27182)) }
            }
            let reply = try await peer.client.streamingInputCall(packing(true)) { requests in
                try await requests.send(saying(true, 27182))
                try await requests.send(saying(false, 45904), packed: false)
            }
            try InteropFailure.demand(
                reply.aggregatedPayloadSize == 73086, "the server counted \(reply.aggregatedPayloadSize) bytes; 73086 were sent")
        },
        InteropCase("server_compressed_streaming") { peer in
            let seen = Seen()
            let wanted = [(size: 31415, isCompressed: true), (size: 92653, isCompressed: false)]
            let request = StreamingOutputCallRequest.with { request in
                request.responseParameters = wanted.map { reply in
                    ResponseParameters.with {
                        $0.size = Int32(reply.size)
                        $0.compressed = BoolValue.with { $0.value = reply.isCompressed }
                    }
                }
            }
            var expected = wanted[...]
            var compressed = 0
            for try await reply in try await peer.client.streamingOutputCall(request, CallOptions { seen.note($0) }) {
                guard let (size, isCompressed) = expected.popFirst() else { throw InteropFailure("the server sent more than two replies") }
                try demand(reply.payload, of: size)
                compressed += isCompressed ? 1 : 0
                try InteropFailure.demand(
                    seen.compressed == compressed, "the reply of \(size) bytes came \(isCompressed ? "un" : "")compressed")
            }
            try InteropFailure.demand(expected.isEmpty, "\(expected.count) replies are missing")
        },
    ]

    private static func packing(_ isCompressed: Bool) -> CallOptions {
        var options = CallOptions()
        if isCompressed {
            options.compression = .gzip
            options.compressesRequests = true
        }
        return options
    }

    private static func saying(_ isCompressed: Bool) -> SimpleRequest {
        var request = large
        request.expectCompressed = BoolValue.with { $0.value = isCompressed }
        return request
    }

    private static func saying(_ isCompressed: Bool, _ size: Int) -> StreamingInputCallRequest {
        StreamingInputCallRequest.with {
            $0.expectCompressed = BoolValue.with { $0.value = isCompressed }
            $0.payload = zeros(size)
        }
    }
}
