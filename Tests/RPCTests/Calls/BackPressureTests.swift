import BenchAPI
import HTTP2
import RPC
import Testing

/// What waits for a slow reader is bounded on both sides, and nobody else waits for it.
@Suite("Back-pressure", .timeLimit(.minutes(5))) struct BackPressureTests {
    private static let payload = [UInt8](repeating: 9, count: 16_384)

    /// Messages that fit the windows and buffers of one stream: its window, our unsent bytes, and one in each hand.
    private static var most: Int {
        (Int(HTTP2.Limits.standard.streamWindowBytes) + RPC.Limits.standard.unsentBytes) / payload.count + 3
    }

    /// Calls that run on the same loop and connection: a sender that did not wait would have sent all before they are done.
    private func otherCalls(_ client: EchoClient) async throws {
        for number in 0..<100 {
            let reply = try await client.unary(EchoRequest([UInt8(number)]))
            #expect(reply.payload == [UInt8(number)])
        }
    }

    @Test("a handler waits for a client that does not read", arguments: Security.allCases)
    func slowClient(security: Security) async throws {
        let sent = Counter()
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            for _ in 0..<request.count {
                try await replies.send(EchoReply(Self.payload))
                sent.add()
            }
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            let replies = try await client.serverStream(EchoRequest([], count: 2_000))
            try await otherCalls(client)
            #expect(sent.value > 0)
            #expect(sent.value <= Self.most)
            let received = Counter()
            for try await reply in replies {
                received.add()
                #expect(sent.value <= received.value + Self.most)
                #expect(reply.payload.count == Self.payload.count)
            }
            #expect(received.value == 2_000)
        }
    }

    @Test("a client waits for a handler that does not read", arguments: Security.allCases)
    func slowServer(security: Security) async throws {
        let sent = Counter()
        let read = Event()
        let service = ScriptedEcho(onClientStream: { requests, _ in
            try await read.wait()
            var count = 0
            for try await _ in requests { count += 1 }
            return EchoReply([UInt8(truncatingIfNeeded: count)])
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            async let reply = client.clientStream { requests in
                for _ in 0..<2_000 {
                    try await requests.send(EchoRequest(Self.payload))
                    sent.add()
                }
            }
            try await otherCalls(client)
            #expect(sent.value <= Self.most)
            read.happen()
            #expect(try await reply.payload == [UInt8(truncatingIfNeeded: 2_000)])
            #expect(sent.value == 2_000)
        }
    }

    @Test("twenty streams that nobody reads do not hold up a call beside them")
    func stalledStreams() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client()
            var stalled: [Inbound<EchoReply>] = []
            for _ in 0..<20 { stalled.append(try await client.serverStream(EchoRequest(Self.payload, count: 100))) }
            try await otherCalls(client)
            #expect(loopback.server.runningCalls == 20)
            for replies in stalled {
                var count = 0
                for try await _ in replies { count += 1 }
                #expect(count == 100)
            }
        }
    }

    @Test("a stream of many tiny messages is bounded, too")
    func tinyMessages() async throws {
        let sent = Counter()
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            for _ in 0..<request.count {
                try await replies.send(EchoReply())
                sent.add()
            }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client { $0.connectionLimits.streamWindowBytes = 65_535 }
            let replies = try await client.serverStream(EchoRequest([], count: 60_000))
            try await otherCalls(client)
            // Five bytes each on the wire: 13,107 in the window, as many unsent.
            #expect(sent.value < 27_000)
            var received = 0
            for try await _ in replies { received += 1 }
            #expect(received == 60_000)
        }
    }
}
