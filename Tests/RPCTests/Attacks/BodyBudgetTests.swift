import BenchAPI
import HTTP2
import Protobuf
import RPC
import Testing

/// What one connection, and all of them, may have us keep of messages that nobody has taken.
@Suite("Unread messages", .timeLimit(.minutes(5))) struct BodyBudgetTests {
    private static let upload = "/bench.v1.Echo/ClientStream"
    private static let window = Int(HTTP2.Limits.standard.streamWindowBytes)
    private static let longest = RPC.Limits.standard.receivedMessageBytes

    /// In frames of the usual size.
    private static func frames(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 16_384).flatMap { start in
            let stop = min(bytes.count, start + 16_384)
            return RawFrame.data(stream, Array(bytes[start..<stop]), end: end && stop == bytes.count).bytes
        }
    }

    /// An EchoRequest, with its prefix.
    private static func message(payload: Int) -> [UInt8] { RawFrame.message(EchoRequest([UInt8](repeating: 7, count: payload)).encoded()) }

    private static func begin(_ stream: UInt32) -> [UInt8] { RawFrame.headers(stream, RawFrame.call(upload)).bytes }

    /// Bytes that WINDOW_UPDATEs gave to `stream`.
    private static func given(_ raw: RawConnection, _ stream: UInt32) async throws -> Int {
        try await raw.frames(RawFrame.Kind.windowUpdate).filter { $0.stream == stream }.reduce(0) { $0 + Int($1.number(at: 0)) }
    }

    /// Sends all of `bytes` as far as the stream's window goes, and the rest as it opens.
    private static func send(_ bytes: [UInt8], on stream: UInt32, of raw: RawConnection) async throws {
        var sent = 0
        while sent < bytes.count {
            let window = Self.window + (try await given(raw, stream)) - sent
            let count = min(window, bytes.count - sent)
            if count == 0 {
                try await raw.roundTrip()
                continue
            }
            try await raw.send(frames(stream, Array(bytes[sent..<sent + count]), end: sent + count == bytes.count))
            sent += count
        }
    }

    @Test("of a hundred unfinished messages of 4 MiB four have more than their stream's window")
    func unfinished() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            try await raw.roundTrip()
            let streams = (0..<100 as Range<UInt32>).map { $0 * 2 + 1 }
            let part = [0] + RawFrame.number(UInt32(Self.longest)) + [UInt8](repeating: 7, count: Self.window - 5)
            for stream in streams { try await raw.send(Self.begin(stream) + Self.frames(stream, part)) }
            try await raw.roundTrip()
            #expect(try await loopback.server.http.claimedBytes() == [4 * Self.longest])
            #expect(loopback.server.heldBodyBytes >= 100 * (Self.window - 5))
            // An array may be twice as long as what is in it.
            #expect(loopback.server.heldBodyBytes <= 2 * 100 * Self.window)
            var opened: [UInt32] = []
            for stream in streams where try await Self.given(raw, stream) > 0 { opened.append(stream) }
            #expect(opened == [1, 3, 5, 7])
            // One of them goes: the next has its turn.
            try await raw.send(.reset(3), .reset(21))
            try await raw.roundTrip()
            #expect(try await Self.given(raw, 9) > 0)
            #expect(try await loopback.server.http.claimedBytes() == [4 * Self.longest])
            await raw.close()
            let isFree = await eventually { loopback.server.heldBodyBytes == 0 }
            #expect(isFree)
            try await loopback.expectHealthy()
        }
    }

    @Test("a message that waits for room gets it when another has come, read or not, and does not count as slow before that")
    func waits() async throws {
        let read = Event()
        let service = ScriptedEcho(onClientStream: { requests, _ in
            try await read.wait()
            var bytes = 0
            for try await request in requests { bytes += request.payload.count }
            return EchoReply([UInt8](repeating: 1, count: bytes / 1_000))
        })
        try await withLoopback(
            .cleartext, [service],
            {
                $0.connectionLimits.longMessageBytes = Self.window
                $0.connectionLimits.sweepInterval = .milliseconds(1)
                $0.connectionLimits.streamTimeout = .seconds(3_600)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            try await raw.roundTrip()
            let message = Self.message(payload: 300_000)
            for stream in [1, 3] as [UInt32] {
                try await raw.send(Self.begin(stream) + Self.frames(stream, Array(message.prefix(Self.window))))
            }
            for _ in 0..<20 { try await raw.roundTrip() }
            #expect(try await Self.given(raw, 1) > 0)
            #expect(try await Self.given(raw, 3) == 0)
            try await raw.send(Self.frames(1, Array(message.dropFirst(Self.window)), end: true))
            _ = try await raw.frame("window for the second") { $0.kind == RawFrame.Kind.windowUpdate && $0.stream == 3 }
            try await raw.send(Self.frames(3, Array(message.dropFirst(Self.window)), end: true))
            read.happen()
            for stream in [1, 3] as [UInt32] {
                let reply = try await raw.reply(stream)
                #expect(reply.status == "0")
                #expect(reply.body == RawFrame.message(EchoReply([UInt8](repeating: 1, count: 300)).encoded()))
            }
            #expect(try await loopback.server.http.claimedBytes() == [0])
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a client that does not read the long replies of some calls reads those of another")
    func replies() async throws {
        let service = ScriptedEcho(onServerStream: { _, _, replies in
            try await replies.send(EchoReply([UInt8](repeating: 1, count: 1 << 20)))
            try await Event().wait()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client { $0.connectionLimits.longMessageBytes = Self.window }
            var calls: [Inbound<EchoReply>] = []
            for _ in 0..<4 { calls.append(try await client.serverStream(EchoRequest([]))) }
            for call in calls.reversed() {
                var iterator = call.makeAsyncIterator()
                #expect(try await iterator.next()?.payload.count == 1 << 20)
            }
            await client.channel.close()
        }
    }

    @Test("a connection whose messages nobody reads holds no more than it may")
    func connection() async throws {
        let read = Event()
        let service = ScriptedEcho(onClientStream: { requests, _ in
            try await read.wait()
            for try await _ in requests {}
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service], { $0.connectionLimits.connectionBodyBytes = 1 << 20 }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            try await raw.roundTrip()
            let part = Array(Self.message(payload: 300_000).prefix(Self.window))
            for stream in [1, 3, 5, 7, 9, 11] as [UInt32] { try await raw.send(Self.begin(stream) + Self.frames(stream, part)) }
            try await raw.roundTrip()
            #expect(loopback.server.heldBodyBytes <= 1 << 20)
            #expect(loopback.server.violations[.bodyBudget, default: 0] >= 1)
            read.happen()
            #expect(try await raw.reply(11).status == "8")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("tens of thousands of messages of one byte hold about what they have on the wire")
    func tiny() async throws {
        let service = ScriptedEcho(onClientStream: { _, _ in
            try await Event().wait()
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            try await raw.roundTrip()
            let count = Self.window / 6
            let bytes = Array(repeatElement(RawFrame.message([0]), count: count).joined())
            try await raw.send(Self.begin(1) + Self.frames(1, bytes))
            try await raw.roundTrip()
            #expect(loopback.server.heldBodyBytes >= bytes.count - 6)
            #expect(loopback.server.heldBodyBytes <= 2 * bytes.count + 1_000)
            #expect(try await Self.given(raw, 1) == 0)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("when the server holds too much, streams of connections that hold much end, and small calls go on")
    func server() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.serverBodyBytes = 1 << 20 }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            try await raw.roundTrip()
            let part = [0] + RawFrame.number(UInt32(Self.longest)) + [UInt8](repeating: 7, count: Self.window - 5)
            for stream in [1, 3, 5, 7, 9, 11] as [UInt32] { try await raw.send(Self.begin(stream) + Self.frames(stream, part)) }
            try await raw.roundTrip()
            let last = try await raw.reply(11)
            #expect(last.status == "8")
            #expect(last.message?.contains("try again later") == true)
            #expect(loopback.server.violations[.bodyBudget, default: 0] >= 1)
            #expect(loopback.server.heldBodyBytes <= 1 << 20)
            let client = try loopback.client()
            let calls = loopback.server.violations[.bodyBudget]
            for size in [0, 20, 16_000, 40_000] {
                let payload = [UInt8](repeating: 5, count: size)
                #expect(try await client.unary(EchoRequest(payload)).payload == payload)
            }
            #expect(loopback.server.violations[.bodyBudget] == calls)
            await client.channel.close()
            try await loopback.expectHealthyAfterClosing(raw)
            #expect(loopback.server.heldBodyBytes == 0)
        }
    }

    @Test("long messages of many calls at once all go through one connection", arguments: [16_384, 65_535, 262_144] as [Int32])
    func ordinary(window: Int32) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.streamWindowBytes = window
                $0.connectionLimits.longMessageBytes = 1_000_000
            }
        ) { loopback in
            let client = try loopback.client {
                $0.connectionLimits.streamWindowBytes = window
                $0.connectionLimits.longMessageBytes = 1_000_000
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<40 {
                    let payload = (0..<400_000 + number * 1_000).map { UInt8(truncatingIfNeeded: $0 &* (number + 3)) }
                    group.addTask {
                        let reply = try await client.unary(EchoRequest(payload))
                        #expect(reply.payload == payload)
                    }
                }
                try await group.waitForAll()
            }
            #expect(loopback.server.heldBodyBytes == 0)
            #expect(try await loopback.server.http.claimedBytes() == [0])
            await client.channel.close()
        }
    }
}
