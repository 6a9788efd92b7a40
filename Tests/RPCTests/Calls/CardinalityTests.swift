import BenchAPI
import RPC
import Testing

/// Methods with one message on a side take and give exactly one (grpc/doc/statuscodes.md).
@Suite("One message means one", .timeLimit(.minutes(5))) struct CardinalityTests {
    private static func method(_ name: String, _ kind: MethodKind) -> Method<EchoRequest, EchoReply> {
        Method(service: "bench.v1.Echo", name: name, kind: kind)
    }

    @Test("no request, or several, for a method that takes one is UNIMPLEMENTED", arguments: ["Unary", "ServerStream"], [0, 2, 3])
    func requests(name: String, count: Int) async throws {
        try await withLoopback { loopback in
            let channel = try loopback.client().channel
            let error = try await rpcError {
                try await channel.clientStreaming(Self.method(name, .clientStreaming)) { requests in
                    for _ in 0..<count { try await requests.send(EchoRequest([], count: 1)) }
                }
            }
            #expect(error.code == .unimplemented)
            #expect(error.message.contains("exactly one"))
        }
    }

    @Test("the handler of a method that takes one request does not run before it is sure that there is one")
    func notRun() async throws {
        let calls = Counter()
        let service = ScriptedEcho(onUnary: { _, _ in
            calls.add()
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let channel = try loopback.client().channel
            _ = try await rpcError {
                try await channel.clientStreaming(Self.method("Unary", .clientStreaming)) { requests in
                    for _ in 0..<2 { try await requests.send(EchoRequest([])) }
                }
            }
            #expect(calls.value == 0)
        }
    }

    @Test("no reply, or several, of a method that gives one is UNIMPLEMENTED", arguments: [0, 2, 100_000] as [Int32])
    func replies(count: Int32) async throws {
        try await withLoopback { loopback in
            let channel = try loopback.client().channel
            let error = try await rpcError { try await channel.unary(Self.method("ServerStream", .unary), EchoRequest([1], count: count)) }
            #expect(error.code == .unimplemented)
            #expect(error.message.contains("exactly one"))
            // A server that goes on sending is stopped.
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }
}
