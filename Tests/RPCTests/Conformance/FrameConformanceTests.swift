import BenchAPI
import HTTP2
import RPC
import Testing

/// What a client of RFC 9113 sends, right and wrong, and what has to come of it: the checks of h2spec, under its numbers.
struct Check: CustomTestStringConvertible, Sendable {
    enum Outcome: Sendable {
        /// The connection ends, with one of these codes.
        case goAway(_ codes: [UInt32])
        /// That, or a RST_STREAM with one of them.
        case reset(_ codes: [UInt32])
        /// The request on stream 1 is answered.
        case answer
        /// The connection goes on.
        case nothing
    }

    let testDescription: String
    let outcome: Outcome
    let frames: [RawFrame]

    init(_ description: String, _ outcome: Outcome, _ frames: RawFrame...) {
        self.init(description, outcome, frames)
    }

    init(_ description: String, _ outcome: Outcome, _ frames: [RawFrame]) {
        testDescription = description
        self.outcome = outcome
        self.frames = frames
    }

    // MARK: Codes of RFC 9113 §7

    static let protocolError: [UInt32] = [1]
    static let flowControl: [UInt32] = [3]
    static let streamClosed: [UInt32] = [5]
    static let frameSize: [UInt32] = [6]
    static let compression: [UInt32] = [9]

    // MARK: Requests

    static let get = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")]

    /// A request that is no call: it is answered with a line of text.
    static func request(_ stream: UInt32 = 1, end: Bool = true, _ more: [(String, String)] = []) -> RawFrame {
        .headers(stream, get + more, end: end)
    }

    static func section(_ bytes: [UInt8], _ stream: UInt32 = 1) -> RawFrame {
        RawFrame(kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders | RawFrame.Flag.endStream, stream: stream, payload: bytes)
    }

    static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    static func priority(_ stream: UInt32, on parent: UInt32 = 0, weight: UInt8 = 15, exclusive: Bool = false) -> RawFrame {
        RawFrame(
            kind: RawFrame.Kind.priority, stream: stream,
            payload: RawFrame.number(parent | (exclusive ? 0x8000_0000 : 0)) + [weight])
    }

    static func continuation(_ stream: UInt32 = 1, _ fields: [(String, String)] = [], last: Bool = true) -> RawFrame {
        RawFrame(
            kind: RawFrame.Kind.continuation, flags: last ? RawFrame.Flag.endHeaders : 0, stream: stream,
            payload: RawFrame.fieldSection(fields))
    }

    static func open(_ stream: UInt32 = 1) -> RawFrame {
        RawFrame.headers(stream, get, end: true, endHeaders: false)
    }

    // MARK: Running

    /// In one segment, or a segment for each frame: what is wrong then comes when its stream may have ended.
    func run(inOneSegment: Bool) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            if inOneSegment {
                try await raw.send(frames.flatMap(\.bytes))
            } else {
                for frame in frames { try await raw.send(frame) }
            }
            switch outcome {
            case .goAway(let codes):
                let ends = try await raw.untilEnd().filter { $0.kind == RawFrame.Kind.goAway }
                #expect(codes.contains(ends.last?.number(at: 4) ?? .max))
            case .reset(let codes):
                let end = try await raw.frame("an error") { frame in
                    frame.kind == RawFrame.Kind.goAway && codes.contains(frame.number(at: 4))
                        || frame.kind == RawFrame.Kind.reset && codes.contains(frame.number(at: 0))
                }
                #expect(end.kind == RawFrame.Kind.goAway || end.stream != 0)
            case .answer:
                let reply = try await raw.reply(1)
                #expect(reply.hasEnded && reply.header(":status") == "405")
            case .nothing:
                try await raw.roundTrip()
                try await raw.send(Check.request(101))
                #expect(try await raw.reply(101).header(":status") == "405")
            }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}

