internal import Net

/// What a peer may do with frames that cost it nothing: their headers in, a verdict out, before nghttp2 sees them. One for each
/// connection, in both roles.
///
/// A frame of a call costs a few instructions here. Every other kind draws from an allowance of its own, which time refills, and calls,
/// too: a peer that makes many may also say more.
struct FrameGuard {
    private let limits: Limits
    private let isServer: Bool
    private var scanner: FrameScanner
    private var streams = StreamLedger()

    /// HEADERS and DATA frames that we have sent: what earns a peer its pings and window updates.
    private var sentFrames: UInt64 = 0
    private var sentPings: UInt64 = 0
    /// Streams that ended without a reset: what earns a peer its resets.
    private(set) var completedStreams: UInt64 = 0

    private var pings: Allowance
    private var settings: Allowance
    private var priorities: Allowance
    private var windowUpdates: Allowance
    private var emptyData: Allowance
    private var unknown: Allowance
    private var resets: Allowance
    private var causedResets: Allowance
    private var keepalive = PingStrikes()

    private var continuations = 0
    /// When the header section began that is not complete yet.
    private(set) var fieldsSince: MonotonicTime?
    private(set) var hasAcknowledgedSettings = false

    init(isServer: Bool, limits: Limits, at now: MonotonicTime) {
        self.limits = limits
        self.isServer = isServer
        scanner = FrameScanner(preface: isServer ? FrameGuard.prefaceBytes : 0)
        pings = Allowance(limits.pings, at: now)
        settings = Allowance(limits.settings, at: now)
        priorities = Allowance(limits.priorities, at: now)
        windowUpdates = Allowance(limits.windowUpdates, at: now)
        emptyData = Allowance(limits.emptyData, at: now)
        unknown = Allowance(limits.unknownFrames, at: now)
        resets = Allowance(limits.resets, at: now)
        causedResets = Allowance(limits.resets, at: now)
    }

