internal import Net

/// Who gets which connection of one loop, and when connections open and close. Pure: events in, actions out, time as a parameter.
///
/// A batch takes a free connection, else it waits for one that is opened. Once there are as many as may be, batches share: behind another
/// one there is a wait, too, but no longer one for every caller. A transaction takes a connection alone, and transactions together take
/// all but one, so that batches always get through, also those that a transaction's own body makes. Waiters are served in order; a
/// waiting transaction reserves the least loaded connection, which then takes no further batch.
struct PoolState {
    typealias SlotID = Int
    typealias WaiterID = UInt64

    struct Bounds {
        var connections: Int
        var batchesPerConnection: Int
        var waiters: Int
    }

    enum Demand: Equatable {
        case batch
        case transaction
    }

    enum Refusal: Equatable {
        /// PostgreSQL is away: the last connect failed and none is open.
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
        var isReserved = false
        var retireAt = MonotonicTime.distantFuture
        var retires = false
    }

    private struct Waiter {
        let id: WaiterID
        let demand: Demand
    }

    private let bounds: Bounds
    private var slots: [Slot] = []
    private var waiters: [Waiter] = []
    private var backoff = Backoff()
    /// No connect before this.
    private var connectNotBefore = MonotonicTime(nanoseconds: 0)
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
    var isIdle: Bool { waiters.isEmpty && slots.allSatisfy { $0.use == .shared(batches: 0) } }

    /// What has to be done now; empties the list.
    mutating func takeActions() -> [Action] {
        guard !actions.isEmpty else { return [] }
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Events

    /// A caller wants to run a batch, or to hold a connection.
    mutating func admit(_ demand: Demand, now: MonotonicTime) -> Admission {
        guard !isClosed else { return .refused(.closed) }
        guard !isAway else { return .refused(.away) }
        if waiters.isEmpty, let index = place(demand, now: now) {
            take(index, for: demand)
            return .granted(slots[index].id)
        }
        guard waiters.count < bounds.waiters else { return .refused(.tooManyWaiters) }
        lastWaiter += 1
        let waiter = Waiter(id: lastWaiter, demand: demand)
        waiters.append(waiter)
        serve(now: now)
        // It may have been served at once, past others that wait for something else.
        if let position = actions.firstIndex(where: { if case .grant(waiter.id, _) = $0 { true } else { false } }),
            case .grant(_, let slot) = actions.remove(at: position)
        {
            return .granted(slot)
        }
        return .waits(waiter.id)
    }

    /// The caller gave up or its time is over. False when it no longer waits.
    mutating func withdraw(_ id: WaiterID, now: MonotonicTime) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        serve(now: now)
        return true
    }

    mutating func connected(_ id: SlotID, retireAt: MonotonicTime, now: MonotonicTime) {
        backoff.succeeded()
        isAway = false
        guard let index = index(of: id) else { return }
        if isClosed {
            close(at: index)
            return
        }
        slots[index].use = .shared(batches: 0)
        slots[index].retireAt = retireAt
        serve(now: now)
    }

    /// `random` in 0..<1 spreads the next try.
    mutating func connectFailed(_ id: SlotID, now: MonotonicTime, random: Double) {
        guard let index = index(of: id) else { return }
        slots.remove(at: index)
        guard !isClosed else { return }
        let retryAt = now + backoff.failed(random: random)
        connectNotBefore = max(connectNotBefore, retryAt)
        actions.append(.wake(connectNotBefore))
        guard openCount == 0 else {
            serve(now: now)
            return
        }
        isAway = true
        for waiter in waiters { actions.append(.refuse(waiter.id, .away)) }
        waiters = []
    }

    mutating func batchEnded(_ id: SlotID, now: MonotonicTime) {
        guard let index = index(of: id), case .shared(let batches) = slots[index].use else { return }
        slots[index].use = .shared(batches: batches - 1)
        settle(at: index, now: now)
    }

