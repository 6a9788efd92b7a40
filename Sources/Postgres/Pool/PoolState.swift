internal import Net

/// Who gets which connection of one loop, and when connections open and close. Pure: events in, actions out, time as a parameter.
///
/// A batch takes a free connection, else it waits for one that is opened. Once there are as many as may be, batches share: behind another
/// one there is a wait, too, but no longer one for every caller. A transaction takes a connection alone, and transactions together take
/// all but one, so that batches always get through, also those that a transaction's own body makes. Waiters are served in order; a
/// waiting transaction reserves the least loaded connection, which then takes no further batch.
///
/// Health checks and administration go ahead of all others, and may open one connection more than there may be: a pool whose connections
/// are all taken can still be looked at.
///
/// A free connection that was idle for long is probed in the background, so that nobody is given one that died unnoticed. After some failed
/// connects in a row, and with none open, callers are refused at once; one connect at a time then tries whether PostgreSQL is back.
struct PoolState {
    typealias SlotID = Int
    typealias WaiterID = UInt64

    struct Bounds {
        var connections: Int
        var batchesPerConnection: Int
        var waiters: Int
        /// Kept open even when nobody needs them.
        var leastOpen = 0
        /// A connection that nobody needed for this long is closed.
        var idleLifetime = Duration.seconds(600)
    }

    enum Demand: Equatable {
        case batch
        case transaction
    }

    enum Refusal: Equatable {
        /// PostgreSQL is away: the last connects failed and none is open.
        case away
        case tooManyWaiters
        case closed
    }

    enum Admission: Equatable {
        case granted(SlotID)
        case waits(WaiterID)
        case refused(Refusal)
    }

    enum Action: Equatable {
        case connect(SlotID)
        case grant(WaiterID, SlotID)
        case refuse(WaiterID, Refusal)
        case close(SlotID)
        /// Ask a free connection whether it lives; it counts as a batch.
        case probe(SlotID)
        /// Call `tick` at this time.
        case wake(MonotonicTime)
    }

    private enum Use: Equatable {
        case connecting
        case shared(batches: Int)
        case held
    }

    private struct Slot {
        let id: SlotID
        var use: Use
        /// For a transaction that waits until the batches on it are over.
        var isReserved = false
        /// The one beyond the limit.
        var isExtra = false
        var isProbed = false
        var usedAt = MonotonicTime(nanoseconds: 0)
        var probedAt = MonotonicTime(nanoseconds: 0)
        var retireAt = MonotonicTime.distantFuture
        var retires = false
    }

    private struct Waiter {
        let id: WaiterID
        let demand: Demand
        let isPrivileged: Bool
        let since: MonotonicTime
    }

    /// What has happened since the start.
    private(set) var counts = PoolCounts()

    private let bounds: Bounds
    private var slots: [Slot] = []
    private var waiters: [Waiter] = []
    private var backoff = Backoff()
    private var isAway = false
    private var isClosed = false
    private var lastSlot: SlotID = 0
    private var lastWaiter: WaiterID = 0
    private var actions: [Action] = []

    init(bounds: Bounds) {
        self.bounds = bounds
    }

    // MARK: What the pool looks like

    var openCount: Int { slots.count { $0.use != .connecting } }
    var connectingCount: Int { slots.count { $0.use == .connecting } }
    var waitingCount: Int { waiters.count }
    var heldCount: Int { slots.count { $0.use == .held } }
    var idleCount: Int { slots.count { $0.use == .shared(batches: 0) } }
    /// How long the one who waits longest has waited.
    func longestWait(at now: MonotonicTime) -> Duration {
        waiters.reduce(.zero) { max($0, now - $1.since) }
    }
    /// When the next connect is tried at the earliest.
    private(set) var connectNotBefore = MonotonicTime(nanoseconds: 0)
    var isIdle: Bool { waiters.isEmpty && slots.allSatisfy { $0.use == .shared(batches: 0) } }

