import BenchAPI
import HTTP2
import Protobuf
import RPC
import Testing

/// Each frame is legal, and there are very many: memory stays bounded, other connections are served, the attacker's may end.
@Suite("Floods", .timeLimit(.minutes(5))) struct FloodTests {
    /// At least `count` times these frames.
    private static func repeated(_ frames: RawFrame..., times count: Int) -> [UInt8] {
        var bytes = frames.flatMap(\.bytes)
        let least = bytes.count * count
        while bytes.count < least { bytes += bytes }
        return bytes
    }

    /// Calls on `count` streams from `first` on, each with what `more` adds.
    private static func calls(_ count: Int, from first: UInt32 = 1, _ more: (UInt32) -> RawFrame) -> [UInt8] {
        (0..<UInt32(count)).flatMap { number in
            let stream = first + number * 2
            return RawFrame.headers(stream, RawFrame.call()).bytes + more(stream).bytes
        }
    }

    /// 15 bytes for each: POST, http and / are in HPACK's static table, and so is the name :authority.
    private static func smallestRequests(_ count: Int, from first: UInt32) -> [UInt8] {
        let section: [UInt8] = [0x83, 0x86, 0x84, 0x01, 0x01, 0x61]
        let frame = RawFrame(kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders, payload: section)
        var bytes = Self.repeated(frame, times: count)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            for index in 0..<count {
                let stream = first + UInt32(index) * 2
                unsafe buffer.storeBytes(of: stream.bigEndian, toByteOffset: index * 15 + 5, as: UInt32.self)
            }
        }
        return Array(bytes.prefix(count * 15))
    }

    /// Lets calls wait that say so.
    private static let holding = Interceptor { call, next in
        guard call.metadata["x-hold"] == nil else { return try await Event().wait() }
        try await next(call)
    }

    private static let held = RawFrame.call() + [("x-hold", "1")]

    @Test("streams that are opened and reset at once end their connection (CVE-2023-44487), whatever the resets say", arguments: [8, 0])
    func rapidReset(code: UInt32) async throws {
        let running = Counter()
        let counting = Interceptor { call, next in
            running.add()
            defer { running.add(-1) }
            try await next(call)
        }
        try await withLoopback(.cleartext, interceptors: [counting]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(Self.calls(3_000) { .reset($0, code) })
            try await raw.untilEnd()
            try await loopback.expectHealthy()
            #expect(running.highest <= 100)
        }
    }

    @Test("streams that we are made to reset end their connection, too (CVE-2025-8671)")
    func madeYouReset() async throws {
        // Nothing is refilled, so that the count does not hang on how fast the machine is.
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.resets.perSecond = 0 }) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            // A window beyond 2^31-1 on a stream is an error of that stream only.
            for round in 0..<20 as Range<UInt32> {
                try await raw.send(Self.calls(50, from: round * 100 + 1) { .windowUpdate($0, 0x7fff_ffff) })
                try await raw.roundTrip()
            }
            let frames = try await raw.untilEnd()
            let goAway = frames.last { $0.kind == RawFrame.Kind.goAway }
            #expect(goAway?.number(at: 4) == 11)
            #expect(frames.count { $0.kind == RawFrame.Kind.reset } < 400)
            try await loopback.expectHealthy()
        }
    }

    @Test("a few resets of either side harm nobody")
    func fewResets() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(Self.calls(90) { .reset($0) })
            try await raw.send(Self.calls(40, from: 1_001) { .windowUpdate($0, 0x7fff_ffff) })
            try await raw.send(.headers(2_001, RawFrame.call()), .data(2_001, RawFrame.message([]), end: true))
            #expect(try await raw.reply(2_001).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("more streams than we allow are refused before our SETTINGS are acknowledged, and an error after")
    func tooManyStreams() async throws {
        try await withLoopback(.cleartext, interceptors: [Self.holding]) { loopback in
            let raw = try await loopback.raw()
            for stream in stride(from: UInt32(1), to: 221, by: 2) { try await raw.send(.headers(stream, Self.held)) }
            #expect(try await raw.reply(219).reset == 7)
            let areRunning = await eventually { loopback.server.runningCalls == 100 }
            #expect(areRunning)
            try await raw.send(.settingsAcknowledgement, .headers(221, Self.held))
            try await raw.untilEnd()
            try await loopback.expectHealthy()
        }
    }

    @Test(
        "acknowledgements for one who does not read are bounded: the connection ends",
        arguments: [RawFrame.ping, RawFrame.settings([(0x100, 1)])])
    func acknowledgements(frame: RawFrame) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.read(false)
            try await raw.post(Self.repeated(frame, times: 300_000))
            let isGone = await eventually { loopback.server.connectionCounts == [0] }
            #expect(isGone)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a few pings are answered")
    func pings() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            for _ in 0..<50 { try await raw.send(.ping) }
            try await raw.roundTrip()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            let answers = try await raw.frames(RawFrame.Kind.ping)
            #expect(answers.count == 51)
            #expect(answers.allSatisfy { $0.flags == RawFrame.Flag.acknowledgement && $0.payload == RawFrame.ping.payload })
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test(
        "answers for one who neither reads nor acknowledges are bounded, refusals or more: it loses its connection or is not read from",
        arguments: [true, false])
    func answers(areRefusals: Bool) async throws {
        try await withLoopback(.cleartext, interceptors: [Self.holding]) { loopback in
            let raw = try await loopback.raw()
            try await raw.read(false)
            if areRefusals {
                for stream in stride(from: UInt32(1), to: 201, by: 2) { try await raw.send(.headers(stream, Self.held)) }
                let areRunning = await eventually { loopback.server.runningCalls == 100 }
                #expect(areRunning)
            }
            // Each has an answer of as many bytes at least, in sum more than all buffers of the kernel.
            for round in 0..<20 as Range<UInt32> { try await raw.post(Self.smallestRequests(100_000, from: round * 200_000 + 201)) }
            try await loopback.expectHealthy(connections: nil)
            let isStuck = await raw.isStuck { loopback.server.connectionCounts == [0] }
            #expect(isStuck)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("replies for one who does not read are bounded, on a hundred streams, and others are served meanwhile")
    func unreadReplies() async throws {
        let sent = Counter()
        let service = ScriptedEcho(onServerStream: { request, _, replies in
            let reply = EchoReply([UInt8](repeating: 1, count: 10_000))
            for _ in 0..<request.count {
                try await replies.send(reply)
                sent.add(reply.payload.count)
            }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.read(false)
            try await raw.send(.settings([(4, 0x7fff_0000)]), .windowUpdate(0, 0x7fff_0000))
            let request = RawFrame.message(EchoRequest([], count: 1_000_000).encoded())
            // In one piece: the server does not read from one who takes nothing, as it turns out after the first few megabytes of replies.
            let requests = stride(from: UInt32(1), to: 201, by: 2).flatMap { stream in
                RawFrame.headers(stream, RawFrame.call("/bench.v1.Echo/ServerStream")).bytes
                    + RawFrame.data(stream, request, end: true).bytes
            }
            try await raw.send(requests)
            let areRunning = await eventually { loopback.server.runningCalls == 100 }
            #expect(areRunning)
            let client = try loopback.client()
            for _ in 0..<100 { _ = try await client.unary(EchoRequest([1])) }
            // The kernel's buffers (10 MB at most, both ends), 256 KiB staged, 64 KiB and a message on each stream.
            let most = 10_000_000 + 300_000 + 100 * (64 * 1_024 + 20_000)
            #expect(sent.value < most)
            await client.channel.close()
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("who takes nothing of what waits for it loses its connection after a while, and others do not")
    func writeTimeout() async throws {
        try await withLoopback(.cleartext, [EchoService()], { $0.connectionLimits.writeTimeout = .milliseconds(100) }) { loopback in
            let raw = try await loopback.raw()
            try await raw.read(false)
            try await raw.send(.settings([(4, 0x7fff_0000)]), .windowUpdate(0, 0x7fff_0000))
            let request = RawFrame.message(EchoRequest([UInt8](repeating: 1, count: 10_000), count: 1_000_000).encoded())
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/ServerStream")), .data(1, request, end: true))
            let isGone = await eventually { loopback.server.connectionCounts == [0] && loopback.server.runningCalls == 0 }
            #expect(isGone)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a hundred thousand window updates, priorities and empty frames of data are no trouble")
    func smallFrames() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            let priority = RawFrame(kind: RawFrame.Kind.priority, stream: 1, payload: [0, 0, 0, 3, 200])
            try await raw.send(.headers(1, RawFrame.call()))
            try await raw.post(Self.repeated(.windowUpdate(0, 1), .windowUpdate(1, 1), priority, .data(1, []), times: 100_000))
            try await raw.post(RawFrame.data(1, RawFrame.message([]), end: true).bytes)
            // Served or thrown out: both are well.
            if let reply = try? await raw.reply(1) { #expect(reply.status == "0") }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("fifty thousand empty messages at once are read in a time that grows with their number, not with its square")
    func tinyMessages() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement, .headers(1, RawFrame.call("/bench.v1.Echo/ClientStream")))
            let frame = RawFrame.data(1, Self.messages(3_000))
            try await raw.send(Array(repeatElement(frame.bytes, count: 16).joined()) + RawFrame.data(1, [], end: true).bytes)
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    private static func messages(_ count: Int) -> [UInt8] {
        Array(repeatElement(RawFrame.message([]), count: count).joined())
    }
}
