import BenchAPI
import Protobuf
import RPC
import Testing

@Suite("A server that ends a call before its client does", .timeLimit(.minutes(5))) struct EarlyEndTests {
    private static let payload = [UInt8](repeating: 1, count: 20_000)

    @Test(
        "a reply that comes early is the result, whether the client is still sending or waits to", arguments: Security.allCases,
        [1, 100_000])
    func reply(security: Security, messages: Int) async throws {
        let service = ScriptedEcho(onClientStream: { requests, _ in
            for try await _ in requests { return EchoReply([7]) }
            return EchoReply()
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            let reply = try await client.clientStream { requests in
                for _ in 0..<messages { try await requests.send(EchoRequest(Self.payload)) }
            }
            #expect(reply.payload == [7])
            // The connection goes on.
            _ = try await client.unary(EchoRequest([]))
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test("an error that comes early is the result", arguments: Security.allCases, [1, 100_000])
    func error(security: Security, messages: Int) async throws {
        let service = ScriptedEcho(onClientStream: { requests, _ in
            for try await _ in requests { break }
            throw RPCError(.invalidArgument, "row 1 is empty")
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            let error = try await rpcError {
                try await client.clientStream { requests in
                    for _ in 0..<messages { try await requests.send(EchoRequest(Self.payload)) }
                }
            }
            #expect(error.code == .invalidArgument)
            #expect(error.message == "row 1 is empty")
            _ = try await client.unary(EchoRequest([]))
        }
    }

    @Test("a bidirectional call: the client reads the end, and what it sends after that fails")
    func bidirectional() async throws {
        let service = ScriptedEcho(onBidiStream: { _, _, replies in try await replies.send(EchoReply([1])) })
        try await withLoopback(.cleartext, [service]) { loopback in
            try await loopback.client().bidiStream { requests, replies in
                var received = 0
                for try await _ in replies { received += 1 }
                #expect(received == 1)
                let error = try await rpcError {
                    while true { try await requests.send(EchoRequest([])) }
                }
                #expect(error.code == .cancelled)
            }
        }
    }

    @Test("the rest of the request is not wanted: RST_STREAM(NO_ERROR) follows the trailers")
    func reset() async throws {
        let service = ScriptedEcho(onClientStream: { _, _ in EchoReply([7]) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/ClientStream")))
            let reset = try await raw.frame("the reset") { $0.kind == RawFrame.Kind.reset }
            #expect(reset.stream == 1)
            #expect(reset.number(at: 0) == 0)
            let reply = try await raw.reply(1)
            #expect(reply.status == "0")
            #expect(reply.body == RawFrame.message(EchoReply([7]).encoded()))
            await raw.close()
        }
    }

    @Test("messages and streams that a handler kept beyond its end are of no use, and harm nobody")
    func kept() async throws {
        let kept = Record<(Inbound<EchoRequest>, Outbound<EchoReply>)>()
        let service = ScriptedEcho(onBidiStream: { requests, _, replies in kept.append((requests, replies)) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            try await client.bidiStream { requests, replies in
                for try await _ in replies {}
            }
            await client.channel.close()
            let (requests, replies) = try #require(kept.all.first)
            let gone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(gone)
            let sending = try await rpcError { try await replies.send(EchoReply()) }
            #expect(sending.code == .cancelled)
            let reading = try await rpcError { for try await _ in requests {} }
            #expect(reading.code == .cancelled)
        }
    }
}
