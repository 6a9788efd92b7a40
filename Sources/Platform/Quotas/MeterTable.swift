/// Meters by key, bounded: idle ones that nobody holds make room, and since they say nothing, none is missed. Whoever uses it locks it.
///
/// Open addressing over references: of a million meters the table itself has 16 MiB.
struct MeterTable {
    private var slots: [Meter?] = Array(repeating: nil, count: 64)
    private(set) var count = 0
    var places: Int { slots.count }
    var isFull: Bool { count >= capacity }
    private let capacity: Int
    /// Where the search for idle ones goes on.
    private var hand = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The meter of that key, made if there is none. Nil when there are as many as there may be, all of them in use, unless it `mayExceed` that.
    mutating func meter(_ key: QuotaKey, at now: UInt64, mayExceed: Bool = false, make: () -> Meter) -> Meter? {
        if let place = place(of: key) { return slots[place] }
        // Two looked at for one that comes: the table turns over before it doubles.
        sweep(Limits.metersSweptForOne, at: now)
        if (count + 1) * 4 > slots.count * 3 {
            sweep(slots.count, at: now)
            if count * 2 > slots.count { grow() }
        }
        guard count < capacity || mayExceed else { return nil }
        let meter = make()
        insert(meter)
        return meter
    }

    /// The meter of that key, if there is one.
    func meter(_ key: QuotaKey) -> Meter? { place(of: key).flatMap { slots[$0] } }

    private func home(_ key: QuotaKey) -> Int { Int(truncatingIfNeeded: key.low) & (slots.count - 1) }

    private func place(of key: QuotaKey) -> Int? {
        var place = home(key)
        while let meter = slots[place] {
            if meter.key == key { return place }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ meter: Meter) {
        var place = home(meter.key)
        while slots[place] != nil { place = (place + 1) & (slots.count - 1) }
        slots[place] = meter
        count += 1
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        count = 0
        hand = 0
        for case let meter? in old { insert(meter) }
    }

    /// Looks at so many places, and removes whom nobody holds and who has nothing to say. What somebody holds stays: two meters of one
    /// subject would be two quotas.
    private mutating func sweep(_ places: Int, at now: UInt64) {
        for _ in 0..<min(places, slots.count) {
            if slots[hand]?.isIdle(at: now) == true, isKnownUniquelyReferenced(&slots[hand]) {
                // Another one may move here, and is next.
                remove(hand)
            } else {
                hand = (hand + 1) & (slots.count - 1)
            }
        }
    }

    /// Closes the gap, so that every meter is still found from its home on.
    private mutating func remove(_ place: Int) {
        let mask = slots.count - 1
        slots[place] = nil
        count -= 1
        var gap = place
        var next = (place + 1) & mask
        while let meter = slots[next] {
            // Whose home lies behind the gap would not be found in it.
            if (next &- home(meter.key)) & mask >= (next &- gap) & mask {
                slots[gap] = meter
                slots[next] = nil
                gap = next
            }
            next = (next + 1) & mask
        }
    }
}