    /// What has to be done now; empties the list.
    mutating func takeActions() -> [Action] {
        guard !actions.isEmpty else { return [] }
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Events

    /// A caller wants to run a batch, or to hold a connection.
    mutating func admit(_ demand: Demand, isPrivileged: Bool = false, now: MonotonicTime) -> Admission {
        guard !isClosed else { return refuse(.closed) }
        guard !isAway else { return refuse(.away) }
        if let slot = admitAtOnce(demand, isPrivileged: isPrivileged, now: now) { return .granted(slot) }
        guard waiters.count < bounds.waiters || isPrivileged else { return refuse(.tooManyWaiters) }
        lastWaiter += 1
        let waiter = Waiter(id: lastWaiter, demand: demand, isPrivileged: isPrivileged, since: now)
        let position = isPrivileged ? waiters.firstIndex { !$0.isPrivileged } : nil
        waiters.insert(waiter, at: position ?? waiters.count)
        serve(now: now)
        // It may have been served at once, past others that wait for something else.
        if let position = actions.firstIndex(where: { if case .grant(waiter.id, _) = $0 { true } else { false } }),
            case .grant(_, let slot) = actions.remove(at: position)
        {
            return .granted(slot)
        }
        return .waits(waiter.id)
    }

    /// The same for a caller who does not wait: nil when he has to.
    mutating func admitAtOnce(_ demand: Demand, isPrivileged: Bool = false, now: MonotonicTime) -> SlotID? {
        guard !isClosed, !isAway, waiters.isEmpty, let index = place(demand, isPrivileged, now: now) else { return nil }
        take(index, for: demand, now: now)
        return slots[index].id
    }

    /// The caller gave up or its time is over. False when it no longer waits.
    mutating func withdraw(_ id: WaiterID, now: MonotonicTime) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        counts.givenUp += 1
        serve(now: now)
        return true
    }

    mutating func connected(_ id: SlotID, retireAt: MonotonicTime, now: MonotonicTime) {
        backoff.succeeded()
        isAway = false
        counts.connects += 1
        guard let index = index(of: id) else { return }
        if isClosed {
            close(at: index)
            return
        }
        slots[index].use = .shared(batches: 0)
        slots[index].retireAt = retireAt
        slots[index].usedAt = now
        serve(now: now)
    }

    /// `random` in 0..<1 spreads the next try.
    mutating func connectFailed(_ id: SlotID, now: MonotonicTime, random: Double) {
        guard let index = index(of: id) else { return }
        slots.remove(at: index)
        counts.failedConnects += 1
        guard !isClosed else { return }
        let retryAt = now + backoff.failed(random: random)
        connectNotBefore = max(connectNotBefore, retryAt)
        actions.append(.wake(connectNotBefore))
        guard openCount == 0, backoff.failures >= Limits.failedConnectsBeforeAway else {
            serve(now: now)
            return
        }
        isAway = true
        refuseAll(.away)
    }

    mutating func batchEnded(_ id: SlotID, now: MonotonicTime) {
        guard let index = index(of: id), case .shared(let batches) = slots[index].use else { return }
        slots[index].use = .shared(batches: batches - 1)
        if slots[index].isProbed {
            slots[index].isProbed = batches > 1
        } else {
            slots[index].usedAt = now
        }
        settle(at: index, now: now)
    }

    /// A transaction is over; `isClean` is false when its connection cannot be trusted and has to go.
    mutating func returned(_ id: SlotID, isClean: Bool, now: MonotonicTime) {
        guard let index = index(of: id), slots[index].use == .held else { return }
        slots[index].use = .shared(batches: 0)
        slots[index].usedAt = now
        if !isClean { slots[index].retires = true }
        settle(at: index, now: now)
    }

    /// The connection broke; it is gone already.
    mutating func lost(_ id: SlotID, now: MonotonicTime) {
        guard let index = index(of: id) else { return }
        slots.remove(at: index)
        counts.lost += 1
        serve(now: now)
    }

    /// The server is about to go, or is no longer the one that takes writes: all connections are replaced, each as it becomes free.
    mutating func distrustAll(now: MonotonicTime) {
        for slot in slots where slot.use != .connecting {
            guard let index = index(of: slot.id) else { continue }
            slots[index].retires = true
            settle(at: index, now: now)
        }
    }

    /// Time passed: retires what is old or idle, probes what is quiet, tries to connect when the pause is over.
    mutating func tick(now: MonotonicTime) {
        guard !isClosed else { return }
        for slot in slots where slot.use != .connecting && slot.retireAt <= now && !slot.retires {
            guard let index = index(of: slot.id) else { continue }
            slots[index].retires = true
            settle(at: index, now: now)
        }
        for slot in slots where slot.use == .shared(batches: 0) && !slot.isReserved && !slot.retires {
            guard let index = index(of: slot.id) else { continue }
            if slot.usedAt + bounds.idleLifetime <= now, openCount > bounds.leastOpen {
                close(at: index)
            } else if max(slot.usedAt, slot.probedAt) + Limits.probeIdleAfter <= now {
                slots[index].use = .shared(batches: 1)
                slots[index].isProbed = true
                slots[index].probedAt = now
                actions.append(.probe(slot.id))
            }
        }
        if isAway, slots.isEmpty, now >= connectNotBefore { connect() }
        while !isAway, slots.count < bounds.leastOpen, connectingCount < Limits.connectsAtOnce, now >= connectNotBefore { connect() }
        serve(now: now)
    }

    /// Refuses all who wait and closes what is free; the rest closes as it is given back.
    mutating func close(now: MonotonicTime) {
        isClosed = true
        refuseAll(.closed)
        for slot in slots {
            guard let index = index(of: slot.id) else { continue }
            slots[index].retires = true
            settle(at: index, now: now)
        }
    }

