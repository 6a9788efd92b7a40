import BenchAPI
import HTTP2
import RPC
import Testing

/// Frames that RFC 9113 forbids end the connection with the error that it names, and nothing else.
@Suite("Frames that are wrong", .timeLimit(.minutes(5))) struct FrameAttackTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        /// Of the GOAWAY; nil when the connection may end without one.
        let code: UInt32?

        init(_ description: String, _ code: UInt32?, _ frames: RawFrame...) {
            self.init(description, code, frames)
        }

        init(_ description: String, _ code: UInt32?, _ frames: [RawFrame]) {
            testDescription = description
            self.code = code
            bytes = frames.flatMap(\.bytes)
        }
    }

    private static let head = RawFrame.headers(1, RawFrame.call())
    private static let openHead = RawFrame.headers(1, RawFrame.call(), endHeaders: false)
    private static let continuation = RawFrame(kind: RawFrame.Kind.continuation, stream: 1, payload: RawFrame.fieldSection([("x", "y")]))

    private static func section(_ bytes: [UInt8]) -> RawFrame {
        RawFrame(kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders, stream: 1, payload: bytes)
    }

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    static let attacks: [Attack] = [
        Attack("DATA on stream 0", 1, .data(0, [1])),
        Attack("HEADERS on stream 0", 1, .headers(0, RawFrame.call())),
        Attack("HEADERS on a stream below the last", 1, .headers(3, RawFrame.call()), head),
        Attack("HEADERS on an even stream", 1, .headers(2, RawFrame.call())),
        Attack("DATA on an idle stream", 1, .data(1, [1])),
        Attack("RST_STREAM on an idle stream", 1, .reset(1)),
        Attack("RST_STREAM on stream 0", 1, .reset(0)),
        Attack("RST_STREAM of three bytes", 6, head, RawFrame(kind: RawFrame.Kind.reset, stream: 1, payload: [0, 0, 8])),
        Attack("WINDOW_UPDATE of 0 on the connection", 1, .windowUpdate(0, 0)),
        Attack("WINDOW_UPDATE beyond 2^31-1 on the connection", 3, .windowUpdate(0, 0x7fff_ffff), .windowUpdate(0, 0x7fff_ffff)),
        Attack("WINDOW_UPDATE on an idle stream", 1, .windowUpdate(1, 1)),
        Attack("SETTINGS on a stream", 1, RawFrame(kind: RawFrame.Kind.settings, stream: 1)),
        Attack("SETTINGS of five bytes", 6, RawFrame(kind: RawFrame.Kind.settings, payload: zeros(5))),
        Attack(
            "an acknowledgement of SETTINGS with a payload", 6,
            RawFrame(kind: RawFrame.Kind.settings, flags: RawFrame.Flag.acknowledgement, payload: zeros(6))),
        Attack("a window of 2^31", 3, .settings([(4, 0x8000_0000)])),
        Attack("a frame size of 1", 1, .settings([(5, 1)])),
        Attack("ENABLE_PUSH 2", 1, .settings([(2, 2)])),
        Attack("33 settings in one frame", nil, .settings((0..<33).map { (UInt16(0x100 + $0), 0) })),
        Attack("PING of seven bytes", 6, RawFrame(kind: RawFrame.Kind.ping, payload: zeros(7))),
        Attack("PING on a stream", 1, RawFrame(kind: RawFrame.Kind.ping, stream: 1, payload: zeros(8))),
        Attack("a frame of more than 16 KiB", 6, head, .data(1, zeros(16_385))),
        Attack(
            "PUSH_PROMISE from a client", 1, head, RawFrame(kind: RawFrame.Kind.pushPromise, flags: 4, stream: 1, payload: [0, 0, 0, 2])),
        Attack("CONTINUATION without HEADERS", 1, continuation),
        Attack("another frame between HEADERS and CONTINUATION", 1, openHead, .ping),
        Attack("CONTINUATION of another stream", 1, openHead, RawFrame(kind: RawFrame.Kind.continuation, stream: 3)),
        Attack("a header section in a thousand pieces", nil, [openHead] + Array(repeating: continuation, count: 1_000)),
        Attack("index 0 in HPACK", 9, section([0x80])),
        Attack("an HPACK index beyond the table", 9, section([0xff, 0x7f])),
        Attack("an HPACK integer without end", 9, section(Array(repeating: 0xff, count: 100))),
        Attack("an HPACK string beyond its frame", 9, section([0, 0x7f, 0xff, 0x7f])),
        Attack(
            "padding that is longer than its frame", 1, head,
            RawFrame(kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: 1, payload: [200, 1, 2])),
        Attack("GOAWAY of seven bytes", 6, RawFrame(kind: RawFrame.Kind.goAway, payload: zeros(7))),
    ]

    @Test("the connection ends, with the error that the RFC names", arguments: attacks)
    func connection(attack: Attack) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(attack.bytes)
            let goAways = try await raw.untilEnd().filter { $0.kind == RawFrame.Kind.goAway }
            if let code = attack.code { #expect(goAways.last?.number(at: 4) == code) }
            try await loopback.expectHealthy()
        }
    }

    @Test("a header section in a few pieces is one")
    func fewContinuations() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            var last = Self.continuation
            last.flags = RawFrame.Flag.endHeaders
            try await raw.send(Self.openHead, Self.continuation, last, .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("frames of unknown kinds, and priorities, mean nothing")
    func unknownKinds() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            let unknown = RawFrame(kind: 0xbe, flags: 0xff, stream: 1, payload: [1, 2, 3])
            let priority = RawFrame(kind: RawFrame.Kind.priority, stream: 1, payload: [0, 0, 0, 3, 200])
            try await raw.send(unknown, priority, Self.head, unknown, priority, .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("padding is no part of a message, and its window comes back")
    func padding() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            // Room for the reply.
            try await raw.send(.settings([(4, 0x10_0000)]), .windowUpdate(0, 0x10_0000))
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/ClientStream")))
            // 8 MB of padding, six bytes of message in each frame: more than the connection's window and thirty times the stream's.
            let message = RawFrame.message([10, 130, 1] + [UInt8](repeating: 1, count: 130))
            let frames = stride(from: 0, to: message.count, by: 6).flatMap { start in
                RawFrame(
                    kind: RawFrame.Kind.data, flags: RawFrame.Flag.padded, stream: 1,
                    payload: [255] + message[start..<min(start + 6, message.count)] + Self.zeros(255)
                ).bytes
            }
            for _ in 0..<1_380 {
                try await raw.send(frames)
                try await raw.roundTrip()
            }
            try await raw.send(.data(1, [], end: true))
            let reply = try await raw.reply(1)
            #expect(reply.status == "0")
            let payload = 1_380 * 130
            #expect(reply.body.count == 9 + payload)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("more than the stream's window ends the call or the connection")
    func flowControl() async throws {
        // Nothing is read: no window comes back.
        let holding = Interceptor { call, next in
            guard call.metadata["x-hold"] == nil else { return try await Event().wait() }
            try await next(call)
        }
        try await withLoopback(.cleartext, interceptors: [holding]) { loopback in
            let raw = try await loopback.raw()
            // Whole messages, which nobody takes: 17 × 16 KiB are more than 256 KiB.
            let frame = RawFrame.data(1, RawFrame.message(Self.zeros(16_379)))
            try await raw.send(
                RawFrame.headers(1, RawFrame.call() + [("x-hold", "1")]).bytes + Array(repeatElement(frame.bytes, count: 17).joined()))
            let end = try await raw.frame("an error") { $0.kind == RawFrame.Kind.goAway || $0.kind == RawFrame.Kind.reset }
            #expect(end.number(at: end.kind == RawFrame.Kind.goAway ? 4 : 0) == 3)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
