import Net
import Testing

@testable import HTTP2

/// Frames in, verdicts out.
@Suite("The guard of frames") struct FrameGuardTests {
    private typealias Kind = FrameHeader.Kind
    private typealias Flag = FrameHeader.Flag

    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), kind, flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) } + payload
    }

    /// A guard that has seen the preface, in which no rate refills.
    private static func fresh(_ change: (inout Limits) -> Void = { _ in }, isServer: Bool = true) -> FrameGuard {
        var limits = Limits.standard
        limits.permittedPingInterval = .zero
        limits.permittedIdlePingInterval = .zero
        for rate in [\Limits.resets, \.pings, \.settings, \.priorities, \.windowUpdates, \.emptyData, \.unknownFrames] {
            limits[keyPath: rate] = Limits.Rate(burst: 10, perSecond: 1)
        }
        change(&limits)
        var frames = FrameGuard(isServer: isServer, limits: limits, at: start)
        if isServer { _ = see(&frames, [UInt8](repeating: 0, count: 24)) }
        return frames
    }

    private static func see(_ frames: inout FrameGuard, _ bytes: [UInt8], after seconds: Int = 0) -> (accepted: Int, violation: Violation?)
    {
        unsafe bytes.withUnsafeBytes { unsafe frames.inspect($0, at: start + .seconds(seconds), hasStreams: true) }
    }

    struct Flood: CustomTestStringConvertible, Sendable {
        var testDescription: String { violation.rawValue }
        let violation: Violation
        let frame: [UInt8]
    }

    static let floods = [
        Flood(violation: .pingFlood, frame: frame(Kind.ping, [UInt8](repeating: 0, count: 8))),
        Flood(violation: .pingFlood, frame: frame(Kind.ping, flags: Flag.acknowledgement, [UInt8](repeating: 0, count: 8))),
        Flood(violation: .settingsFlood, frame: frame(Kind.settings)),
        Flood(violation: .settingsFlood, frame: frame(Kind.settings, flags: Flag.acknowledgement)),
        Flood(violation: .priorityFlood, frame: frame(Kind.priority, stream: 1, [0, 0, 0, 3, 200])),
        Flood(violation: .priorityFlood, frame: frame(Kind.priorityUpdate, [0, 0, 0, 3] + Array("u=1".utf8))),
        Flood(violation: .windowUpdateFlood, frame: frame(Kind.windowUpdate, [0, 0, 0, 1])),
        Flood(violation: .emptyDataFlood, frame: frame(Kind.data, stream: 1)),
        Flood(violation: .emptyDataFlood, frame: frame(Kind.data, stream: 1, [1, 2, 3, 4])),
        Flood(
            violation: .emptyDataFlood, frame: frame(Kind.data, flags: Flag.padded, stream: 1, [200] + [UInt8](repeating: 0, count: 204))),
        Flood(violation: .unknownFrameFlood, frame: frame(0xbe, flags: 0xff, stream: 77, [1, 2, 3])),
        Flood(violation: .unknownFrameFlood, frame: frame(Kind.goAway, [UInt8](repeating: 0, count: 8))),
        Flood(violation: .rapidReset, frame: frame(Kind.reset, stream: 1, [0, 0, 0, 8])),
    ]

    @Test("each kind has its allowance, and the frame that exceeds it is not let through", arguments: floods)
    func flood(flood: Flood) {
        var frames = Self.fresh()
        let ten = Array(repeatElement(flood.frame, count: 10).joined())
        #expect(Self.see(&frames, ten).violation == nil)
        // Two seconds give two back.
        let verdict = Self.see(&frames, ten, after: 2)
        #expect(verdict.violation == flood.violation)
        #expect(verdict.accepted == 2 * flood.frame.count)
    }

    @Test("what is cut into single bytes is counted, too", arguments: floods)
    func byteByByte(flood: Flood) {
        var frames = Self.fresh()
        var seen: [Violation] = []
        for byte in Array(repeatElement(flood.frame, count: 11).joined()) {
            if let violation = Self.see(&frames, [byte]).violation { seen.append(violation) }
        }
        #expect(seen.first == flood.violation)
    }

    @Test("messages, however small, and ends are no flood", arguments: [5, 6, 100])
    func messages(size: Int) {
        var frames = Self.fresh()
        let head = Self.frame(Kind.headers, flags: Flag.endHeaders, stream: 1)
        let data = Self.frame(Kind.data, stream: 1, [UInt8](repeating: 0, count: size))
        let padded = Self.frame(Kind.data, flags: Flag.padded, stream: 1, [10] + [UInt8](repeating: 0, count: size + 10))
        #expect(Self.see(&frames, head + Array(repeatElement(data + padded, count: 1_000).joined())).violation == nil)
        #expect(Self.see(&frames, Self.frame(Kind.data, flags: Flag.endStream, stream: 1)).violation == nil)
    }

    @Test("what we send earns pings and window updates; calls that end well earn resets and priorities")
    func earned() {
        var frames = Self.fresh()
        let ping = Self.frame(Kind.ping, [UInt8](repeating: 0, count: 8))
        let pong = Self.frame(Kind.ping, flags: Flag.acknowledgement, [UInt8](repeating: 0, count: 8))
        let update = Self.frame(Kind.windowUpdate, [0, 0, 0, 1])
        let reset = Self.frame(Kind.reset, stream: 1, [0, 0, 0, 8])
        for _ in 0..<1_000 {
            frames.sentFrame()
            frames.sentPing()
            frames.completedStream()
            #expect(Self.see(&frames, pong).violation == nil)
            #expect(Self.see(&frames, ping + Array(repeatElement(update, count: 4).joined()) + reset).violation == nil)
        }
        #expect(Self.see(&frames, Array(repeatElement(ping, count: 11).joined())).violation == .pingFlood)
    }

    @Test("resets that the peer causes have their allowance")
    func causedResets() {
        var frames = Self.fresh()
        for _ in 0..<10 { #expect(frames.causedReset(at: Self.start) == nil) }
        #expect(frames.causedReset(at: Self.start) == .madeYouReset)
    }

    @Test("a header section has nine pieces at most, the next one as many again")
    func continuations() {
        var frames = Self.fresh()
        let head = Self.frame(Kind.headers, stream: 1)
        let more = Self.frame(Kind.continuation, stream: 1)
        let last = Self.frame(Kind.continuation, flags: Flag.endHeaders, stream: 1)
        let seven = Array(repeatElement(more, count: 7).joined())
        #expect(Self.see(&frames, head + seven, after: 3).violation == nil)
        #expect(frames.fieldsSince == Self.start + .seconds(3))
        #expect(Self.see(&frames, last).violation == nil)
        #expect(frames.fieldsSince == nil)
        #expect(Self.see(&frames, Self.frame(Kind.headers, stream: 3) + seven + more).violation == nil)
        #expect(Self.see(&frames, more).violation == .continuationFlood)
    }

    @Test("streams go up, and what a client has ended it does not use again")
    func streams() {
        let open = Self.frame(Kind.headers, flags: Flag.endHeaders, stream: 5)
        let end = Self.frame(Kind.data, flags: Flag.endStream, stream: 5)
        let reset = Self.frame(Kind.reset, stream: 5, [0, 0, 0, 8])
        let trailers = Self.frame(Kind.headers, flags: Flag.endHeaders | Flag.endStream, stream: 5)
        for ending in [end, reset, trailers] {
            for after in [Self.frame(Kind.data, stream: 5, [1, 2, 3, 4, 5]), trailers] {
                var frames = Self.fresh()
                #expect(Self.see(&frames, open + ending).violation == nil)
                // These may still be on their way.
                #expect(Self.see(&frames, reset + Self.frame(Kind.windowUpdate, stream: 5, [0, 0, 0, 1])).violation == nil)
                #expect(Self.see(&frames, after).violation == .closedStream)
            }
        }
        var frames = Self.fresh()
        #expect(Self.see(&frames, open + Self.frame(Kind.headers, flags: Flag.endHeaders, stream: 3)).violation == .streamOrder)
    }

    @Test("PRIORITY on no stream, or of a stream on itself, is malformed")
    func malformedPriority() {
        for (stream, parent, isMalformed) in [(0, 3, true), (1, 1, true), (1, 3, false), (3, 0, false)] as [(UInt32, UInt8, Bool)] {
            var frames = Self.fresh()
            let verdict = Self.see(&frames, Self.frame(Kind.priority, stream: stream, [0x80, 0, 0, parent, 200]))
            #expect(verdict.violation == (isMalformed ? .malformedPriority : nil))
        }
    }

    @Test("what comes inside a header section is nghttp2's to refuse")
    func insideFields() {
        var frames = Self.fresh()
        let head = Self.frame(Kind.headers, flags: Flag.endStream, stream: 1)
        let other = Self.frame(Kind.headers, flags: Flag.endHeaders, stream: 1)
        #expect(Self.see(&frames, head + Self.frame(Kind.data, stream: 1, [1, 2, 3, 4, 5]) + other).violation == nil)
    }

    @Test("a client does not look at the order of streams, nor at how often a server pings")
    func client() {
        var frames = Self.fresh({ $0.permittedPingInterval = .seconds(300) }, isServer: false)
        let head = Self.frame(Kind.headers, flags: Flag.endHeaders | Flag.endStream, stream: 5)
        #expect(Self.see(&frames, head + head + Self.frame(Kind.headers, stream: 3)).violation == nil)
        let pings = Array(repeatElement(Self.frame(Kind.ping, [UInt8](repeating: 0, count: 8)), count: 10).joined())
        #expect(Self.see(&frames, pings).violation == nil)
    }

    @Test("the third ping that comes too soon ends the connection, unless we have sent something in between")
    func strikes() {
        let ping = Self.frame(Kind.ping, [UInt8](repeating: 0, count: 8))
        var frames = Self.fresh { $0.permittedPingInterval = .seconds(60) }
        for second in [0, 60, 120, 121, 122] { #expect(Self.see(&frames, ping, after: second).violation == nil) }
        frames.sentFrame()
        for second in [123, 124, 125] { #expect(Self.see(&frames, ping, after: second).violation == nil) }
        #expect(Self.see(&frames, ping, after: 126).violation == .tooManyPings)
    }

    @Test("while no call is open pings have to be far rarer, unless they are permitted", arguments: [true, false])
    func idlePings(isPermitted: Bool) {
        let ping = Self.frame(Kind.ping, [UInt8](repeating: 0, count: 8))
        var frames = Self.fresh {
            $0.permittedPingInterval = .seconds(60)
            $0.permittedIdlePingInterval = .seconds(7_200)
            $0.permitsPingsWithoutCalls = isPermitted
        }
        var last: Violation?
        for minute in 0..<4 {
            let now = Self.start + .seconds(minute * 60)
            last = unsafe ping.withUnsafeBytes { unsafe frames.inspect($0, at: now, hasStreams: false) }.violation
        }
        #expect(last == (isPermitted ? nil : .tooManyPings))
    }

    @Test("an acknowledgement of SETTINGS is noted")
    func settings() {
        var frames = Self.fresh()
        _ = Self.see(&frames, Self.frame(Kind.settings))
        #expect(!frames.hasAcknowledgedSettings)
        _ = Self.see(&frames, Self.frame(Kind.settings, flags: Flag.acknowledgement))
        #expect(frames.hasAcknowledgedSettings)
    }
}
