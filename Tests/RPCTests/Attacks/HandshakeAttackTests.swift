import BenchAPI
import HTTP2
import Net
import RPC
import TestSupport
import Testing

/// Whatever comes instead of a handshake ends its connection, and nothing else.
@Suite("Attacks on the handshake", .timeLimit(.minutes(5))) struct HandshakeAttackTests {
    /// Longer than any test: what ends does so for another reason.
    private static let forEver = Duration.seconds(3_600)

    private func open(_ loopback: Loopback) async throws -> RawConnection {
        try await RawConnection.open(to: loopback.address, on: loopback.loop, greeting: false)
    }

    private static let openings: [[UInt8]] = {
        var random = SeededRandom(seed: 20_261_121)
        var wrongPreface = RawFrame.preface
        wrongPreface[23] = 0
        // A TLS record of type 22 that announces 16 KiB, and one that announces more than a record may have.
        let records: [[UInt8]] = [[22, 3, 1, 64, 0] + random.bytes(16_384), [22, 3, 1, 255, 255] + random.bytes(70_000)]
        return [
            Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), wrongPreface, Array(repeating: 0, count: 100), random.bytes(1_000),
            RawFrame.settings().bytes + RawFrame.ping.bytes + random.bytes(100), Array("SSH-2.0-OpenSSH_9.2\r\n".utf8) + random.bytes(64),
        ] + records
    }()

    @Test("garbage instead of a preface, or of a TLS hello, ends the connection", arguments: Security.allCases, openings.indices)
    func garbage(security: Security, index: Int) async throws {
        try await withLoopback(security, [EchoService()], { $0.connectionLimits.handshakeTimeout = Self.forEver }) { loopback in
            let raw = try await open(loopback)
            try await raw.send(Self.openings[index])
            try await raw.untilEnd()
            try await loopback.expectHealthy()
        }
    }

    @Test("garbage behind a good preface ends the connection", arguments: [UInt64(1), 2, 3, 4, 5])
    func garbageFrames(seed: UInt64) async throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let bytes = random.bytes(50_000)
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(bytes)
            try await raw.untilEnd()
            try await loopback.expectHealthy()
        }
    }

    @Test("who says nothing, or half of it, is given up in time", arguments: Security.allCases, [0, 3, 24])
    func timeout(security: Security, count: Int) async throws {
        try await withLoopback(security, [EchoService()], { $0.connectionLimits.handshakeTimeout = .milliseconds(50) }) { loopback in
            let raw = try await open(loopback)
            // A whole preface without SETTINGS is not enough either.
            let hello: [UInt8] =
                security == .cleartext ? RawFrame.preface : [22, 3, 1, 2, 0, 1, 0, 1, 252] + [UInt8](repeating: 3, count: 15)
            try await raw.send(Array(hello.prefix(count)))
            try await raw.untilEnd()
            let isGone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(isGone)
        }
    }

    @Test("a handshake that comes byte by byte is one")
    func byteByByte() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.handshakeTimeout = Self.forEver }) { loopback in
            let raw = try await open(loopback)
            let bytes =
                RawFrame.preface + RawFrame.settings().bytes + RawFrame.headers(1, RawFrame.call()).bytes
                + RawFrame.data(1, RawFrame.message([10, 1, 7]), end: true).bytes
            for byte in bytes { try await raw.send([byte]) }
            let reply = try await raw.reply(1)
            #expect(reply.status == "0")
            #expect(reply.body == RawFrame.message([10, 1, 7]))
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a client may go away after any byte")
    func dropped() async throws {
        try await withLoopback { loopback in
            let bytes =
                RawFrame.preface + RawFrame.settings().bytes + RawFrame.headers(1, RawFrame.call("/bench.v1.Echo/BidiStream")).bytes
                + RawFrame.data(1, RawFrame.message([10, 1, 7])).bytes
            for count in 0...bytes.count {
                let raw = try await open(loopback)
                try await raw.send(Array(bytes.prefix(count)))
                await raw.close()
            }
            try await loopback.expectHealthy()
        }
    }

    @Test("a client may go away in the middle of a stream that is being sent to it", arguments: Security.allCases)
    func droppedWhileReading(security: Security) async throws {
        try await withLoopback(security) { loopback in
            for _ in 0..<10 {
                let client = try loopback.client()
                let replies = try await client.serverStream(EchoRequest([UInt8](repeating: 0, count: 50_000), count: 10_000))
                for try await _ in replies { break }
                await client.channel.close()
            }
            try await loopback.expectHealthy()
        }
    }

    @Test("two hundred connections that say nothing are no trouble, and are forgotten when they go")
    func idleConnections() async throws {
        try await withLoopback(loops: 2, { $0.connectionLimits.handshakeTimeout = Self.forEver }) { loopback in
            var connections: [RawConnection] = []
            for _ in 0..<200 { connections.append(try await open(loopback)) }
            let areThere = await eventually { loopback.server.connectionCounts == [100, 100] }
            #expect(areThere)
            try await loopback.expectHealthy(connections: 200)
            for connection in connections { await connection.close() }
            try await loopback.expectHealthy()
        }
    }
}
