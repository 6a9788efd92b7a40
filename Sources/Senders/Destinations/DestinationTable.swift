internal import Net

/// A breaker and a count of what is in flight for each destination that something is to be remembered of. Pure: the caller brings the time.
struct DestinationTable: Sendable {
    enum Verdict: Sendable, Hashable {
        case pass(Breaker.Pass)
        case refused(reason: String, retryAfter: Duration)
    }

    private struct Destination {
        var breaker = Breaker()
        var inFlight = 0
        var touched: MonotonicTime
    }

    private let attemptsPerDestination: Int
    private let capacity: Int
    private var destinations: [String: Destination] = [:]

    init(attemptsPerDestination: Int = Limits.attemptsPerDestination, capacity: Int = Limits.destinations) {
        self.attemptsPerDestination = attemptsPerDestination
        self.capacity = capacity
    }

    var count: Int { destinations.count }

    mutating func enter(_ name: String, at now: MonotonicTime) -> Verdict {
        var destination = destinations[name] ?? Destination(touched: now)
        guard destination.inFlight < attemptsPerDestination else {
            return .refused(
                reason: "\(destination.inFlight) messages are on their way to \(name) already", retryAfter: Limits.fullDestinationPause)
        }
        if destinations[name] == nil, !makeRoom() {
            return .refused(reason: "messages are on their way to too many destinations", retryAfter: Limits.fullDestinationPause)
        }
        let verdict = destination.breaker.admit(at: now)
        if case .pass = verdict { destination.inFlight += 1 }
        destination.touched = now
        destinations[name] = destination
        switch verdict {
        case .pass(let pass): return .pass(pass)
        case .refused(let retryAfter):
            return .refused(reason: "\(name) has failed too often lately and is left alone for a while", retryAfter: retryAfter)
        }
    }

    mutating func leave(_ name: String, _ pass: Breaker.Pass, _ ending: Breaker.Ending, at now: MonotonicTime) -> Breaker.Change? {
        guard var destination = destinations[name] else { return nil }
        destination.inFlight -= 1
        destination.touched = now
        let change = destination.breaker.end(pass, ending, at: now)
        destinations[name] = destination.inFlight == 0 && destination.breaker.isAtRest ? nil : destination
        return change
    }

    /// Forgets the failures of the one that was left in peace for longest: whoever makes many destinations fail must not keep others from
    /// theirs. False when something is in flight to all of them.
    private mutating func makeRoom() -> Bool {
        guard destinations.count >= capacity else { return true }
        let idle = destinations.lazy.filter { $1.inFlight == 0 }
        guard let oldest = idle.min(by: { $0.value.touched < $1.value.touched }) else { return false }
        destinations[oldest.key] = nil
        return true
    }
}
