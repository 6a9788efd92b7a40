import BenchAPI
import HTTP2
import RPC
import Testing

@Suite("Conformance: streams and requests", .timeLimit(.minutes(2))) struct StreamConformanceTests {
    static let states: [Check] = [
        Check("5.1/1 DATA on an idle stream", .goAway(Check.protocolError), .data(1, [1, 2, 3, 4], end: true)),
        Check("5.1/2 RST_STREAM on an idle stream", .goAway(Check.protocolError), .reset(1)),
        Check("5.1/3 WINDOW_UPDATE on an idle stream", .goAway(Check.protocolError), .windowUpdate(1, 100)),
        Check("5.1/4 CONTINUATION on an idle stream", .goAway(Check.protocolError), Check.continuation(1, Check.get)),
        Check("5.1/5 DATA on a half-closed stream", .reset(Check.streamClosed), Check.request(), .data(1, [1, 2, 3, 4], end: true)),
        Check("5.1/6 HEADERS on a half-closed stream", .reset(Check.streamClosed), Check.request(), Check.request()),
        Check(
            "5.1/7 CONTINUATION on a half-closed stream", .reset(Check.streamClosed + Check.protocolError), Check.request(),
            Check.continuation(1, Check.get)),
        Check(
            "5.1/8 DATA behind RST_STREAM", .reset(Check.streamClosed), Check.request(end: false), .reset(1),
            .data(1, [1, 2, 3, 4], end: true)),
        Check("5.1/9 HEADERS behind RST_STREAM", .reset(Check.streamClosed), Check.request(end: false), .reset(1), Check.request()),
        Check(
            "5.1/10 CONTINUATION behind RST_STREAM", .reset(Check.streamClosed + Check.protocolError), Check.request(end: false),
            .reset(1), Check.continuation(1, [("x", "y")])),
        Check("5.1.1/1 an even stream", .goAway(Check.protocolError), Check.request(2)),
        Check("5.1.1/2 a stream below the last", .goAway(Check.protocolError), Check.request(5), Check.request(3)),
        Check(
            "5.3.1/1 HEADERS that depend on themselves", .reset(Check.protocolError),
            RawFrame(
                kind: RawFrame.Kind.headers, flags: 0x25, stream: 1, payload: [0, 0, 0, 1, 255] + RawFrame.fieldSection(Check.get))),
        Check("5.3.1/2 PRIORITY that depends on itself", .reset(Check.protocolError), Check.priority(2, on: 2)),
    ]

    static let requests: [Check] = [
        Check(
            "8.1/1 a second HEADERS that does not end the request", .reset(Check.protocolError), Check.request(end: false),
            Check.request(end: false)),
        Check("8.1.2/1 an upper-case name", .reset(Check.protocolError), Check.request(1, [("X-TEST", "ok")])),
        Check(
            "8.1.2.1/1 an unknown pseudo-header field", .reset(Check.protocolError), .headers(1, [(":test", "ok")] + Check.get, end: true)),
        Check("8.1.2.1/2 :status in a request", .reset(Check.protocolError), .headers(1, [(":status", "200")] + Check.get, end: true)),
        Check(
            "8.1.2.1/3 a pseudo-header field in trailers", .reset(Check.protocolError), Check.request(end: false),
            .headers(1, [(":method", "GET")], end: true)),
        Check(
            "8.1.2.1/4 a pseudo-header field behind others", .reset(Check.protocolError), .headers(1, [("x", "y")] + Check.get, end: true)),
        Check("8.1.2.2/1 connection", .reset(Check.protocolError), Check.request(1, [("connection", "keep-alive")])),
        Check("8.1.2.2/2 te: trailers, deflate", .reset(Check.protocolError), Check.request(1, [("te", "trailers, deflate")])),
        Check("8.1.2.3/1 an empty :path", .reset(Check.protocolError), without(":path", adding: [(":path", "")])),
        Check("8.1.2.3/2 no :method", .reset(Check.protocolError), without(":method")),
        Check("8.1.2.3/3 no :scheme", .reset(Check.protocolError), without(":scheme")),
        Check("8.1.2.3/4 no :path", .reset(Check.protocolError), without(":path")),
        Check("8.1.2.3/5 two :method", .reset(Check.protocolError), .headers(1, [(":method", "GET")] + Check.get, end: true)),
        Check("8.1.2.3/6 two :scheme", .reset(Check.protocolError), .headers(1, [(":scheme", "http")] + Check.get, end: true)),
        Check("8.1.2.3/7 two :path", .reset(Check.protocolError), .headers(1, [(":path", "/")] + Check.get, end: true)),
        Check(
            "8.1.2.6/1 a content-length that is not DATA's", .reset(Check.protocolError),
            Check.request(end: false, [("content-length", "1")]),
            .data(1, [1, 2, 3, 4], end: true)),
        Check(
            "8.1.2.6/2 a content-length that is not the sum of DATA", .reset(Check.protocolError),
            Check.request(end: false, [("content-length", "1")]), .data(1, [1]), .data(1, [1, 2, 3, 4], end: true)),
    ]

    static let hpack: [Check] = [
        Check("generic/5/1 an indexed field", .answer, Check.section([0x82, 0x86, 0x84, 0x01, 0x01, 0x61])),
        Check(
            "generic/5/2 a literal with incremental indexing", .answer,
            Check.section([0x82, 0x86, 0x84, 0x41, 0x01, 0x61, 0x40, 1, 120, 1, 121, 0xbe])),
        Check("generic/5/3 a literal never indexed", .answer, Check.section([0x82, 0x86, 0x84, 0x11, 0x01, 0x61, 0x10, 1, 120, 1, 121])),
        Check("generic/5/4 a Huffman code", .answer, Check.section([0x82, 0x86, 0x84, 0x01, 0x81, 0x1f])),
        Check("generic/5/5 a smaller table", .answer, Check.section([0x20, 0x3f, 0xe1, 0x1f, 0x82, 0x86, 0x84, 0x01, 0x01, 0x61])),
        Check("hpack/2.3.3/1 an indexed field beyond the table", .goAway(Check.compression), Check.section([0xbe])),
        Check("hpack/2.3.3/2 a name beyond the table", .goAway(Check.compression), Check.section([0x7f, 0x00, 1, 120])),
        Check(
            "hpack/4.2/1 a change of the table's size at the end of a section", .goAway(Check.compression),
            Check.section([0x82, 0x86, 0x84, 0x01, 0x01, 0x61, 0x20])),
        // 'a' is 00011: what follows has to be ones, and fewer than eight of them.
        Check("hpack/5.2/1 a Huffman code with eight bits of padding", .goAway(Check.compression), huffman([0x1f, 0xff])),
        Check("hpack/5.2/2 a Huffman code padded with zeros", .goAway(Check.compression), huffman([0x18])),
        Check("hpack/5.2/3 a Huffman code with EOS", .goAway(Check.compression), huffman([0xff, 0xff, 0xff, 0xff])),
        Check("hpack/6.1/1 index 0", .goAway(Check.compression), Check.section([0x80])),
        Check("hpack/6.3/1 a table larger than allowed", .goAway(Check.compression), Check.section([0x3f, 0xe2, 0x1f, 0x82, 0x86, 0x84])),
    ]

    private static func without(_ name: String, adding more: [(String, String)] = []) -> RawFrame {
        .headers(1, more + Check.get.filter { $0.0 != name }, end: true)
    }

    private static func huffman(_ value: [UInt8]) -> RawFrame {
        Check.section([0x82, 0x86, 0x84, 0x00, 1, 120, 0x80 | UInt8(value.count)] + value)
    }

    @Test("section 5: states and numbers of streams", arguments: states, [true, false])
    func state(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }

    @Test("section 8: requests", arguments: requests, [true, false])
    func request(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }

    @Test("RFC 7541", arguments: hpack, [true, false])
    func compression(check: Check, inOneSegment: Bool) async throws { try await check.run(inOneSegment: inOneSegment) }

    @Test("5.1/11 to 13: DATA, HEADERS and CONTINUATION on a stream that has ended", arguments: [0, 1, 2])
    func closed(which: Int) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(Check.request())
            #expect(try await raw.reply(1).hasEnded)
            try await raw.send([.data(1, [1, 2, 3, 4], end: true), Check.request(), Check.continuation(1, [("x", "y")])][which])
            let codes = which == 2 ? Check.streamClosed + Check.protocolError : Check.streamClosed
            #expect(codes.contains(try await raw.untilEnd().last { $0.kind == RawFrame.Kind.goAway }?.number(at: 4) ?? .max))
            try await loopback.expectHealthy()
        }
    }

    @Test("5.1.2/1: more streams than we allow")
    func concurrency() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            // Without a window no reply ends.
            try await raw.send(.settings([(4, 0)]), .settingsAcknowledgement)
            try await raw.send(stride(from: UInt32(1), to: 203, by: 2).flatMap { Check.request($0).bytes })
            let end = try await raw.frame("an error") { $0.kind == RawFrame.Kind.goAway || $0.kind == RawFrame.Kind.reset }
            #expect([1, 7].contains(end.number(at: end.kind == RawFrame.Kind.goAway ? 4 : 0)))
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("6.5.3/1, 6.9.1/1: the last of two windows counts, and no more than it is sent")
    func window() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settings([(4, 100), (4, 1)]))
            _ = try await raw.frame("an acknowledgement") { $0.kind == RawFrame.Kind.settings && $0.flags & 1 == 1 }
            try await raw.send(Check.request())
            #expect(try await raw.frame("DATA") { $0.kind == RawFrame.Kind.data }.payload.count == 1)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("6.9.2/1, 2: a window that changes, below zero, too, holds for open streams")
    func changedWindow() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settings([(4, 3)]), Check.request())
            let first = try await raw.frame("three bytes") { $0.kind == RawFrame.Kind.data }
            #expect(first.payload.count == 3)
            // 3 bytes are sent: the window becomes -1, then 1.
            try await raw.send(.settings([(4, 2)]), .windowUpdate(1, 2))
            let second = try await raw.frame("one more byte", count: 2) { $0.kind == RawFrame.Kind.data }
            #expect(second.payload.count == 1)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("6.7/1: a PING is answered with its own bytes; 6.5.3/2: SETTINGS are acknowledged")
    func acknowledgements() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settings([(3, 7)]), .ping)
            let pong = try await raw.frame("PING") { $0.kind == RawFrame.Kind.ping }
            #expect(pong.flags == 1 && pong.payload == RawFrame.ping.payload)
            _ = try await raw.frame("an acknowledgement") { $0.kind == RawFrame.Kind.settings && $0.flags & 1 == 1 }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
