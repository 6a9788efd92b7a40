import BenchAPI
import Net
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@Suite("Unknown services", .timeLimit(.minutes(10)))
struct UnknownServiceTests {
    private static let options = CallOptions(timeout: .seconds(300))

    /// A proxy before a server of `service`; it has none of its own.
    private func withProxy(
        _ security: Security = .cleartext, before service: any Service = EchoService(), interceptors: [any ServerInterceptor] = [],
        _ body: (_ proxy: Loopback, _ behind: Loopback) async throws -> Void
    ) async throws {
        try await withLoopback(security, [service]) { behind in
            let upstream = try behind.client().channel
            try await withLoopback(security, [], interceptors: interceptors) { configuration in
                configuration.unknownService = forwarding(to: upstream)
            } _: { proxy in
                try await body(proxy, behind)
            }
            await upstream.close()
        }
    }

    @Test("a proxy of bytes carries the four kinds of call", arguments: Security.allCases)
    func kinds(_ security: Security) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let payloads = [0, 1, 1_000, 70_000, 1_000_000].map { random.bytes($0) }
        try await withProxy(security) { proxy, _ in
            let client = try proxy.client()
            for payload in payloads {
                #expect(try await client.unary(EchoRequest(payload), Self.options).payload == payload, "seed \(seed)")
                var count = 0
                for try await reply in try await client.serverStream(EchoRequest(payload, count: 3), Self.options) {
                    #expect(reply.payload == payload, "seed \(seed)")
                    count += 1
                }
                #expect(count == 3)
            }
            let joined = try await client.clientStream(Self.options) { requests in
                for payload in payloads { try await requests.send(EchoRequest(payload)) }
            }
            #expect(joined.payload == payloads.flatMap { $0 }, "seed \(seed)")
            try await client.bidiStream(Self.options) { requests, replies in
                var iterator = replies.makeAsyncIterator()
                for payload in payloads {
                    try await requests.send(EchoRequest(payload))
                    #expect(try await iterator.next()?.payload == payload, "seed \(seed)")
                }
                requests.finish()
                #expect(try await iterator.next() == nil)
            }
        }
    }

    @Test("metadata goes both ways through it, and so do a status, its details and its trailers")
    func metadata() async throws {
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            call.replyMetadata.append("x-head", call.metadata["x-ask"] ?? "nothing")
            call.trailers.append("x-tail-bin", bytes: [0, 255])
            guard request.count == 0 else {
                let info = ErrorInfo.with { $0.reason = "TOO_MANY" }
                throw RPCError(.outOfRange, "only 0, not \(request.count)", details: [ErrorDetail(info)])
            }
            return EchoReply(request.payload)
        }
        try await withProxy(before: service) { proxy, _ in
            let client = try proxy.client()
            let parts = Record<CallOptions.ReplyPart>()
            var options = CallOptions(metadata: Metadata([("x-ask", "something")]), timeout: .seconds(300))
            options.received = { parts.append($0) }
            _ = try await client.unary(EchoRequest([1]), options)
            guard case .metadata(let head)? = parts.all.first, case .trailers(let trailers)? = parts.all.last else {
                Issue.record("\(parts.all)")
                return
            }
            #expect(head["x-head"] == "something")
            #expect(trailers.bytes("x-tail-bin") == [[0, 255]])
            let error = try await rpcError { try await client.unary(EchoRequest([1], count: 7), options) }
            #expect(error.code == .outOfRange && error.message == "only 0, not 7")
            #expect(error.trailers.bytes("x-tail-bin") == [[0, 255]])
            #expect(error.detail(ErrorInfo.self)?.reason == "TOO_MANY")
            let missing = try await rpcError { try await client.channel.unary(path: "/x.Missing/Method", message: [], Self.options) }
            #expect(missing.code == .unimplemented && missing.message.contains("/x.Missing/Method"))
        }
    }

    @Test("a caller who leaves, or whose deadline passes, is gone behind it, too")
    func cancellation() async throws {
        let isIn = Event()
        let isCancelled = Event()
        var service = ScriptedEcho()
        service.onBidiStream = { requests, call, replies in
            isIn.happen()
            #expect(call.deadline != nil)
            do { try await call.loop.sleep(for: .seconds(3_600)) } catch { isCancelled.happen() }
        }
        try await withProxy(before: service) { proxy, behind in
            let client = try proxy.client()
            let call = Task {
                try await client.bidiStream(Self.options) { requests, replies in
                    try await requests.send(EchoRequest([1]))
                    for try await _ in replies {}
                }
            }
            try await isIn.wait()
            call.cancel()
            try await isCancelled.wait()
            let result = await call.result
            #expect(throws: (any Error).self) { try result.get() }
            let isIdle = await eventually { proxy.server.runningCalls == 0 && behind.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }

    @Test("a reply that comes before the requests have ended ends the call through it")
    func early() async throws {
        var service = ScriptedEcho()
        service.onClientStream = { requests, _ in
            var iterator = requests.makeAsyncIterator()
            return EchoReply(try await iterator.next()?.payload ?? [])
        }
        try await withProxy(before: service) { proxy, _ in
            let reply = try await proxy.client().clientStream(Self.options) { requests in
                while true { try await requests.send(EchoRequest([9])) }
            }
            #expect(reply.payload == [9])
        }
    }

    @Test(
        "only /service/method gets to it, byte for byte; other paths are nobody's",
        arguments: [
            ("/a.B/C", true), ("/a/b", true), ("/a.B/\(String(repeating: "x", count: 2_000))", true), ("/a%2fb/c?d", true), ("/", false),
            ("//", false),
            ("/a", false), ("/a/", false), ("//a", false), ("/a//b", false), ("/a/b/c", false), ("a/b", false), ("", false),
        ])
    func paths(_ path: String, _ isKnown: Bool) async throws {
        let seen = Record<String>()
        let passed = Record<String?>()
        let interceptor = Interceptor { call, next in
            passed.append(call.method?.path)
            try await next(call)
        }
        try await withLoopback(.cleartext, [EchoService()], interceptors: [interceptor]) { configuration in
            configuration.unknownService = { call, requests, replies in
                seen.append(call.path)
                for try await request in requests { try await replies.send(request.reversed()) }
            }
        } _: { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call(path)), .data(1, RawFrame.message([1, 2, 3]), end: true))
            let reply = try await raw.reply(1)
            // HTTP/2 itself has no path that does not begin with a slash.
            if path.hasPrefix("/") {
                #expect(reply.status == (isKnown ? "0" : "12"), "\(reply)")
                #expect(passed.all == [nil])
                if isKnown { #expect(reply.body == RawFrame.message([3, 2, 1])) }
            }
            #expect(seen.all == (isKnown ? [path] : []))
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("services of the server's own go before it, and without one a method is unknown")
    func order() async throws {
        try await withLoopback(.cleartext, [EchoService()]) { configuration in
            configuration.unknownService = { _, _, _ in throw RPCError(.dataLoss, "nobody should come here") }
        } _: { loopback in
            let client = try loopback.client()
            #expect(try await client.unary(EchoRequest([4]), Self.options).payload == [4])
            let error = try await rpcError { try await client.channel.unary(path: "/bench.v1.Echo/Missing", message: [], Self.options) }
            #expect(error.code == .dataLoss)
        }
    }

    @Test("a client calls all four kinds with bytes, too, under the same limits")
    func bytes() async throws {
        let message = EchoRequest([1, 2, 3], count: 2).encoded()
        let reply = EchoReply([1, 2, 3]).encoded()
        try await withLoopback { loopback in
            let channel = try loopback.client { $0.limits.sentMessageBytes = 1_000 }.channel
            let service = "/bench.v1.Echo"
            #expect(try await channel.unary(path: "\(service)/Unary", message: message, Self.options) == reply)
            var streamed: [[UInt8]] = []
            for try await reply in try await channel.serverStreaming(path: "\(service)/ServerStream", message: message, Self.options) {
                streamed.append(reply)
            }
            #expect(streamed == [reply, reply])
            let joined = try await channel.clientStreaming(path: "\(service)/ClientStream", Self.options) { requests in
                try await requests.send(message)
                try await requests.send(message)
            }
            #expect(joined == EchoReply([1, 2, 3, 1, 2, 3]).encoded())
            try await channel.bidirectional(path: "\(service)/BidiStream", Self.options) { requests, replies in
                var iterator = replies.makeAsyncIterator()
                try await requests.send(message)
                #expect(try await iterator.next() == reply)
                requests.finish()
                #expect(try await iterator.next() == nil)
            }
            let error = try await rpcError {
                try await channel.unary(path: "\(service)/Unary", message: [UInt8](repeating: 0, count: 1_001), Self.options)
            }
            #expect(error.code == .resourceExhausted && error.message.contains("1001"))
        }
    }
}