@Suite("Conformance: frames", .timeLimit(.minutes(2))) struct FrameConformanceTests {
    private typealias Kind = RawFrame.Kind
    private typealias Flag = RawFrame.Flag

    static let generic: [Check] = [
        Check("generic/2/1 PRIORITY on an idle stream", .answer, Check.priority(1), Check.request()),
        Check("generic/2/2 WINDOW_UPDATE on a half-closed stream", .answer, Check.request(), .windowUpdate(1, 100)),
        Check("generic/2/3 PRIORITY on a half-closed stream", .answer, Check.request(), Check.priority(1)),
        Check("generic/2/4 RST_STREAM on a half-closed stream", .nothing, Check.request(), .reset(1)),
        Check("generic/2/5 PRIORITY on a closed stream", .nothing, Check.request(), .reset(1), Check.priority(1)),
        Check("generic/3.1/1 DATA", .answer, Check.request(end: false), .data(1, [1, 2, 3, 4], end: true)),
        Check("generic/3.1/2 two DATA", .answer, Check.request(end: false), .data(1, [1, 2, 3, 4]), .data(1, [5], end: true)),
        Check(
            "generic/3.1/3 DATA with padding", .answer, Check.request(end: false),
            RawFrame(kind: Kind.data, flags: Flag.padded | Flag.endStream, stream: 1, payload: [2, 1, 2, 3, 0, 0])),
        Check("generic/3.2/1 HEADERS", .answer, Check.request()),
        Check(
            "generic/3.2/2 HEADERS with padding", .answer,
            RawFrame(
                kind: Kind.headers, flags: Flag.padded | Flag.endHeaders | Flag.endStream, stream: 1,
                payload: [2] + RawFrame.fieldSection(Check.get) + [0, 0])),
        Check(
            "generic/3.2/3 HEADERS with a priority", .answer,
            RawFrame(
                kind: Kind.headers, flags: 0x20 | Flag.endHeaders | Flag.endStream, stream: 1,
                payload: [0, 0, 0, 0, 200] + RawFrame.fieldSection(Check.get))),
        Check("generic/3.3/1 PRIORITY with weight 1", .answer, Check.priority(1, weight: 0), Check.request()),
        Check("generic/3.3/2 PRIORITY with weight 256", .answer, Check.priority(1, weight: 255), Check.request()),
        Check("generic/3.3/3 PRIORITY with a dependency", .answer, Check.priority(1, on: 3), Check.request()),
        Check("generic/3.3/4 exclusive PRIORITY", .answer, Check.priority(1, on: 3, exclusive: true), Check.request()),
        Check("generic/3.3/5 PRIORITY on an idle stream, then HEADERS on a lower one", .answer, Check.priority(5), Check.request()),
        Check("generic/3.4/1 RST_STREAM", .nothing, Check.request(end: false), .reset(1)),
        Check("generic/3.5/1 SETTINGS", .answer, .settings([(3, 100)]), Check.request()),
        Check("generic/3.7/1 PING", .answer, .ping, Check.request()),
        Check(
            "generic/3.7/2 an acknowledgement of no PING", .answer, RawFrame(kind: Kind.ping, flags: 1, payload: Check.zeros(8)),
            Check.request()),
        Check("generic/3.9/1 WINDOW_UPDATE on the connection", .answer, .windowUpdate(0, 1), Check.request()),
        Check("generic/3.9/2 WINDOW_UPDATE on a stream", .answer, Check.request(end: false), .windowUpdate(1, 1), .data(1, [], end: true)),
        Check("generic/3.10/1 CONTINUATION", .answer, Check.open(), Check.continuation(1, [("x", "y")])),
        Check(
            "generic/3.10/2 several CONTINUATION", .answer, Check.open(), Check.continuation(1, [("x", "y")], last: false),
            Check.continuation(1, [("x", "z")])),
        Check(
            "generic/4/4 a request with trailers", .answer, Check.request(end: false), .data(1, [1]), .headers(1, [("x", "1")], end: true)),
    ]

    static let formats: [Check] = [
        Check("4.1/1 a frame of an unknown type", .answer, RawFrame(kind: 0xff, payload: Check.zeros(8)), Check.request()),
        Check("4.1/2 unknown flags", .answer, RawFrame(kind: Kind.ping, flags: 0xfe, payload: Check.zeros(8)), Check.request()),
        Check("4.1/3 the reserved bit", .answer, RawFrame(kind: Kind.ping, stream: 0x8000_0000, payload: Check.zeros(8)), Check.request()),
        Check("4.2/1 a DATA frame of 2^14", .answer, Check.request(end: false), .data(1, Check.zeros(16_384), end: true)),
        Check("4.2/2 a larger DATA frame", .reset(Check.frameSize), Check.request(end: false), .data(1, Check.zeros(16_385), end: true)),
        Check("4.2/3 a larger HEADERS frame", .goAway(Check.frameSize), Check.request(1, [("x", String(repeating: "x", count: 16_400))])),
        Check("4.3/1 an invalid field block", .goAway(Check.compression), Check.section([0x40])),
        Check(
            "4.3/2 PRIORITY inside a header section", .goAway(Check.protocolError), Check.open(), Check.priority(1), Check.continuation()),
        Check("4.3/3 HEADERS inside a header section", .goAway(Check.protocolError), Check.open(), Check.request(3)),
        Check("5.4.1/1 an invalid PING", .goAway(Check.frameSize), RawFrame(kind: Kind.ping, payload: Check.zeros(6))),
        Check("5.5/1 an unknown frame", .answer, RawFrame(kind: 0x16, payload: Check.zeros(8)), Check.request()),
        Check(
            "5.5/2 an unknown frame inside a header section", .goAway(Check.protocolError), Check.open(),
            RawFrame(kind: 0x16, payload: Check.zeros(8)), Check.continuation()),
    ]

    static let types: [Check] = [
        Check("6.1/1 DATA on stream 0", .goAway(Check.protocolError), .data(0, [1])),
        Check("6.1/2 DATA on a half-closed stream", .reset(Check.streamClosed), Check.request(), .data(1, [1, 2, 3, 4], end: true)),
        Check(
            "6.1/3 too much padding in DATA", .goAway(Check.protocolError), Check.request(end: false),
            RawFrame(kind: Kind.data, flags: Flag.padded | Flag.endStream, stream: 1, payload: [6, 1, 2, 3, 4])),
        Check("6.2/1 HEADERS without end, then PRIORITY", .goAway(Check.protocolError), Check.open(), Check.priority(1)),
        Check("6.2/2 HEADERS without end, then HEADERS of another stream", .goAway(Check.protocolError), Check.open(), Check.request(3)),
        Check("6.2/3 HEADERS on stream 0", .goAway(Check.protocolError), Check.request(0)),
        Check(
            "6.2/4 too much padding in HEADERS", .goAway(Check.protocolError),
            RawFrame(kind: Kind.headers, flags: Flag.padded | Flag.endHeaders | Flag.endStream, stream: 1, payload: [100, 0x82])),
        Check("6.3/1 PRIORITY on stream 0", .goAway(Check.protocolError), Check.priority(0)),
        Check(
            "6.3/2 PRIORITY of four bytes", .reset(Check.frameSize), Check.request(end: false),
            RawFrame(kind: Kind.priority, stream: 1, payload: Check.zeros(4))),
        Check("6.4/1 RST_STREAM on stream 0", .goAway(Check.protocolError), .reset(0)),
        Check("6.4/2 RST_STREAM on an idle stream", .goAway(Check.protocolError), .reset(1)),
        Check(
            "6.4/3 RST_STREAM of three bytes", .goAway(Check.frameSize), Check.request(end: false),
            RawFrame(kind: Kind.reset, stream: 1, payload: Check.zeros(3))),
        Check("6.5/1 an acknowledgement with a payload", .goAway(Check.frameSize), RawFrame(kind: Kind.settings, flags: 1, payload: [0])),
        Check("6.5/2 SETTINGS on a stream", .goAway(Check.protocolError), RawFrame(kind: Kind.settings, stream: 1)),
        Check("6.5/3 SETTINGS of three bytes", .goAway(Check.frameSize), RawFrame(kind: Kind.settings, payload: Check.zeros(3))),
        Check("6.5.2/1 ENABLE_PUSH 2", .goAway(Check.protocolError), .settings([(2, 2)])),
        Check("6.5.2/2 INITIAL_WINDOW_SIZE 2^31", .goAway(Check.flowControl), .settings([(4, 0x8000_0000)])),
        Check("6.5.2/3 MAX_FRAME_SIZE below 2^14", .goAway(Check.protocolError), .settings([(5, 16_383)])),
        Check("6.5.2/4 MAX_FRAME_SIZE 2^24", .goAway(Check.protocolError), .settings([(5, 0x100_0000)])),
        Check("6.5.2/5 an unknown setting", .answer, .settings([(0xff, 1)]), Check.request()),
        Check("6.7/3 PING on a stream", .goAway(Check.protocolError), RawFrame(kind: Kind.ping, stream: 1, payload: Check.zeros(8))),
        Check("6.7/4 PING of six bytes", .goAway(Check.frameSize), RawFrame(kind: Kind.ping, payload: Check.zeros(6))),
        Check("6.8/1 GOAWAY on a stream", .goAway(Check.protocolError), RawFrame(kind: Kind.goAway, stream: 1, payload: Check.zeros(8))),
        Check("6.9/1 WINDOW_UPDATE of 0 on the connection", .goAway(Check.protocolError), .windowUpdate(0, 0)),
        Check("6.9/2 WINDOW_UPDATE of 0 on a stream", .reset(Check.protocolError), Check.request(end: false), .windowUpdate(1, 0)),
        Check(
            "6.9/3 WINDOW_UPDATE of three bytes", .goAway(Check.frameSize), RawFrame(kind: Kind.windowUpdate, payload: Check.zeros(3))),
        Check(
            "6.9.1/2 a window beyond 2^31-1 on the connection", .goAway(Check.flowControl), .windowUpdate(0, 0x7fff_ffff),
            .windowUpdate(0, 0x7fff_ffff)),
        Check(
            "6.9.1/3 a window beyond 2^31-1 on a stream", .reset(Check.flowControl), Check.request(end: false),
            .windowUpdate(1, 0x7fff_ffff), .windowUpdate(1, 0x7fff_ffff)),
        Check("6.9.2/3 SETTINGS with a window beyond 2^31-1", .goAway(Check.flowControl), .settings([(4, 0x8000_0000)])),
        Check(
            "6.10/1 several CONTINUATION", .answer, Check.open(), Check.continuation(1, [("a", "b")], last: false),
            Check.continuation(1, [("c", "d")])),
        Check(
            "6.10/2 DATA between CONTINUATION", .goAway(Check.protocolError), Check.open(), Check.continuation(last: false), .data(1, [1])),
        Check("6.10/3 CONTINUATION on stream 0", .goAway(Check.protocolError), Check.open(), Check.continuation(0)),
        Check("6.10/4 CONTINUATION behind complete HEADERS", .goAway(Check.protocolError), Check.request(), Check.continuation()),
        Check(
            "6.10/5 CONTINUATION behind the last CONTINUATION", .goAway(Check.protocolError), Check.open(), Check.continuation(),
            Check.continuation()),
        Check(
            "6.10/6 CONTINUATION behind DATA", .goAway(Check.protocolError), Check.request(end: false), .data(1, [1]), Check.continuation()),
        Check(
            "7/1 GOAWAY with an unknown code", .answer, Check.request(),
            RawFrame(kind: Kind.goAway, payload: Check.zeros(4) + RawFrame.number(0xff))),
        Check("7/2 RST_STREAM with an unknown code", .nothing, Check.request(end: false), .reset(1, 0xff)),
        Check(
            "8.2/1 PUSH_PROMISE", .goAway(Check.protocolError), Check.request(end: false),
            RawFrame(kind: Kind.pushPromise, flags: Flag.endHeaders, stream: 1, payload: [0, 0, 0, 2] + RawFrame.fieldSection(Check.get))),
    ]

    @Test("what is right is answered", arguments: generic, [true, false])
    func right(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }

    @Test("sections 4 and 5: the format of frames", arguments: formats, [true, false])
    func format(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }

    @Test("sections 6 to 8: each type of frame", arguments: types, [true, false])
    func type(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }
}