    /// How many of these bytes nghttp2 may have, and why not all. `hasStreams`: whether any is open.
    mutating func inspect(
        _ bytes: UnsafeRawBufferPointer, at now: MonotonicTime, hasStreams: Bool
    ) -> (accepted: Int, violation: Violation?) {
        var position = 0
        while let frame = unsafe scanner.next(in: bytes, at: &position) {
            let verdict: Violation?
            if frame.kind == FrameHeader.Kind.data {
                // Padding is no content. A length of padding that is still to come counts as the longest.
                var content = frame.length
                if frame.flags & FrameHeader.Flag.padded != 0 {
                    content -= 1 + (position < bytes.count ? Int(unsafe bytes[position]) : 255)
                }
                verdict = data(frame, content, at: now)
            } else if frame.kind == FrameHeader.Kind.priority {
                // Where it is cut, what it depends on is not looked for.
                let isWhole = bytes.count - position >= 4
                let parent = isWhole ? unsafe UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)) : 0
                verdict = priority(frame, on: Int32(truncatingIfNeeded: parent & 0x7fff_ffff), at: now)
            } else {
                verdict = received(frame, at: now, hasStreams: hasStreams)
            }
            if let verdict { return (max(0, position - FrameHeader.bytes), verdict) }
        }
        return (bytes.count, nil)
    }

    private mutating func data(_ frame: FrameHeader, _ content: Int, at now: MonotonicTime) -> Violation? {
        let isEnd = frame.flags & FrameHeader.Flag.endStream != 0
        if isServer, fieldsSince == nil {
            switch streams.standing(of: frame.stream) {
            case .open: if isEnd { streams.end(frame.stream) }
            case .ended: return .closedStream
            case .new, .skipped, .unknown: break
            }
        }
        // A message is five bytes at least. Its tail may be shorter, now and then.
        if content < FrameGuard.smallestMessageBytes, !isEnd, !emptyData.take(at: now) { return .emptyDataFlood }
        return nil
    }

    private mutating func priority(_ frame: FrameHeader, on parent: Int32, at now: MonotonicTime) -> Violation? {
        // Inside a header section it is worse than that.
        if isServer, fieldsSince == nil, frame.length == 5, frame.stream == parent || frame.stream == 0 { return .malformedPriority }
        return priorities.take(at: now, earned: completedStreams) ? nil : .priorityFlood
    }

    private mutating func received(_ frame: FrameHeader, at now: MonotonicTime, hasStreams: Bool) -> Violation? {
        let isAcknowledgement = frame.flags & FrameHeader.Flag.acknowledgement != 0
        switch frame.kind {
        case FrameHeader.Kind.headers:
            return headers(frame, at: now)
        case FrameHeader.Kind.continuation:
            continuations += 1
            if frame.flags & FrameHeader.Flag.endHeaders != 0 { fieldsSince = nil }
            return continuations > limits.continuations ? .continuationFlood : nil
        case FrameHeader.Kind.windowUpdate:
            return windowUpdates.take(at: now, earned: sentFrames &* FrameGuard.windowUpdatesPerFrame) ? nil : .windowUpdateFlood
        case FrameHeader.Kind.reset:
            if isServer, streams.standing(of: frame.stream) == .open { streams.end(frame.stream) }
            return resets.take(at: now, earned: completedStreams) ? nil : .rapidReset
        case FrameHeader.Kind.ping:
            guard pings.take(at: now, earned: sentFrames &+ sentPings) else { return .pingFlood }
            guard isServer, !isAcknowledgement else { return nil }
            let interval = hasStreams || limits.permitsPingsWithoutCalls ? limits.permittedPingInterval : limits.permittedIdlePingInterval
            return keepalive.isTooMany(at: now, sent: sentFrames, interval: interval) ? .tooManyPings : nil
        case FrameHeader.Kind.settings:
            if isAcknowledgement { hasAcknowledgedSettings = true }
            return settings.take(at: now) ? nil : .settingsFlood
        case FrameHeader.Kind.priorityUpdate:
            return priorities.take(at: now, earned: completedStreams) ? nil : .priorityFlood
        case FrameHeader.Kind.pushPromise:
            return nil
        default:
            return unknown.take(at: now) ? nil : .unknownFrameFlood
        }
    }

    private mutating func headers(_ frame: FrameHeader, at now: MonotonicTime) -> Violation? {
        // nghttp2's to end.
        if fieldsSince != nil { return nil }
        continuations = 0
        fieldsSince = frame.flags & FrameHeader.Flag.endHeaders == 0 ? now : nil
        guard isServer else { return nil }
        switch streams.standing(of: frame.stream) {
        case .new: streams.open(frame.stream)
        case .open: break
        case .skipped: return .streamOrder
        case .ended: return .closedStream
        case .unknown: return nil
        }
        if frame.flags & FrameHeader.Flag.endStream != 0 { streams.end(frame.stream) }
        return nil
    }

    /// Streams that the client has opened up to now, or passed over.
    var openedStreams: Int { streams.count }

    // MARK: What we do ourselves

    /// A HEADERS or DATA frame of ours is on its way.
    mutating func sentFrame() { sentFrames &+= 1 }

    /// A PING of ours, which has to be acknowledged.
    mutating func sentPing() { sentPings &+= 1 }

    /// A stream has ended and nobody reset it.
    mutating func completedStream() { completedStreams &+= 1 }

    /// We have reset a stream because of what the peer did: while the handlers of all of them still clean up, it never has more than a
    /// few streams open.
    mutating func causedReset(at now: MonotonicTime) -> Violation? {
        causedResets.take(at: now, earned: completedStreams) ? nil : .madeYouReset
    }

    static let prefaceBytes = 24
    private static let smallestMessageBytes = 5
    /// gRPC C++ updates the connection's window and the stream's for each slice of a frame that it reads.
    private static let windowUpdatesPerFrame: UInt64 = 4
}

/// A `TokenBucket` that is refilled by what was earned, too.
private struct Allowance {
    private var bucket: TokenBucket
    private var credited: UInt64 = 0

    init(_ rate: Limits.Rate, at now: MonotonicTime) {
        bucket = TokenBucket(burst: rate.burst, perSecond: rate.perSecond, at: now)
    }

    /// False when there is none left. `earned`: all that was earned up to now.
    mutating func take(at now: MonotonicTime, earned: UInt64 = 0) -> Bool {
        bucket.add(earned &- credited)
        credited = earned
        return bucket.take(at: now)
    }
}

/// Pings that come too fast (gRFC A8): two are forgiven, until we have something to send.
struct PingStrikes {
    private var strikes = 0
    private var last: MonotonicTime?
    private var lastSent: UInt64 = 0

    /// Takes note of a ping; `sent` counts the HEADERS and DATA frames that we have sent.
    mutating func isTooMany(at now: MonotonicTime, sent: UInt64, interval: Duration) -> Bool {
        defer {
            last = now
            lastSent = sent
        }
        if sent != lastSent {
            strikes = 0
        } else if let last, now - last < interval {
            strikes += 1
        }
        return strikes > PingStrikes.forgiven
    }

    private static let forgiven = 2
}
