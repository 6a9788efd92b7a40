import BenchAPI
import Glibc
import HTTP2
import Net
import Protobuf
import RPC
import Testing

@Suite("Connections that fail", .timeLimit(.minutes(5))) struct ConnectionTests {
    @Test("where nobody listens a call is UNAVAILABLE, and says where and why")
    func refused() async throws {
        try await withScriptedServer { server, channel in
            try await server.stop()
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            #expect(error.message.contains("\(server.address)") && error.message.contains("refused"))
        }
    }

    @Test("a name that has no address is UNAVAILABLE")
    func unresolvable() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let channel = try Channel("no-such-host.invalid:80", loop: loop)
        let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
        #expect(error.code == .unavailable)
        #expect(error.message.contains("no-such-host.invalid"))
    }

    @Test(
        "a server that speaks something else is UNAVAILABLE", arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example ESMTP\r\n"])
    func otherProtocol(greeting: String) async throws {
        try await withScriptedServer(greeting: Array(greeting.utf8)) { _, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
        }
    }

    @Test("a connection that breaks in the middle of a call is UNAVAILABLE")
    func broken() async throws {
        try await withScriptedServer { server, channel in
            async let error = rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            try await server.requested.wait()
            try await server.stop()
            #expect(try await error.code == .unavailable)
        }
    }

    @Test("what came before the connection broke is still read")
    func brokenStream() async throws {
        let head = RawFrame.headers(1, [(":status", "200"), ("content-type", "application/grpc")])
        let message = RawFrame.data(1, RawFrame.message(EchoReply([7]).encoded()))
        try await withScriptedServer(answer: [head, message, message]) { server, channel in
            let received = Counter()
            let error = try await rpcError {
                for try await reply in try await EchoClient(channel).serverStream(EchoRequest([])) {
                    #expect(reply.payload == [7])
                    if received.add() == 2 { try await server.stop() }
                }
            }
            #expect(received.value == 2)
            #expect(error.code == .unavailable)
        }
    }

    @Test("GOAWAY: the calls up to its last stream go on, later ones are UNAVAILABLE")
    func goAway() async throws {
        let head = RawFrame.headers(1, [(":status", "200"), ("content-type", "application/grpc")])
        let message = RawFrame.data(1, RawFrame.message(EchoReply([7]).encoded()))
        let trailers = RawFrame.headers(1, [("grpc-status", "0")], end: true)
        let goAway = RawFrame(kind: RawFrame.Kind.goAway, payload: RawFrame.number(1) + RawFrame.number(0))
        try await withScriptedServer(answer: [head]) { server, channel in
            async let first = EchoClient(channel).unary(EchoRequest([]))
            try await server.requested.wait()
            async let second = rpcError { try await EchoClient(channel).unary(EchoRequest([]), CallOptions(timeout: .seconds(20))) }
            try await server.send(.ping)
            try await server.send(goAway, message, trailers)
            #expect(try await first.payload == [7])
            // Either it was on its way, above the last stream, or it went to a new connection that answers nothing.
            let code = try await second.code
            #expect(code == .unavailable || code == .deadlineExceeded)
        }
    }

    @Test("GOAWAY with an error, and then the end, is UNAVAILABLE with the server's own words", arguments: [1, 2, 11] as [UInt32])
    func goAwayWithError(code: UInt32) async throws {
        let goAway = RawFrame(kind: RawFrame.Kind.goAway, payload: RawFrame.number(1) + RawFrame.number(code) + Array("enough".utf8))
        try await withScriptedServer(answer: [goAway]) { server, channel in
            async let call = rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            try await server.requested.wait()
            try await server.stop()
            let error = try await call
            #expect(error.code == .unavailable)
            #expect(error.message.contains("GOAWAY") && error.message.contains("enough"))
            #expect(error.cause?.kind == .goAway(ErrorCode(rawValue: code), debug: "enough"))
            #expect(error.cause?.attempts == 1)
        }
    }

    @Test("a channel that is closed ends its calls as UNAVAILABLE, and refuses later ones", arguments: Security.allCases)
    func closedChannel(security: Security) async throws {
        let started = Event()
        let service = ScriptedEcho(onServerStream: { _, _, replies in
            started.happen()
            try await Event().wait()
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            async let error = rpcError { for try await _ in try await client.serverStream(EchoRequest([])) {} }
            try await started.wait()
            await client.channel.close()
            #expect(try await error.code == .unavailable)
            let later = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(later.code == .unavailable)
            #expect(later.cause?.kind == .channelClosed)
            let isNone = await eventually { loopback.server.connectionCounts == [0] && loopback.server.runningCalls == 0 }
            #expect(isNone)
        }
    }

    @Test("a channel that is closed while it connects leaves no connection")
    func closedWhileConnecting() async throws {
        try await withScriptedServer(greeting: []) { server, channel in
            let task = Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } }
            let isConnecting = await eventually { (try? await server.connections()) == 1 }
            #expect(isConnecting)
            await channel.close()
            #expect(try await task.value.code == .unavailable)
            try await server.closed.wait()
        }
    }

    @Test("a channel that is dropped closes its connection", arguments: Security.allCases)
    func dropped(security: Security) async throws {
        try await withLoopback(security) { loopback in
            _ = try await loopback.client().unary(EchoRequest([]))
            let isGone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(isGone)
        }
    }

    @Test("but not while its replies are read")
    func droppedWhileRead() async throws {
        try await withLoopback { loopback in
            let replies = try await loopback.client().serverStream(EchoRequest([UInt8](repeating: 1, count: 10_000), count: 200))
            var count = 0
            for try await _ in replies { count += 1 }
            #expect(count == 200)
        }
    }

    @Test("a server may be gone, and come back on its port: the next call finds it")
    func restarted() async throws {
        let loop = try EventLoop(name: "client")
        defer { loop.shutdown() }
        var address = try SocketAddress(ip: "127.0.0.1", port: 0)
        var channel: Channel?
        for round in 0..<3 {
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let server = try Server(services: [EchoService()], loops: group)
            address = try await server.start(on: address)
            var configuration = Channel.Configuration()
            configuration.backoff.initial = .milliseconds(10)
            let client = try EchoClient(channel ?? Channel("\(address)", configuration: configuration, loop: loop))
            channel = client.channel
            var options = CallOptions()
            options.waitsForReady = true
            let reply = try await client.unary(EchoRequest([UInt8(round)]), options)
            #expect(reply.payload == [UInt8(round)])
            await server.drain(grace: .seconds(20))
            let error = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
        }
    }

    @Test("it goes over a Unix socket, too, with credentials: the socket stays on the machine")
    func unix() async throws {
        let path = "/tmp/switchboard-rpc-\(UInt64.random(in: 0...(.max))).sock"
        let group = try EventLoopGroup(count: 1)
        let loop = try EventLoop(name: "client")
        defer {
            group.shutdown()
            loop.shutdown()
        }
        let service = ScriptedEcho(onUnary: { _, call in EchoReply(Array((call.metadata["authorization"] ?? "").utf8)) })
        let server = try Server(services: [service], loops: group)
        try await server.start(on: SocketAddress(unixPath: path))
        var configuration = Channel.Configuration()
        configuration.credentials = .forEachCall { Metadata([("authorization", "Bearer x")]) }
        let client = EchoClient(try Channel("unix:\(path)", configuration: configuration, loop: loop))
        let reply = try await client.unary(EchoRequest([]))
        #expect(String(decoding: reply.payload, as: UTF8.self) == "Bearer x")
        await server.drain(grace: .seconds(20))
        _ = unsafe unlink(path)
    }
}
