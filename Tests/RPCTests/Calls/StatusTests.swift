import BenchAPI
import RPC
import StandardTypes
import Synchronization
import Testing

@Suite("How a call ends", .timeLimit(.minutes(5))) struct StatusTests {
    @Test("every code and its message reach the client", arguments: StatusCode.allCases.filter { $0 != .ok })
    func codes(code: StatusCode) async throws {
        let service = ScriptedEcho(onUnary: { _, _ in throw RPCError(code, "grüße 100%\n😀 ") })
        try await withLoopback(.cleartext, [service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == code)
            #expect(error.message == "grüße 100%\n😀 ")
        }
    }

    @Test("an error before the first message is trailers only: nothing is told of a head")
    func trailersOnly() async throws {
        let parts = Record<String>()
        let options = CallOptions { part in
            switch part {
            case .metadata: parts.append("head")
            case .trailers: parts.append("trailers")
            case .compressedReply: break
            }
        }
        let service = ScriptedEcho(
            onUnary: { _, _ in throw RPCError(.notFound, "no") }, onServerStream: { _, _, replies in throw RPCError(.notFound, "no") })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            _ = try await rpcError { try await client.unary(EchoRequest([]), options) }
            _ = try await rpcError { for try await _ in try await client.serverStream(EchoRequest([]), options) {} }
            #expect(parts.all == ["trailers", "trailers"])
        }
    }

    @Test("an error after messages comes behind them", arguments: Security.allCases)
    func afterMessages(security: Security) async throws {
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            for number in 0..<request.count { try await replies.send(EchoReply([UInt8(number)])) }
            throw RPCError(.dataLoss, "the rest is gone")
        })
        try await withLoopback(security, [service]) { loopback in
            var received: [[UInt8]] = []
            let error = try await rpcError {
                for try await reply in try await loopback.client().serverStream(EchoRequest([], count: 5)) {
                    received.append(reply.payload)
                }
            }
            #expect(received == [[0], [1], [2], [3], [4]])
            #expect(error.code == .dataLoss)
        }
    }

    @Test("details reach the client, and read as what they were", arguments: Security.allCases)
    func details(security: Security) async throws {
        var violation = BadRequest.FieldViolation()
        violation.field = "lead.email"
        violation.description = "is no address: \"@\""
        var badRequest = BadRequest()
        badRequest.fieldViolations = [violation]
        var info = ErrorInfo()
        info.reason = "EMAIL_INVALID"
        info.domain = "switchboard"
        let sent = [ErrorDetail(badRequest), ErrorDetail(info)]
        let service = ScriptedEcho(onUnary: { _, _ in throw RPCError(.invalidArgument, "no", details: sent) })
        try await withLoopback(security, [service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.details == sent)
            #expect(error.detail(BadRequest.self) == badRequest)
            #expect(error.detail(ErrorInfo.self) == info)
            #expect(error.detail(RetryInfo.self) == nil)
        }
    }

    @Test("details that do not fit the trailers give way, the message does not")
    func largeDetails() async throws {
        var info = ErrorInfo()
        info.reason = String(repeating: "r", count: 10_000)
        let detail = ErrorDetail(info)
        let service = ScriptedEcho(onUnary: { _, _ in throw RPCError(.aborted, "still here", details: [detail]) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == .aborted)
            #expect(error.message == "still here")
            #expect(error.details.isEmpty)
        }
    }

    @Test("a very long message is cut, and the call still ends as it should")
    func longMessage() async throws {
        let text = String(repeating: "ü", count: 50_000)
        let service = ScriptedEcho(onUnary: { _, _ in throw RPCError(.aborted, text) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == .aborted)
            #expect(error.message.count > 500)
            #expect(text.hasPrefix(error.message))
        }
    }

    @Test("an error that is no RPCError is UNKNOWN, says nothing of itself, and is told to the server's owner")
    func unexpected() async throws {
        struct Secret: Error {
            let password = "hunter2"
        }
        let told = Record<String>()
        let service = ScriptedEcho(onUnary: { _, _ in throw Secret() })
        try await withLoopback(.cleartext, [service], { $0.unexpectedError = { error, call in told.append("\(error) \(call.requestID)") } })
        { loopback in
            let options = CallOptions(metadata: Metadata([("x-request-id", "id-7")]))
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), options) }
            #expect(error.code == .unknown)
            #expect(!error.message.contains("hunter2") && !error.message.contains("Secret"))
            #expect(error.message.contains("id-7"))
            #expect(told.all.count == 1)
            #expect(told.all.first?.contains("hunter2") == true)
            #expect(told.all.first?.hasSuffix("id-7") == true)
        }
    }

    @Test("a handler's CancellationError is CANCELLED, and no fault to report")
    func cancellationError() async throws {
        let told = Counter()
        let service = ScriptedEcho(onUnary: { _, _ in throw CancellationError() })
        try await withLoopback(.cleartext, [service], { $0.unexpectedError = { _, _ in told.add() } }) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == .cancelled)
            #expect(told.value == 0)
        }
    }

    @Test(
        "a method or a service that is not there is UNIMPLEMENTED and named",
        arguments: ["/bench.v1.Echo/Nothing", "/no.Such/Thing", "/", "/x"])
    func unknown(path: String) async throws {
        try await withLoopback { loopback in
            let error = try await rpcError { try await loopback.client().channel.unary(path: path, message: []) }
            #expect(error.code == .unimplemented)
            #expect(error.message.contains(path))
        }
    }

    @Test("bytes that are no message are INTERNAL on whichever side reads them")
    func undecodable() async throws {
        try await withLoopback { loopback in
            let channel = try loopback.client().channel
            let server = try await rpcError { try await channel.unary(path: "/bench.v1.Echo/Unary", message: [0xff]) }
            #expect(server.code == .internal)
            #expect(server.message.contains("bench.v1.EchoRequest"))
            // The reply's field 1 is bytes, read here as a string: these are no UTF-8.
            let method = Method<EchoRequest, ErrorInfo>(service: "bench.v1.Echo", name: "Unary", kind: .unary)
            let ours = try await rpcError { try await channel.unary(method, EchoRequest([0xff])) }
            #expect(ours.code == .internal)
            #expect(ours.message.contains("google.rpc.ErrorInfo"))
        }
    }
}
