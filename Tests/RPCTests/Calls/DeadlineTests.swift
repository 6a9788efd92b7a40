import BenchAPI
import HTTP2
import Net
import RPC
import Testing

@Suite("Deadlines", .timeLimit(.minutes(5))) struct DeadlineTests {
    /// Echo whose methods wait until they are cancelled.
    private struct Waiting {
        let started = Counter()
        let cancelled = Counter()
        var code: StatusCode?

        private func wait(_ call: Call) async throws {
            started.add()
            do {
                try await Event().wait()
            } catch {
                if call.isCancelled { cancelled.add() }
                throw code.map { RPCError($0, "cleaned up") } ?? error
            }
        }

        var service: ScriptedEcho {
            ScriptedEcho(
                onUnary: { _, call in
                    try await wait(call)
                    return EchoReply()
                },
                onServerStream: { _, call, replies in
                    try await replies.send(EchoReply([1]))
                    try await wait(call)
                },
                onClientStream: { _, call in
                    try await wait(call)
                    return EchoReply()
                })
        }

        /// On a very busy machine the deadline passes before the handler starts; otherwise it must have been cancelled.
        func expectCancelled(_ loopback: Loopback, _ location: SourceLocation = #_sourceLocation) async {
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle, sourceLocation: location)
            #expect(cancelled.value == started.value, sourceLocation: location)
        }
    }

    private static let short = CallOptions(timeout: .milliseconds(100))

    @Test("a unary call that takes too long is DEADLINE_EXCEEDED, and its handler is cancelled", arguments: Security.allCases)
    func unary(security: Security) async throws {
        let waiting = Waiting()
        try await withLoopback(security, [waiting.service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), Self.short) }
            #expect(error.code == .deadlineExceeded)
            await waiting.expectCancelled(loopback)
        }
    }

    @Test("a method's own longest time holds for who asks for more, and for who asks for none", arguments: [nil, "1H", "10M"])
    func ownTimeout(asked: String?) async throws {
        let remaining = Record<Duration?>()
        let service = ScriptedEcho(
            onUnary: { request, call in
                remaining.append(call.timeRemaining)
                return EchoReply(request.payload)
            },
            onClientStream: { _, call in
                remaining.append(call.timeRemaining)
                return EchoReply()
            })
        try await withLoopback(
            .cleartext, [service], { $0.longestTimeouts = ["bench.v1.Echo/Unary": .seconds(900), "bench.v1.Echo": .seconds(1_800)] }
        ) { loopback in
            let raw = try await loopback.raw()
            for (stream, path) in [(1, RawFrame.unaryPath), (3, "/bench.v1.Echo/ClientStream")] as [(UInt32, String)] {
                try await raw.send(
                    .headers(stream, RawFrame.call(path, [("grpc-timeout", asked)])), .data(stream, RawFrame.message([]), end: true))
                #expect(try await raw.reply(stream).status == "0")
            }
            let most: [Duration] = asked == "10M" ? [.seconds(600), .seconds(600)] : [.seconds(900), .seconds(1_800)]
            #expect(remaining.all.count == 2)
            for (given, most) in zip(remaining.all, most) { #expect(given.map { $0 <= most && $0 > most - .seconds(600) } == true) }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a method's own longest time ends its call")
    func ownTimeoutPasses() async throws {
        let waiting = Waiting()
        try await withLoopback(.cleartext, [waiting.service], { $0.longestTimeouts = ["bench.v1.Echo/Unary": .milliseconds(50)] }) {
            loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == .deadlineExceeded)
            await waiting.expectCancelled(loopback)
        }
    }

    @Test(
        "a longest time for what is not served is an error at the start",
        arguments: ["bench.v1.Echo/unary", "bench.v1", "/bench.v1.Echo/Unary"])
    func unknownTimeout(name: String) throws {
        var configuration = Server.Configuration()
        configuration.longestTimeouts = [name: .seconds(1)]
        let error = #expect(throws: RPCError.self) { try Server(services: [EchoService()], configuration: configuration) }
        #expect(error?.message.contains(name) == true)
    }

    @Test("replies that came before the deadline are read before its error")
    func serverStream() async throws {
        let waiting = Waiting()
        try await withLoopback(.cleartext, [waiting.service]) { loopback in
            let received = Counter()
            // On a busy machine the shorter deadlines pass before the reply comes.
            for timeout in [Duration.milliseconds(100), .seconds(2), .seconds(60)] where received.value == 0 {
                let error = try await rpcError {
                    let replies = try await loopback.client().serverStream(EchoRequest([]), CallOptions(timeout: timeout))
                    for try await _ in replies { received.add() }
                }
                #expect(error.code == .deadlineExceeded)
                await waiting.expectCancelled(loopback)
            }
            #expect(received.value == 1)
        }
    }

    @Test("a client that waits to send past the deadline is DEADLINE_EXCEEDED")
    func clientStream() async throws {
        let waiting = Waiting()
        try await withLoopback(.cleartext, [waiting.service]) { loopback in
            let error = try await rpcError {
                try await loopback.client().clientStream(Self.short) { requests in
                    while true { try await requests.send(EchoRequest([UInt8](repeating: 0, count: 50_000))) }
                }
            }
            #expect(error.code == .deadlineExceeded)
            await waiting.expectCancelled(loopback)
        }
    }

    @Test("an error that the handler throws once the deadline has passed does not take its place")
    func cleanUp() async throws {
        let waiting = Waiting(code: .aborted)
        try await withLoopback(.cleartext, [waiting.service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), Self.short) }
            #expect(error.code == .deadlineExceeded)
            await waiting.expectCancelled(loopback)
        }
    }

    @Test("the server keeps the deadline by itself: the reply is DEADLINE_EXCEEDED, the handler is cancelled")
    func server() async throws {
        let waiting = Waiting()
        try await withLoopback(.cleartext, [waiting.service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(
                .headers(1, RawFrame.call(RawFrame.unaryPath, [("grpc-timeout", "100m")])), .data(1, RawFrame.message([]), end: true))
            let reply = try await raw.reply(1)
            #expect(reply.status == "4")
            await waiting.expectCancelled(loopback)
            await raw.close()
        }
    }

    @Test("the server's deadline also ends a reply that nobody takes, of a handler that has returned or not", arguments: [1, 1_000_000])
    func serverWithUnsentReplies(count: Int) async throws {
        let service = ScriptedEcho(onServerStream: { _, call, replies in
            for _ in 0..<count { try await replies.send(EchoReply([UInt8](repeating: 0, count: 80_000))) }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            var sent = 0
            // 65,535 bytes of window are all that it gets; on a busy machine the first deadline passes before they are sent.
            for timeout in ["500m", "5S", "60S"] where sent < 65_535 {
                let raw = try await loopback.raw()
                try await raw.send(
                    .headers(1, RawFrame.call("/bench.v1.Echo/ServerStream", [("grpc-timeout", timeout)])),
                    .data(1, RawFrame.message([]), end: true))
                let reply = try await raw.reply(1)
                sent = reply.body.count
                // Without a byte sent there is still room for a status.
                #expect(reply.reset == 8 || sent == 0)
                let isIdle = await eventually { loopback.server.runningCalls == 0 }
                #expect(isIdle)
                await raw.close()
            }
            #expect(sent == 65_535)
        }
    }

    @Test(
        "a handler knows how long its client waits",
        arguments: [(nil, nil), (Duration.seconds(3_600), 3_600), (.seconds(200_000), 86_400)] as [(Duration?, Int64?)])
    func remaining(timeout: Duration?, most: Int64?) async throws {
        let seen = Record<Duration?>()
        let service = ScriptedEcho(onUnary: { _, call in
            seen.append(call.timeRemaining)
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            _ = try await loopback.client().unary(EchoRequest([]), CallOptions(timeout: timeout))
            let remaining = try #require(seen.all.first)
            if let most {
                let remaining = try #require(remaining)
                #expect(remaining <= .seconds(most))
                #expect(remaining > .seconds(most - 60))
            } else {
                #expect(remaining == nil)
            }
        }
    }

    @Test("a timeout that has passed before the call begins never reaches a handler")
    func alreadyPassed() async throws {
        let calls = Counter()
        let service = ScriptedEcho(onUnary: { _, _ in
            calls.add()
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), CallOptions(timeout: .zero)) }
            #expect(error.code == .deadlineExceeded)
            let raw = try await loopback.raw()
            try await raw.send(
                .headers(1, RawFrame.call(RawFrame.unaryPath, [("grpc-timeout", "0n")])), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "4")
            #expect(calls.value == 0)
            await raw.close()
        }
    }

    @Test("the deadline holds while there is no connection yet, and none is left behind")
    func connecting() async throws {
        try await withScriptedServer(greeting: []) { server, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([]), Self.short) }
            #expect(error.code == .deadlineExceeded)
            await channel.close()
            try await server.closed.wait()
        }
    }
}
