internal import Net

/// What has happened in a pool since the start.
struct PoolCounts: Sendable, Equatable {
    var granted = 0
    var waits = WaitTimes()
    var refused = 0
    var givenUp = 0
    var connects = 0
    var failedConnects = 0
    var lost = 0
}

/// How long callers have waited, counted in steps that double from a microsecond on.
public struct WaitTimes: Sendable, Equatable {
    /// `counts[n]` waited less than 2ⁿ microseconds, and not less than half of that. The last one holds all longer ones: over an hour.
    public private(set) var counts = [Int](repeating: 0, count: 33)

    public var count: Int { counts.reduce(0, +) }

    mutating func add(_ wait: Duration) {
        let microseconds = UInt64(max(0, wait.wholeNanoseconds / 1000))
        counts[min(counts.count - 1, UInt64.bitWidth - microseconds.leadingZeroBitCount)] += 1
    }

    mutating func add(_ other: WaitTimes) {
        for step in counts.indices { counts[step] += other.counts[step] }
    }

    /// What this part of the waits (0.99: 99 of 100) was shorter than; zero when nobody has waited.
    public func quantile(_ part: Double) -> Duration {
        let wanted = (Double(count) * part).rounded(.up)
        var seen = 0
        for step in counts.indices {
            seen += counts[step]
            if seen > 0, Double(seen) >= wanted { return .microseconds(Int64(1) << Int64(step)) }
        }
        return .zero
    }
}

extension Database {
    /// The connections of all loops: what they are doing, and what has happened since the start.
    public struct Statistics: Sendable, Equatable {
        /// Open connections; those that are idle or held by a transaction are among them, and the others serve batches.
        public var open = 0
        public var idle = 0
        public var held = 0
        public var connecting = 0
        /// Callers who wait for a connection now.
        public var waiting = 0
        /// Batches and transactions that got a connection, and those among them that had to wait.
        public var granted = 0
        public var waits = WaitTimes()
        /// Callers who were told to come back later, and those who left while they waited.
        public var refused = 0
        public var givenUp = 0
        public var connects = 0
        public var failedConnects = 0
        /// Connections that broke.
        public var lost = 0

        init() {}

        mutating func add(_ state: PoolState) {
            open += state.openCount
            idle += state.idleCount
            held += state.heldCount
            connecting += state.connectingCount
            waiting += state.waitingCount
            granted += state.counts.granted
            waits.add(state.counts.waits)
            refused += state.counts.refused
            givenUp += state.counts.givenUp
            connects += state.counts.connects
            failedConnects += state.counts.failedConnects
            lost += state.counts.lost
        }
    }
}
