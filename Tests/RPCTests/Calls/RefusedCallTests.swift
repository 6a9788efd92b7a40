import BenchAPI
import Net
import RPC
import TestSupport
import Testing

/// No interceptor sees what never becomes a call; their funnels word it all the same.
@Suite("What is refused before it is a call", .timeLimit(.minutes(10))) struct RefusedCallTests {
    private struct Words: ErrorFunnel {
        func status(of error: any Error, _ call: Call) -> RPCError {
            let inner = error as? RPCError ?? RPCError(.unknown, "?")
            var outer = RPCError(inner.code, "\(inner.code) of \(call.path) under \(call.requestID)", cause: inner.cause)
            outer.pushback = inner.pushback
            return outer
        }
    }

    private static func options(_ id: String) -> CallOptions {
        CallOptions(metadata: Metadata([("x-request-id", id)]), timeout: .seconds(600))
    }

    @Test(
        "R14 · a call too many, of the server or of its connection, is told so in the words of the funnels, under its request id",
        arguments: [(10, nil, StatusCode.unavailable), (10_000, 1, .resourceExhausted)] as [(Int, Int?, StatusCode)])
    func overload(calls: Int, callsPerConnection: Int?, code: StatusCode) async throws {
        let service = ScriptedEcho(onUnary: { _, call in
            try await call.loop.sleep(for: .seconds(3_600))
            return EchoReply([])
        })
        let held = min(calls - 1, callsPerConnection ?? .max)
        try await withLoopback(
            .mutualTLS, [service], interceptors: [Words()],
            {
                $0.limits.runningCalls = calls
                $0.limits.runningCallsPerConnection = callsPerConnection
            }
        ) { loopback in
            let client = try loopback.client()
            let tasks = (0..<held).map { _ in Task { try await client.unary(EchoRequest([1]), Self.options("held")) } }
            let areRunning = await eventually { loopback.server.runningCalls == held }
            #expect(areRunning)
            let error = try await rpcError { try await client.unary(EchoRequest([1]), Self.options("one-too-many")) }
            #expect(error.code == code)
            #expect(error.message == "\(code) of \(RawFrame.unaryPath) under one-too-many")
            #expect(error.pushback == .after(.seconds(1)))
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
            await client.channel.close()
        }
    }

    @Test(
        "R14 · a header section that cannot be served is, too",
        arguments: [("grpc-timeout", "soon", "13"), ("grpc-encoding", "br", "12"), ("x-long", String(repeating: "x", count: 9_000), "8")])
    func head(name: String, value: String, status: String) async throws {
        try await withLoopback(.cleartext, interceptors: [Words()]) { loopback in
            for path in [RawFrame.unaryPath, "/no.Such/Thing"] {
                let raw = try await loopback.raw()
                try await raw.send(
                    .headers(1, RawFrame.call(path, [(name, value), ("x-request-id", "id-7")])), .data(1, RawFrame.message([]), end: true))
                let reply = try await raw.reply(1)
                #expect(reply.status == status)
                // Where the metadata was cut, so was perhaps the id: then it is one made here.
                let message = try #require(reply.message)
                #expect(message.contains(" of \(path) under ") && (name == "x-long" || message.hasSuffix("id-7")), "\(message)")
                try await loopback.expectHealthyAfterClosing(raw)
            }
        }
    }

    @Test("R14 · trailers that are too long for their reply are an error in the words of the funnels")
    func trailers() async throws {
        let service = ScriptedEcho(onUnary: { request, call in
            call.trailers.append("x-long", String(repeating: "x", count: 20_000))
            return EchoReply(request.payload)
        })
        try await withLoopback(.cleartext, [service], interceptors: [Words()]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([1]), Self.options("long")) }
            #expect(error.message.hasSuffix("of \(RawFrame.unaryPath) under long"), "\(error)")
        }
    }
}
