import BenchAPI
import HTTP2
import Protobuf
import RPC
import Testing

/// What costs a peer nothing has a budget; who exceeds it is told so, counted, and gone, and nobody else notices.
@Suite("Budgets of a connection", .timeLimit(.minutes(2))) struct BudgetTests {
    struct Flood: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let violation: HTTP2.Violation
        let frame: RawFrame
        /// Sent before it.
        var before: [RawFrame] = []

        init(_ description: String, _ violation: HTTP2.Violation, _ frame: RawFrame, before: [RawFrame] = []) {
            testDescription = description
            self.violation = violation
            self.frame = frame
            self.before = before
        }
    }

    private typealias Kind = RawFrame.Kind

    private static let upload = RawFrame.headers(1, RawFrame.call("/bench.v1.Echo/ClientStream"))

    static let floods: [Flood] = [
        Flood("PING", .pingFlood, .ping),
        Flood("acknowledgements of no PING", .pingFlood, RawFrame(kind: Kind.ping, flags: 1, payload: Check.zeros(8))),
        Flood("SETTINGS", .settingsFlood, .settings()),
        Flood("SETTINGS with what is set already", .settingsFlood, .settings([(4, 65_535)])),
        Flood("PRIORITY", .priorityFlood, Check.priority(1)),
        Flood("PRIORITY_UPDATE", .priorityFlood, RawFrame(kind: 16, payload: RawFrame.number(1) + Array("u=1".utf8))),
        Flood("WINDOW_UPDATE on the connection", .windowUpdateFlood, .windowUpdate(0, 1)),
        Flood("WINDOW_UPDATE on a stream", .windowUpdateFlood, .windowUpdate(1, 1), before: [upload]),
        Flood("empty DATA", .emptyDataFlood, .data(1, []), before: [upload]),
        Flood("DATA of one byte", .emptyDataFlood, .data(1, [0]), before: [upload]),
        Flood(
            "DATA that is padding", .emptyDataFlood,
            RawFrame(kind: Kind.data, flags: RawFrame.Flag.padded, stream: 1, payload: [255] + Check.zeros(255)), before: [upload]),
        Flood("frames of no known type", .unknownFrameFlood, RawFrame(kind: 0xbe, flags: 0xff, stream: 9, payload: [1, 2, 3])),
        Flood("ALTSVC and ORIGIN", .unknownFrameFlood, RawFrame(kind: 0xc)),
        Flood("GOAWAY", .unknownFrameFlood, RawFrame(kind: Kind.goAway, payload: Check.zeros(8))),
        Flood("RST_STREAM of a stream that is gone", .rapidReset, .reset(1), before: [upload]),
        Flood(
            "CONTINUATION", .continuationFlood, Check.continuation(1, [], last: false),
            before: [.headers(1, RawFrame.call(), endHeaders: false)]),
    ]

    /// A connection that is flooded until it ends. Rates that do not refill: nothing hangs on how fast the machine is.
    private func sent(_ flood: Flood, to loopback: Loopback) async throws -> [RawFrame] {
        let raw = try await loopback.raw()
        try await raw.send(flood.before.flatMap(\.bytes))
        try await raw.post(Array(repeatElement(flood.frame.bytes, count: 5_000).joined()))
        return try await raw.untilEnd()
    }

    @Test("each flood ends its connection with ENHANCE_YOUR_CALM, its name and a count", arguments: floods)
    func ended(flood: Flood) async throws {
        let seen = Record<HTTP2.Violation>()
        try await withLoopback(
            .cleartext, [EchoService()],
            { configuration in
                configuration.connectionLimits.pings = Limits.Rate(burst: 100, perSecond: 0)
                configuration.connectionLimits.windowUpdates.perSecond = 0
                configuration.connectionLimits.emptyData.perSecond = 0
                configuration.violated = { violation, _ in seen.append(violation) }
            }
        ) { loopback in
            let other = try loopback.client()
            _ = try await other.unary(EchoRequest([1]))
            let goAway = try await sent(flood, to: loopback).last { $0.kind == Kind.goAway }
            #expect(goAway?.number(at: 4) == 11)
            #expect(goAway.map { String(decoding: $0.payload.dropFirst(8), as: UTF8.self) } == flood.violation.rawValue)
            #expect(loopback.server.violations == [flood.violation: 1])
            #expect(seen.all == [flood.violation])
            _ = try await other.unary(EchoRequest([1]))
            await other.channel.close()
            try await loopback.expectHealthy()
        }
    }

    @Test("a client that pings too often is told so in gRPC's own words")
    func tooManyPings() async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.permittedPingInterval = .seconds(3_600); $0.connectionLimits.permittedIdlePingInterval = .seconds(3_600)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            for _ in 0..<3 { try await raw.send(.ping) }
            // A call in between is a new beginning.
            try await raw.send(.headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            for _ in 0..<4 { try await raw.send(.ping) }
            let goAway = try await raw.untilEnd().last { $0.kind == Kind.goAway }
            #expect(goAway?.number(at: 4) == 11)
            #expect(goAway.map { String(decoding: $0.payload.dropFirst(8), as: UTF8.self) } == "too_many_pings")
            #expect(loopback.server.violations == [.tooManyPings: 1])
            try await loopback.expectHealthy()
        }
    }

    @Test("a ping for each reply, and window updates for each, are what gRPC's clients do", arguments: [1, 500])
    func bandwidthProbes(count: Int) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.pings = Limits.Rate(burst: 3, perSecond: 0)
                $0.connectionLimits.windowUpdates = Limits.Rate(burst: 3, perSecond: 0)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            for number in 0..<UInt32(count) {
                let stream = number * 2 + 1
                try await raw.send(.headers(stream, RawFrame.call()), .data(stream, RawFrame.message([]), end: true))
                #expect(try await raw.reply(stream).status == "0")
                try await raw.send(.ping, .windowUpdate(0, 1), .windowUpdate(0, 1), .windowUpdate(0, 1))
            }
            #expect(loopback.server.violations.isEmpty)
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("an HPACK bomb ends its connection before the rest of it is decoded")
    func headerBomb() async throws {
        try await withLoopback { loopback in
            let raw = try await loopback.raw()
            let value = RawFrame.integer(3_900, prefixBits: 7, first: 0) + [UInt8](repeating: 118, count: 3_900)
            let section = RawFrame.fieldSection(RawFrame.call()) + [0x40, 1, 97] + value + [UInt8](repeating: 0xbe, count: 12_000)
            try await raw.send(RawFrame(kind: Kind.headers, flags: RawFrame.Flag.endHeaders, stream: 1, payload: section))
            #expect(try await raw.untilEnd().last { $0.kind == Kind.goAway }?.number(at: 4) == 11)
            #expect(loopback.server.violations == [.headerBomb: 1])
            try await loopback.expectHealthy()
        }
    }

    // MARK: Time

    @Test("a header section that does not end, and SETTINGS that are not acknowledged, end the connection", arguments: [true, false])
    func slow(isHeaders: Bool) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                if isHeaders { $0.connectionLimits.fieldsTimeout = .milliseconds(20) }
                if !isHeaders { $0.connectionLimits.settingsTimeout = .milliseconds(20) }
            }
        ) { loopback in
            let raw = try await loopback.raw()
            if isHeaders { try await raw.send(.settingsAcknowledgement, .headers(1, RawFrame.call(), endHeaders: false)) }
            let goAway = try await raw.untilEnd().last { $0.kind == Kind.goAway }
            #expect(goAway?.number(at: 4) == (isHeaders ? 11 : 4))
            #expect(loopback.server.violations == [isHeaders ? .slowHeaders : .settingsTimeout: 1])
        }
    }

    struct SlowBody: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let path: String
        let bytes: [UInt8]
    }

    static let slowBodies: [SlowBody] = [
        SlowBody(testDescription: "a unary call without its message", path: RawFrame.unaryPath, bytes: []),
        SlowBody(testDescription: "half a prefix", path: "/bench.v1.Echo/BidiStream", bytes: [0, 0]),
        SlowBody(testDescription: "half a message", path: "/bench.v1.Echo/ClientStream", bytes: [0, 0, 0, 1, 0, 10]),
        SlowBody(testDescription: "a unary call that does not end", path: RawFrame.unaryPath, bytes: RawFrame.message([])),
    ]

    @Test("a message that has to come and does not costs its stream, without a deadline, too", arguments: slowBodies)
    func slowBody(body: SlowBody) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                $0.connectionLimits.streamTimeout = .milliseconds(20)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement, .headers(1, RawFrame.call(body.path)), .data(1, body.bytes))
            #expect(try await raw.reply(1).reset == 11)
            let hasEnded = await eventually { loopback.server.runningCalls == 0 }
            #expect(hasEnded)
            #expect(loopback.server.violations == [.slowBody: 1])
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a stream that owes nothing may stay open")
    func quietStream() async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(1)
                $0.connectionLimits.streamTimeout = .milliseconds(1)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call("/bench.v1.Echo/BidiStream")), .data(1, RawFrame.message([])))
            _ = try await raw.frame("an echo") { $0.kind == Kind.data }
            for _ in 0..<50 { try await raw.roundTrip() }
            try await raw.send(.data(1, RawFrame.message([]), end: true))
            #expect(try await raw.reply(1).status == "0")
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a reply that gets no window costs its stream", arguments: [UInt32(0), 1])
    func unreadStream(window: UInt32) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                $0.connectionLimits.streamTimeout = .milliseconds(20)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(RawFrame.settings([(4, window)]), RawFrame.settingsAcknowledgement)
            let request = EchoRequest([UInt8](repeating: 1, count: 5_000), count: 100).encoded()
            try await raw.send(
                .headers(1, RawFrame.call("/bench.v1.Echo/ServerStream")), .data(1, RawFrame.message(request), end: true))
            #expect(try await raw.reply(1).reset == 11)
            #expect(loopback.server.violations == [.unreadStream: 1])
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
