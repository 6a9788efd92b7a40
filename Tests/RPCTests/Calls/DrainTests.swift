import BenchAPI
import HTTP2
import Net
import Protobuf
import RPC
import TestSupport
import Testing

@Suite("Draining a server", .timeLimit(.minutes(5))) struct DrainTests {
    /// Longer than any test: what returns does so for another reason.
    private static let forEver = Duration.seconds(3_600)

    /// A method that waits for the test.
    private struct Held {
        let started = Event()
        let release = Event()

        var service: ScriptedEcho {
            ScriptedEcho(onUnary: { request, _ in
                started.happen()
                try await release.wait()
                return EchoReply(request.payload)
            })
        }
    }

    @Test("an idle server is drained at once, its port is free, and its clients connect no more", arguments: Security.allCases)
    func idle(security: Security) async throws {
        try await withLoopback(security) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([]))
            await loopback.server.drain(grace: Self.forEver)
            #expect(loopback.server.connectionCounts == [0])
            let error = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            let next = try Server(services: [EchoService()], loops: group)
            try await next.start(on: loopback.address)
            await next.drain(grace: .zero)
        }
    }

    @Test("a server that nobody has called, or that never started, is drained at once")
    func unused() async throws {
        try await withLoopback(loops: 2) { loopback in await loopback.server.drain(grace: Self.forEver) }
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        await (try Server(services: [], loops: group)).drain(grace: Self.forEver)
    }

    @Test("a running call gets its reply; meanwhile the same channel's next call goes to the next server", arguments: Security.allCases)
    func running(security: Security) async throws {
        let held = Held()
        try await withLoopback(security, [held.service]) { loopback in
            let client = try loopback.client()
            async let reply = client.unary(EchoRequest([1]))
            try await held.started.wait()
            let drained = Event()
            let draining = Task {
                await loopback.server.drain(grace: Self.forEver)
                drained.happen()
            }
            // The port is free as soon as nothing is accepted any more.
            let group = try EventLoopGroup(count: 1)
            defer { group.shutdown() }
            var configuration = Server.Configuration()
            if security == .mutualTLS { configuration.tls = try TestPKI.shared.serverContext() }
            let next = try Server(services: [EchoService()], configuration: configuration, loops: group)
            let hasTakenOver = await eventually { (try? await next.start(on: loopback.address)) != nil }
            #expect(hasTakenOver)
            let hasMoved = await eventually {
                guard next.connectionCounts == [0] else { return true }
                _ = try? await client.unary(EchoRequest([2]), CallOptions(timeout: .milliseconds(200)))
                return next.connectionCounts == [1]
            }
            #expect(hasMoved)
            #expect(!drained.hasHappened)
            #expect(loopback.server.connectionCounts == [1])
            held.release.happen()
            #expect(try await reply.payload == [1])
            await draining.value
            #expect(loopback.server.connectionCounts == [0])
            await next.drain(grace: Self.forEver)
        }
    }

    @Test("what has not ended within the grace is reset, its handler is cancelled", arguments: Security.allCases)
    func graceOver(security: Security) async throws {
        let held = Held()
        try await withLoopback(security, [held.service]) { loopback in
            let client = try loopback.client()
            async let error = rpcError { try await client.unary(EchoRequest([1])) }
            try await held.started.wait()
            await loopback.server.drain(grace: .milliseconds(50))
            #expect(loopback.server.connectionCounts == [0])
            #expect(try await error.code == .unavailable)
            let isIdle = await eventually { loopback.server.runningCalls == 0 }
            #expect(isIdle)
        }
    }

    @Test("two drains at once both return")
    func twice() async throws {
        try await withLoopback { loopback in
            _ = try await loopback.client().unary(EchoRequest([]))
            async let first: Void = loopback.server.drain(grace: Self.forEver)
            async let second: Void = loopback.server.drain(grace: Self.forEver)
            _ = await (first, second)
        }
    }

    @Test("a connection that has said nothing yet does not hold it up", arguments: Security.allCases)
    func silent(security: Security) async throws {
        try await withLoopback(security, [EchoService()], { $0.connectionLimits.handshakeTimeout = Self.forEver }) { loopback in
            let raw = try await RawConnection.open(to: loopback.address, on: loopback.loop, greeting: false)
            let isConnected = await eventually { loopback.server.connectionCounts == [1] }
            #expect(isConnected)
            await loopback.server.drain(grace: Self.forEver)
            #expect(loopback.server.connectionCounts == [0])
            try await raw.untilEnd()
        }
    }

    @Test("two GOAWAYs, a round trip apart: what is opened between them is served")
    func twoGoAways() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.goAwayTimeout = Self.forEver }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            async let drained: Void = loopback.server.drain(grace: Self.forEver)
            let notice = try await raw.frame("the first GOAWAY") { $0.kind == RawFrame.Kind.goAway }
            #expect(notice.number(at: 0) == 0x7fff_ffff)
            #expect(notice.number(at: 4) == 0)
            let ping = try await raw.frame("a PING") { $0.kind == RawFrame.Kind.ping }
            // On its way before the notice was read.
            try await raw.send(.headers(3, RawFrame.call()), .data(3, RawFrame.message([]), end: true))
            try await raw.send(RawFrame(kind: RawFrame.Kind.ping, flags: RawFrame.Flag.acknowledgement, payload: ping.payload))
            #expect(try await raw.reply(3).status == "0")
            await drained
            let goAways = try await raw.untilEnd().filter { $0.kind == RawFrame.Kind.goAway }
            #expect(goAways.map { $0.number(at: 0) } == [0x7fff_ffff, 3])
        }
    }

    @Test("a client that does not answer the PING is given up after a while")
    func noPingAnswer() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.goAwayTimeout = .milliseconds(20) }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
            _ = try await raw.reply(1)
            await loopback.server.drain(grace: Self.forEver)
            let goAways = try await raw.untilEnd().filter { $0.kind == RawFrame.Kind.goAway }
            #expect(goAways.count == 2)
        }
    }

    @Test("a client that opens streams after the last GOAWAY finds nobody")
    func late() async throws {
        let held = Held()
        try await withLoopback(.cleartext, [held.service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
            try await held.started.wait()
            async let drained: Void = loopback.server.drain(grace: Self.forEver)
            let ping = try await raw.frame("a PING") { $0.kind == RawFrame.Kind.ping }
            try await raw.send(RawFrame(kind: RawFrame.Kind.ping, flags: RawFrame.Flag.acknowledgement, payload: ping.payload))
            _ = try await raw.frame("the last GOAWAY") { $0.kind == RawFrame.Kind.goAway && $0.number(at: 0) == 1 }
            try await raw.send(.headers(3, RawFrame.call()), .data(3, RawFrame.message([]), end: true))
            held.release.happen()
            #expect(try await raw.reply(1).status == "0")
            await drained
            let frames = try await raw.untilEnd()
            #expect(!frames.contains { $0.stream == 3 && $0.kind == RawFrame.Kind.headers })
        }
    }

    @Test("a client that reads nothing does not hold it up beyond the grace")
    func unread() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.read(false)
            let request = EchoRequest([UInt8](repeating: 0, count: 10_000), count: 10_000).encoded()
            try await raw.send(.windowUpdate(0, 0x4000_0000), .settings([(4, 0x4000_0000)]))
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/ServerStream")))
            try await raw.send(.data(1, RawFrame.message(request), end: true))
            let isRunning = await eventually { loopback.server.runningCalls == 1 }
            #expect(isRunning)
            await loopback.server.drain(grace: .milliseconds(20))
            #expect(loopback.server.connectionCounts == [0])
            await raw.close()
        }
    }
}