    // MARK: Rules

    private var longestHeld: Int { max(1, bounds.connections - 1) }

    private func index(of id: SlotID) -> Int? {
        slots.firstIndex { $0.id == id }
    }

    private mutating func refuse(_ refusal: Refusal) -> Admission {
        counts.refused += 1
        return .refused(refusal)
    }

    private mutating func refuseAll(_ refusal: Refusal) {
        counts.refused += waiters.count
        for waiter in waiters { actions.append(.refuse(waiter.id, refusal)) }
        waiters = []
    }

    /// The connection that serves `demand` now, if any.
    private func place(_ demand: Demand, _ isPrivileged: Bool, now: MonotonicTime) -> Int? {
        switch demand {
        case .transaction:
            guard heldCount < longestHeld + (isPrivileged ? 1 : 0) else { return nil }
            var best: Int?
            for index in slots.indices where slots[index].use == .shared(batches: 0) && isOpen(index, isPrivileged) {
                if slots[index].isReserved { return index }
                best = best ?? index
            }
            return best
        case .batch:
            var best: (index: Int, batches: Int)?
            for index in slots.indices where !slots[index].isReserved && isOpen(index, isPrivileged) {
                guard case .shared(let batches) = slots[index].use else { continue }
                if batches == 0 { return index }
                if batches < best?.batches ?? bounds.batchesPerConnection { best = (index, batches) }
            }
            return mayGrow(isPrivileged, now: now) ? nil : best?.index
        }
    }

    private func isOpen(_ index: Int, _ isPrivileged: Bool) -> Bool {
        !slots[index].retires && (isPrivileged || !slots[index].isExtra)
    }

    private mutating func take(_ index: Int, for demand: Demand, now: MonotonicTime) {
        switch (demand, slots[index].use) {
        case (.batch, .shared(let batches)): slots[index].use = .shared(batches: batches + 1)
        default: slots[index].use = .held
        }
        slots[index].isReserved = false
        slots[index].isProbed = false
        slots[index].usedAt = now
        counts.granted += 1
    }

    private mutating func settle(at index: Int, now: MonotonicTime) {
        if slots[index].retires, slots[index].use == .shared(batches: 0) { close(at: index) }
        serve(now: now)
    }

    private mutating func close(at index: Int) {
        actions.append(.close(slots[index].id))
        slots.remove(at: index)
    }

    /// Grants connections to waiters in order. Batches may pass a transaction that waits for a connection to become free, since that
    /// one is reserved and they use the others.
    private mutating func serve(now: MonotonicTime) {
        guard !waiters.isEmpty else { return }
        var index = 0
        while index < waiters.count {
            let waiter = waiters[index]
            if let slot = place(waiter.demand, waiter.isPrivileged, now: now) {
                waiters.remove(at: index)
                take(slot, for: waiter.demand, now: now)
                counts.waits.add(now - waiter.since)
                actions.append(.grant(waiter.id, slots[slot].id))
            } else if waiter.demand == .batch, !waiter.isPrivileged {
                break
            } else {
                index += 1
            }
        }
        reserve()
        if let first = waiters.first { grow(first.isPrivileged, now: now) }
    }

    private mutating func reserve() {
        let wanted = min(waiters.count { $0.demand == .transaction }, longestHeld - heldCount)
        var reserved = slots.count { $0.isReserved }
        for index in slots.indices where slots[index].isReserved && reserved > wanted {
            slots[index].isReserved = false
            reserved -= 1
        }
        while reserved < wanted {
            var best: (index: Int, batches: Int)?
            for index in slots.indices where !slots[index].isReserved && !slots[index].retires && !slots[index].isExtra {
                guard case .shared(let batches) = slots[index].use else { continue }
                if batches < best?.batches ?? .max { best = (index, batches) }
            }
            guard let best else { return }
            slots[best.index].isReserved = true
            reserved += 1
        }
    }

    private func mayGrow(_ isPrivileged: Bool, now: MonotonicTime) -> Bool {
        guard now >= connectNotBefore else { return false }
        return ordinaryCount < bounds.connections || isPrivileged && ordinaryCount == slots.count
    }

    private var ordinaryCount: Int { slots.count { !$0.isExtra } }

    /// One more connection, if there may be one and those being opened are fewer than the callers who wait.
    private mutating func grow(_ isPrivileged: Bool, now: MonotonicTime) {
        guard mayGrow(isPrivileged, now: now), connectingCount < min(Limits.connectsAtOnce, waiters.count) else { return }
        connect()
    }

    private mutating func connect() {
        lastSlot += 1
        slots.append(Slot(id: lastSlot, use: .connecting, isExtra: ordinaryCount >= bounds.connections))
        actions.append(.connect(lastSlot))
    }
}
