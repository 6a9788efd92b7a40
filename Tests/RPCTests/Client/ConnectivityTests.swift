import BenchAPI
import Glibc
import HTTP2
import Net
import Protobuf
import RPC
import TLS
import TestSupport
import Testing

@Suite("A channel's states", .timeLimit(.minutes(2))) struct ConnectivityTests {
    private static let answer: FrameServer.Script = { .reply(EchoReply([7]).encoded(), on: $0.stream) }

    @Test("IDLE, CONNECTING, READY with the address, IDLE when the connection is lost, SHUTDOWN, and no more")
    func life() async throws {
        try await withFrameServer({ _ in }, Self.answer) { server, channel in
            var changes = channel.connectivityChanges.makeAsyncIterator()
            #expect(await changes.next()?.state == .idle)
            _ = try await EchoClient(channel).unary(EchoRequest([]))
            #expect(await changes.next()?.state == .connecting)
            let ready = try #require(await changes.next())
            #expect(ready.state == .ready)
            #expect(ready.reason.contains("\(server.address)"))
            try await server.send(
                RawFrame(kind: RawFrame.Kind.goAway, payload: RawFrame.number(1) + RawFrame.number(0) + Array("tired".utf8)))
            let idle = try #require(await changes.next())
            #expect(idle.state == .idle)
            #expect(idle.cause?.kind == .goAway(.noError, debug: "tired"))
            await channel.close()
            #expect(await changes.next()?.state == .shutdown)
            #expect(await changes.next() == nil)
            #expect(channel.connectivity.state == .shutdown)
            var late = channel.connectivityChanges.makeAsyncIterator()
            #expect(await late.next()?.state == .shutdown)
            #expect(await late.next() == nil)
        }
    }

    @Test("TRANSIENT_FAILURE says why, and when the next attempt is; calls fail with the same cause")
    func failure() async throws {
        try await withFrameServer({ $0.backoff.initial = .seconds(3_600) }, Self.answer) { server, channel in
            try await server.stop()
            let error = try await rpcError { try await channel.connect() }
            #expect(error.code == .unavailable)
            #expect(error.cause?.kind == .connect(errno: ECONNREFUSED))
            #expect(error.cause?.address == server.address)
            let connectivity = channel.connectivity
            #expect(connectivity.state == .transientFailure)
            #expect(connectivity.reason.contains("refused"))
            #expect(connectivity.nextAttempt != nil)
            let failed = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(failed.cause?.kind == .connect(errno: ECONNREFUSED))
            #expect(failed.message.contains("cannot connect to \(server.address)"))
        }
    }

    @Test("connect() connects without a call, and returns at once when it is connected")
    func connect() async throws {
        try await withFrameServer({ _ in }, Self.answer) { server, channel in
            try await channel.connect()
            #expect(channel.connectivity.state == .ready)
            #expect(try await server.connectionCount() == 1)
            try await channel.connect()
            #expect(try await server.connectionCount() == 1)
        }
    }

    @Test("a call that waits for ready outlasts failures; others fail at once")
    func waitForReady() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let first = try await FrameServer.start(on: loop, Self.answer)
        try await first.stop()
        let isUp = Event()
        var configuration = Channel.Configuration()
        configuration.backoff.initial = .milliseconds(1)
        configuration.limits.leastResolutionInterval = .zero
        let address = first.address
        let second = try await FrameServer.start(on: loop, Self.answer)
        configuration.lookUp = { _, _ in isUp.hasHappened ? [second.address] : [address] }
        let channel = try Channel("dns:///some.name:80", configuration: configuration, loop: loop)
        var options = CallOptions()
        options.waitsForReady = true
        async let reply = EchoClient(channel).unary(EchoRequest([]), options)
        let hasFailed = await eventually { channel.connectivity.state == .transientFailure }
        #expect(hasFailed)
        let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
        #expect(error.code == .unavailable)
        isUp.happen()
        #expect(try await reply.payload == [7])
        #expect(try await second.requests().count == 1)
        await channel.close()
        try await second.stop()
    }

    @Test("a name that does not resolve fails calls with that, and is tried again")
    func resolution() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let server = try await FrameServer.start(on: loop, Self.answer)
        let asked = Counter()
        var configuration = Channel.Configuration()
        configuration.backoff.initial = .milliseconds(1)
        configuration.lookUp = { host, port in
            switch asked.add() {
            case 1: throw NetError.resolution(name: "\(host):\(port)", reason: "no such thing")
            case 2: return []
            default: return [server.address]
            }
        }
        let channel = try Channel("dns:///some.name:80", configuration: configuration, loop: loop)
        let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
        #expect(error.code == .unavailable)
        #expect(error.cause?.kind == .resolution(name: "some.name"))
        #expect(error.message.contains("cannot resolve some.name:80: no such thing"))
        var options = CallOptions()
        options.waitsForReady = true
        #expect(try await EchoClient(channel).unary(EchoRequest([]), options).payload == [7])
        #expect(asked.value == 3)
        #expect(try await server.requests().first?.fields[":authority"] == "some.name:80")
        await channel.close()
        try await server.stop()
    }

    @Test("without a call for so long the connection is closed, and the next call makes a new one")
    func idle() async throws {
        try await withFrameServer({ $0.idleTimeout = .milliseconds(50) }, Self.answer) { server, channel in
            var changes = channel.connectivityChanges.makeAsyncIterator()
            _ = try await EchoClient(channel).unary(EchoRequest([]))
            var states: [ConnectivityState] = []
            while states.last != .idle || states.count < 2 { states.append(try #require(await changes.next()).state) }
            #expect(states == [.idle, .connecting, .ready, .idle])
            #expect(channel.connectivity.reason.contains("no call"))
            let isClosed = await eventually { (try? await server.openConnections()) == 0 }
            #expect(isClosed)
            #expect(try await EchoClient(channel).unary(EchoRequest([])).payload == [7])
            #expect(try await server.connectionCount() == 2)
        }
    }

    @Test("a call that runs keeps the channel from its idleness", arguments: Security.allCases)
    func notIdle(security: Security) async throws {
        let (started, release) = (Event(), Event())
        let service = ScriptedEcho(onUnary: { request, _ in
            started.happen()
            try await release.wait()
            return EchoReply(request.payload)
        })
        try await withLoopback(security, [service]) { loopback in
            let client = try loopback.client()
            async let reply = client.unary(EchoRequest([3]))
            try await started.wait()
            // It goes idle at the application's word, and the call goes on all the same.
            await client.channel.enterIdle()
            #expect(client.channel.connectivity.state == .idle)
            release.happen()
            #expect(try await reply.payload == [3])
            let isGone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(isGone)
            #expect(try await client.unary(EchoRequest([4])).payload == [4])
        }
    }

    @Test("who knows that the network is back need not wait for the backoff")
    func resetBackoff() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let server = try await FrameServer.start(on: loop, Self.answer)
        try await server.stop()
        var configuration = Channel.Configuration()
        configuration.backoff.initial = .seconds(3_600)
        let channel = try Channel("\(server.address)", configuration: configuration, loop: loop)
        _ = try await rpcError { try await channel.connect() }
        var changes = channel.connectivityChanges.makeAsyncIterator()
        let first = try #require(await changes.next())
        await channel.resetConnectBackoff()
        let second = try #require(await changes.next())
        #expect(first.state == .transientFailure && second.state == .transientFailure)
        await channel.close()
    }

    @Test("a connection that was lost, or given up, is freed", arguments: [true, false])
    func freed(isLost: Bool) async throws {
        try await withFrameServer({ $0.idleTimeout = nil }, Self.answer) { server, channel in
            _ = try await EchoClient(channel).unary(EchoRequest([]))
            #expect(await channel.snapshot().addresses.map(\.connections) == [1])
            if isLost { try await server.stop() } else { await channel.enterIdle() }
            let isFreed = await eventually { await channel.snapshot().addresses.allSatisfy { $0.connections == 0 } }
            #expect(isFreed)
        }
    }
}