    /// A transaction is over; `isClean` is false when its connection cannot be trusted and has to go.
    mutating func returned(_ id: SlotID, isClean: Bool, now: MonotonicTime) {
        guard let index = index(of: id), slots[index].use == .held else { return }
        slots[index].use = .shared(batches: 0)
        if !isClean { slots[index].retires = true }
        settle(at: index, now: now)
    }

    /// The connection broke; it is gone already.
    mutating func lost(_ id: SlotID, now: MonotonicTime) {
        guard let index = index(of: id) else { return }
        slots.remove(at: index)
        serve(now: now)
    }

    /// Time passed: retires what is old, tries to connect when the pause is over.
    mutating func tick(now: MonotonicTime) {
        guard !isClosed else { return }
        for slot in slots where slot.use != .connecting && slot.retireAt <= now && !slot.retires {
            guard let index = index(of: slot.id) else { continue }
            slots[index].retires = true
            settle(at: index, now: now)
        }
        if isAway, slots.isEmpty, now >= connectNotBefore { connect() }
        serve(now: now)
    }

    /// Refuses all who wait and closes what is free; the rest closes as it is given back.
    mutating func close(now: MonotonicTime) {
        isClosed = true
        for waiter in waiters { actions.append(.refuse(waiter.id, .closed)) }
        waiters = []
        for slot in slots {
            guard let index = index(of: slot.id) else { continue }
            slots[index].retires = true
            settle(at: index, now: now)
        }
    }

    // MARK: Rules

    private var longestHeld: Int { max(1, bounds.connections - 1) }
    private var heldCount: Int { slots.count { $0.use == .held } }

    private func index(of id: SlotID) -> Int? {
        slots.firstIndex { $0.id == id }
    }

    /// The connection that serves `demand` now, if any.
    private func place(_ demand: Demand, now: MonotonicTime) -> Int? {
        switch demand {
        case .transaction:
            guard heldCount < longestHeld else { return nil }
            let free = slots.indices.filter { slots[$0].use == .shared(batches: 0) && !slots[$0].retires }
            return free.first { slots[$0].isReserved } ?? free.first
        case .batch:
            var best: (index: Int, batches: Int)?
            for index in slots.indices where !slots[index].isReserved && !slots[index].retires {
                guard case .shared(let batches) = slots[index].use, batches < bounds.batchesPerConnection else { continue }
                if batches == 0 { return index }
                if mayGrow(now: now) { continue }
                if batches < best?.batches ?? .max { best = (index, batches) }
            }
            return best?.index
        }
    }

    private mutating func take(_ index: Int, for demand: Demand) {
        switch (demand, slots[index].use) {
        case (.batch, .shared(let batches)): slots[index].use = .shared(batches: batches + 1)
        default: slots[index].use = .held
        }
        slots[index].isReserved = false
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
            if let slot = place(waiter.demand, now: now) {
                waiters.remove(at: index)
                take(slot, for: waiter.demand)
                actions.append(.grant(waiter.id, slots[slot].id))
            } else if waiter.demand == .batch {
                break
            } else {
                index += 1
            }
        }
        reserve()
        if !waiters.isEmpty { grow(now: now) }
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
            for index in slots.indices where !slots[index].isReserved && !slots[index].retires {
                guard case .shared(let batches) = slots[index].use else { continue }
                if batches < best?.batches ?? .max { best = (index, batches) }
            }
            guard let best else { return }
            slots[best.index].isReserved = true
            reserved += 1
        }
    }

    private func mayGrow(now: MonotonicTime) -> Bool {
        slots.count < bounds.connections && now >= connectNotBefore
    }

    /// One more connection, if there may be one and those being opened are fewer than the callers who wait.
    private mutating func grow(now: MonotonicTime) {
        guard mayGrow(now: now), connectingCount < min(Limits.connectsAtOnce, waiters.count) else { return }
        connect()
    }

    private mutating func connect() {
        lastSlot += 1
        slots.append(Slot(id: lastSlot, use: .connecting))
        actions.append(.connect(lastSlot))
    }
}
