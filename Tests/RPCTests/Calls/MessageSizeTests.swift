import BenchAPI
import HTTP2
import Protobuf
import RPC
import Testing

@Suite("Large messages", .timeLimit(.minutes(5))) struct MessageSizeTests {
    private static let limit = 4 * 1_024 * 1_024

    /// A request whose message has `bytes` bytes: field 1's tag and its length take five of them.
    private static func request(_ bytes: Int) -> EchoRequest {
        var payload = [UInt8](repeating: 3, count: bytes - 5)
        for index in stride(from: 0, to: payload.count, by: 1_009) { payload[index] = UInt8(truncatingIfNeeded: index) }
        return EchoRequest(payload)
    }

    @Test("messages up to the limit go both ways", arguments: Security.allCases, [limit - 1, limit])
    func fits(security: Security, bytes: Int) async throws {
        try await withLoopback(security) { loopback in
            let request = Self.request(bytes)
            #expect(request.encoded().count == bytes)
            let reply = try await loopback.client().unary(request)
            #expect(reply.payload == request.payload)
        }
    }

    @Test("many large messages go through a stream, one after the other", arguments: Security.allCases)
    func stream(security: Security) async throws {
        try await withLoopback(security) { loopback in
            let request = Self.request(1_000_000)
            let received = Counter()
            for try await reply in try await loopback.client().serverStream(EchoRequest(request.payload, count: 20)) {
                #expect(reply.payload == request.payload)
                received.add()
            }
            #expect(received.value == 20)
        }
    }

    @Test("a message over the limit is not sent")
    func tooLargeToSend() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client()
            let unary = try await rpcError { try await client.unary(Self.request(Self.limit + 1)) }
            #expect(unary.code == .resourceExhausted)
            #expect(unary.message.contains("\(Self.limit + 1)") && unary.message.contains("\(Self.limit)"))
            let streaming = try await rpcError { try await client.clientStream { try await $0.send(Self.request(Self.limit + 1)) } }
            #expect(streaming.code == .resourceExhausted)
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }

    @Test("a request over the server's limit is RESOURCE_EXHAUSTED, and the connection goes on", arguments: Security.allCases)
    func tooLargeForTheServer(security: Security) async throws {
        let calls = Counter()
        let service = ScriptedEcho(onUnary: { request, _ in
            calls.add()
            return EchoReply(request.payload)
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client { $0.limits.sentMessageBytes = 100_000_000 }
            let error = try await rpcError { try await client.unary(Self.request(20_000_000)) }
            #expect(error.code == .resourceExhausted)
            #expect(error.message.contains("20000000") && error.message.contains("\(Self.limit)"))
            #expect(calls.value == 0)
            let reply = try await client.unary(EchoRequest([1]))
            #expect(reply.payload == [1])
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test("a reply over the client's limit is RESOURCE_EXHAUSTED, and its handler is stopped")
    func tooLargeForTheClient() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client { $0.limits.receivedMessageBytes = 1_000 }
            let unary = try await rpcError { try await client.unary(Self.request(2_000)) }
            #expect(unary.code == .resourceExhausted)
            #expect(unary.message.contains("1998") && unary.message.contains("1000"))
            let stream = try await rpcError {
                for try await _ in try await client.serverStream(EchoRequest([UInt8](repeating: 0, count: 2_000), count: 1_000_000)) {}
            }
            #expect(stream.code == .resourceExhausted)
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }

    @Test("a reply over the server's own limit fails the call as RESOURCE_EXHAUSTED")
    func tooLargeToReply() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.limits.sentMessageBytes = 1_000 }) { loopback in
            let error = try await rpcError { try await loopback.client().unary(Self.request(2_000)) }
            #expect(error.code == .resourceExhausted)
        }
    }

    @Test("a length of 4 GB is refused before a byte of the message is there")
    func announced() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, [0, 255, 255, 255, 255]))
            let reply = try await raw.reply(1)
            #expect(reply.status == "8")
            #expect(reply.message?.contains("4294967295") == true)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
