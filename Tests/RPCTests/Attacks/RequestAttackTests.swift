import BenchAPI
import HTTP2
import RPC
import Testing

@Suite("Requests that are no calls", .timeLimit(.minutes(5))) struct RequestAttackTests {
    /// The reply to one request; the connection must go on after it.
    private func reply(
        _ fields: [(String, String)], _ data: [UInt8] = RawFrame.message([]), services: [any Service] = [EchoService()]
    ) async throws -> RawReply {
        var reply = RawReply()
        try await withLoopback(.cleartext, services) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, fields), .data(1, data, end: true))
            reply = try await raw.reply(1)
            try await raw.send(.headers(3, RawFrame.call()), .data(3, RawFrame.message([]), end: true))
            #expect(try await raw.reply(3).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
        return reply
    }

    @Test("R18 · a method but POST is 405, says which one is allowed, and has a line of text", arguments: ["GET", "PUT", "OPTIONS", "X"])
    func method(method: String) async throws {
        let reply = try await reply(RawFrame.call(RawFrame.unaryPath, [(":method", method)]))
        #expect(reply.header(":status") == "405")
        #expect(reply.header("allow") == "POST")
        #expect(reply.header("content-type") == "text/plain; charset=utf-8")
        #expect(reply.header("content-length") == "\(reply.body.count)")
        #expect(String(decoding: reply.body, as: UTF8.self).contains("POST"))
        #expect(reply.status == nil)
    }

    @Test("a browser's GET, without a body, is 405, too")
    func browser() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "x")], end: true))
            #expect(try await raw.reply(1).header(":status") == "405")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test(
        "R18 · a content-type that is not gRPC's is 415 with a line of text",
        arguments: [nil, "application/json", "text/plain", "application/grpc-web", "application/grpc+json", ""] as [String?])
    func contentType(type: String?) async throws {
        let reply = try await reply(RawFrame.call(RawFrame.unaryPath, [("content-type", type)]))
        #expect(reply.header(":status") == "415")
        #expect(String(decoding: reply.body, as: UTF8.self).contains("application/grpc"))
        #expect(reply.header("content-length") == "\(reply.body.count)")
        #expect(reply.status == nil)
    }

    @Test(
        "a path that is not exactly a method's is UNIMPLEMENTED in one header section",
        arguments: [
            "/bench.v1.Echo/unary", "/bench.v1.Echo/Unary/", "//bench.v1.Echo/Unary", "/bench.v1.Echo/../Echo/Unary", "/",
            "/bench.v1.Echo/%55nary",
        ])
    func path(path: String) async throws {
        let reply = try await reply(RawFrame.call(path))
        #expect(reply.status == "12")
        #expect(reply.header(":status") == "200")
        #expect(reply.trailers.isEmpty && reply.body.isEmpty)
    }

    @Test("a path without its slash is UNIMPLEMENTED where nghttp2 lets it pass")
    func noSlash() async throws {
        // For http and https it resets the stream.
        #expect(try await reply(RawFrame.call("bench.v1.Echo/Unary", [(":scheme", "grpc")])).status == "12")
    }

    @Test("an encoding that is not spoken is UNIMPLEMENTED, and the reply says which are")
    func encoding() async throws {
        let reply = try await reply(RawFrame.call(RawFrame.unaryPath, [("grpc-encoding", "br")]), RawFrame.message([1, 2], flag: 1))
        #expect(reply.status == "12")
        #expect(reply.header("grpc-accept-encoding") == "identity,gzip,deflate")
    }

    @Test("a message that is marked as compressed, and is not what its encoding says, is INTERNAL", arguments: ["gzip", "deflate"])
    func malformedCompression(encoding: String) async throws {
        let reply = try await reply(RawFrame.call(RawFrame.unaryPath, [("grpc-encoding", encoding)]), RawFrame.message([1, 2], flag: 1))
        #expect(reply.status == "13")
        #expect(reply.message == "a message is marked as compressed, but is not \(encoding)")
    }

    @Test("a compressed message without an encoding, or an unknown flag, is INTERNAL", arguments: [1, 2, 0x80] as [UInt8])
    func flag(flag: UInt8) async throws {
        #expect(try await reply(RawFrame.call(), RawFrame.message([], flag: flag)).status == "13")
    }

    @Test("a message that ends in its middle is INTERNAL", arguments: [1, 4, 5, 7])
    func truncated(count: Int) async throws {
        #expect(try await reply(RawFrame.call(), Array(RawFrame.message([10, 1, 7]).prefix(count))).status == "13")
    }

    @Test("bytes that are no message are INTERNAL")
    func undecodable() async throws {
        #expect(try await reply(RawFrame.call(), RawFrame.message([0xff, 0xff])).status == "13")
    }

    @Test("no message, or two, for a unary call is UNIMPLEMENTED", arguments: [0, 2])
    func cardinality(count: Int) async throws {
        let data = Array([[UInt8]](repeating: RawFrame.message([]), count: count).joined())
        #expect(try await reply(RawFrame.call(), data).status == "12")
    }

    @Test("a length over the limit is RESOURCE_EXHAUSTED", arguments: [4_194_305, 0x7fff_ffff, 0xffff_ffff] as [UInt32])
    func tooLarge(length: UInt32) async throws {
        #expect(try await reply(RawFrame.call(), [0] + RawFrame.number(length)).status == "8")
    }

    @Test("a timeout that is none is INTERNAL", arguments: ["1", "S", "-1S", "123456789S", "1 S"])
    func timeout(text: String) async throws {
        #expect(try await reply(RawFrame.call(RawFrame.unaryPath, [("grpc-timeout", text)])).status == "13")
    }

    @Test("metadata over 8 KiB is RESOURCE_EXHAUSTED, names the largest field, and costs one stream", arguments: [true, false])
    func largeMetadata(beforeContentType: Bool) async throws {
        let large = [("x-small", "1"), ("x-large", String(repeating: "v", count: 8_200)), ("x-other", "2")]
        let call = RawFrame.call()
        let reply = try await reply(beforeContentType ? Array(call.prefix(4)) + large + Array(call.suffix(2)) : call + large)
        #expect(reply.status == "8")
        #expect(reply.message?.contains("x-large") == true)
    }

    @Test("many small fields over 8 KiB are the same, though they are few bytes")
    func manyFields() async throws {
        #expect(try await reply(RawFrame.call() + Array(repeating: ("a", ""), count: 300)).status == "8")
    }

    @Test("an HPACK bomb, small on the wire and huge when decoded, ends the connection")
    func bomb() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            // One field of 3,900 bytes goes into the table; then a byte for each repetition: 16 KiB become 48 MB.
            let value = RawFrame.integer(3_900, prefixBits: 7, first: 0) + [UInt8](repeating: 118, count: 3_900)
            let entry: [UInt8] = [0x40, 1, 97] + value
            let section = RawFrame.fieldSection(RawFrame.call()) + entry + [UInt8](repeating: 0xbe, count: 12_000)
            let frame = RawFrame(kind: RawFrame.Kind.headers, flags: RawFrame.Flag.endHeaders, stream: 1, payload: section)
            try await raw.send(frame)
            try await raw.untilEnd()
            try await loopback.expectHealthy()
        }
    }

    // MARK: Half-closed

    @Test("a request may end with trailers")
    func requestTrailers() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(
                .headers(1, RawFrame.call()), .data(1, RawFrame.message([])), .headers(1, [("x-checksum", "1")], end: true))
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("bytes and sections after the end of a request are refused", arguments: [true, false])
    func afterTheEnd(isData: Bool) async throws {
        let holding = Interceptor { call, next in
            guard call.metadata["x-hold"] == nil else { return try await Event().wait() }
            try await next(call)
        }
        try await withLoopback(.cleartext, interceptors: [holding]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call() + [("x-hold", "1")]), .data(1, RawFrame.message([]), end: true))
            try await raw.send(isData ? .data(1, [1]) : .headers(1, [("x", "1")], end: true))
            let end = try await raw.frame("an error") { $0.kind == RawFrame.Kind.goAway || $0.kind == RawFrame.Kind.reset }
            #expect(end.number(at: end.kind == RawFrame.Kind.goAway ? 4 : 0) == 5)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("window updates and resets after a reset mean nothing")
    func afterReset() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            try await raw.send(
                .headers(1, RawFrame.call("/bench.v1.Echo/BidiStream")), .reset(1), .windowUpdate(1, 1), .reset(1))
            try await raw.send(.headers(3, RawFrame.call()), .data(3, RawFrame.message([]), end: true))
            #expect(try await raw.reply(3).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("requests that never end are no trouble, and are forgotten with their connection")
    func unended() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            for stream in stride(from: UInt32(1), to: 199, by: 2) {
                try await raw.send(.headers(stream, RawFrame.call()), .data(stream, [0, 0, 0, 1, 0, 7]))
            }
            let areRunning = await eventually { loopback.server.runningCalls == 99 }
            #expect(areRunning)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("after TCP's end of a client's side its calls are over")
    func halfClosedConnection() async throws {
        let started = Event()
        let service = ScriptedEcho(onUnary: { request, call in
            if request.payload == [9] {
                started.happen()
                try await Event().wait()
            }
            return EchoReply(request.payload)
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([10, 1, 9]), end: true))
            try await started.wait()
            try await raw.endSending()
            try await raw.untilEnd()
            try await loopback.expectHealthy()
        }
    }
}
