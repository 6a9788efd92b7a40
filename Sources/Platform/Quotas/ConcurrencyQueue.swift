internal import Net

/// Who of those that want to run at once may, and who waits for his turn. Pure: events in, decisions out, time as a parameter.
///
/// Turns come in the order of asking. Nobody waits for a turn that would come too late for him, by what turns have taken lately.
struct ConcurrencyQueue<ID: Hashable> {
    enum Decision: Hashable {
        case run
        case wait
        /// There is no place to wait, or no use in it; nobody knows better than to come again after that time.
        case refuse(retryAfter: Duration)
    }

    private struct Waiter {
        let id: ID
        let deadline: MonotonicTime?
    }

    private let most: Int
    private let mostWaiting: Int
    private(set) var running = 0
    /// First in, first out; nil is who has gone.
    private var waiting: [Waiter?] = []
    private var first = 0
    private var places: [ID: Int] = [:]
    /// How long a turn takes, in nanoseconds: each new one counts for an eighth.
    private var usual: Int64 = 0

    init(most: Int, mostWaiting: Int) {
        self.most = max(1, most)
        self.mostWaiting = mostWaiting
    }

    var waitingCount: Int { places.count }

    /// How long who comes now waits for his turn.
    var expectedWait: Duration {
        guard running >= most else { return .zero }
        let (sum, overflow) = usual.multipliedReportingOverflow(by: Int64(waitingCount + 1))
        return .nanoseconds(overflow ? .max : sum / Int64(most))
    }

    mutating func enter(_ id: ID, deadline: MonotonicTime?, at now: MonotonicTime) -> Decision {
        if running < most {
            running += 1
            return .run
        }
        let wait = expectedWait
        guard waitingCount < mostWaiting else { return .refuse(retryAfter: wait) }
        if let deadline, now + wait >= deadline { return .refuse(retryAfter: wait) }
        places[id] = waiting.count
        waiting.append(Waiter(id: id, deadline: deadline))
        return .wait
    }

    /// One that ran is done. Gives whose turn it is, and those whose time has passed while they waited.
    mutating func leave(after duration: Duration, at now: MonotonicTime) -> (next: ID?, late: [ID]) {
        let taken = max(0, duration.wholeNanoseconds)
        usual = usual == 0 ? taken : usual - usual / 8 + taken / 8
        running -= 1
        var late: [ID] = []
        while let waiter = popFirst() {
            if let deadline = waiter.deadline, deadline <= now {
                late.append(waiter.id)
            } else {
                running += 1
                return (waiter.id, late)
            }
        }
        return (nil, late)
    }

    /// One that waits has gone. False when it does not wait (any more).
    mutating func cancel(_ id: ID) -> Bool {
        guard let place = places.removeValue(forKey: id) else { return false }
        waiting[place] = nil
        // Only the beginning is cleared away by turns: what goes in between must not pile up.
        if waiting.count > 64, waiting.count > 2 * places.count { compact() }
        return true
    }

    private mutating func popFirst() -> Waiter? {
        while first < waiting.count {
            defer { first += 1 }
            if let waiter = waiting[first] {
                waiting[first] = nil
                places[waiter.id] = nil
                return waiter
            }
        }
        waiting.removeAll(keepingCapacity: true)
        first = 0
        return nil
    }

    private mutating func compact() {
        waiting = waiting[first...].filter { $0 != nil }
        first = 0
        for (place, waiter) in waiting.enumerated() {
            if let waiter { places[waiter.id] = place }
        }
    }
}
