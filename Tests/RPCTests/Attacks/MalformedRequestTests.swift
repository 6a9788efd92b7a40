import BenchAPI
import HTTP2
import RPC
import Testing

/// Malformed for HTTP (RFC 9113, 8.1.1): only their stream ends.
@Suite("Requests that are no HTTP", .timeLimit(.minutes(5))) struct MalformedRequestTests {
    struct Request: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let fields: [(String, String)]

        init(_ description: String, _ fields: [(String, String)]) {
            testDescription = description
            self.fields = fields
        }
    }

    private static func without(_ name: String) -> [(String, String)] { RawFrame.call(RawFrame.unaryPath, [(name, nil)]) }

    private static func with(_ name: String, _ value: String) -> [(String, String)] { RawFrame.call() + [(name, value)] }

    static let requests: [Request] = [
        Request("an upper-case name", with("X-Upper", "1")),
        Request("a space in a name", with("x y", "1")),
        Request("a line feed in a value", with("x", "a\nb")),
        Request("a zero byte in a value", with("x", "a\u{0}b")),
        Request("connection", with("connection", "close")),
        Request("te: gzip", RawFrame.call(RawFrame.unaryPath, [("te", "gzip")])),
        Request("no :path", without(":path")),
        Request("no :method", without(":method")),
        Request("no :scheme", without(":scheme")),
        Request("two :path", [(":path", "/a/b")] + RawFrame.call()),
        Request("an unknown pseudo-header field", [(":x", "1")] + RawFrame.call()),
        Request("a pseudo-header field behind others", without(":authority") + [(":authority", "x")]),
        Request(":status in a request", [(":status", "200")] + RawFrame.call()),
        Request("a content-length that is no number", with("content-length", "x")),
        Request("two content-lengths", with("content-length", "5") + [("content-length", "6")]),
        Request("an empty :path", RawFrame.call("")),
        Request("a path without its slash", RawFrame.call("bench.v1.Echo/Unary")),
    ]

    @Test("its stream is reset, no interceptor sees it, the connection goes on", arguments: requests)
    func reset(request: Request) async throws {
        let calls = Counter()
        let counting = Interceptor { call, next in
            calls.add()
            try await next(call)
        }
        try await withLoopback(.cleartext, interceptors: [counting]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, request.fields), .headers(3, RawFrame.call()), .data(3, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).reset == 1)
            #expect(try await raw.reply(3).status == "0")
            #expect(calls.value == 1)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a body that is not as long as it said is reset", arguments: [4, 6])
    func contentLength(length: Int) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, Self.with("content-length", "\(length)")), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).reset == 1)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("trailers that do not end the request, or bear pseudo-header fields, reset it", arguments: [true, false])
    func badTrailers(bearPseudoField: Bool) async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            let trailers: RawFrame = bearPseudoField ? .headers(1, [(":path", "/")], end: true) : .headers(1, [("x", "1")])
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/ClientStream")), .data(1, RawFrame.message([])), trailers)
            #expect(try await raw.reply(1).reset == 1)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
