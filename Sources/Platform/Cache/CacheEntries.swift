internal import Net

/// What a cache holds, and which fetches may still be kept. Pure: time is a parameter.
struct CacheEntries<Address: Hashable, Value> {
    /// One fetch. What is forgotten meanwhile makes it worthless.
    struct Ticket: Equatable {
        fileprivate let number: UInt64
        /// What it finds is no older than this.
        let began: MonotonicTime
    }

    private struct Entry {
        let value: Value
        let fetched: MonotonicTime
        let expires: MonotonicTime
        var older: Address?
        var newer: Address?
    }

    private let capacity: Int
    private let lifetime: Duration
    private var entries: [Address: Entry] = [:]
    private var tickets: [Address: Ticket] = [:]
    private var lastTicket: UInt64 = 0
    /// The ends of the list of all entries, by when each was asked for.
    private var oldest: Address?
    private var newest: Address?

    init(capacity: Int, lifetime: Duration) {
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
    }

    var count: Int { entries.count }

    /// - Parameter maxAge: nil is as old as its lifetime lets it become. What is too old for one may be good for another.
    mutating func value(of address: Address, maxAge: Duration? = nil, at now: MonotonicTime) -> Value? {
        guard let entry = entries[address] else { return nil }
        if let maxAge, now - entry.fetched > maxAge { return nil }
        remove(address)
        guard now < entry.expires else { return nil }
        append(address, entry.value, fetched: entry.fetched, expires: entry.expires)
        return entry.value
    }

    mutating func beginFetch(of address: Address, at now: MonotonicTime) -> Ticket {
        lastTicket += 1
        let ticket = Ticket(number: lastTicket, began: now)
        tickets[address] = ticket
        return ticket
    }

    /// Keeps the value unless it was forgotten meanwhile, or the fetch failed and has none. False when it was forgotten.
    mutating func endFetch(_ ticket: Ticket, of address: Address, _ value: Value?, at now: MonotonicTime) -> Bool {
        guard tickets[address] == ticket else { return false }
        tickets[address] = nil
        guard let value else { return true }
        remove(address)
        if entries.count >= capacity, let oldest { remove(oldest) }
        append(address, value, fetched: ticket.began, expires: now + lifetime)
        return true
    }

    mutating func forget(_ address: Address) {
        tickets[address] = nil
        remove(address)
    }

    mutating func forgetAll() {
        tickets = [:]
        entries = [:]
        oldest = nil
        newest = nil
    }

    private mutating func append(_ address: Address, _ value: Value, fetched: MonotonicTime, expires: MonotonicTime) {
        entries[address] = Entry(value: value, fetched: fetched, expires: expires, older: newest)
        if let newest { entries[newest]?.newer = address }
        newest = address
        if oldest == nil { oldest = address }
    }

    private mutating func remove(_ address: Address) {
        guard let entry = entries.removeValue(forKey: address) else { return }
        if let older = entry.older { entries[older]?.newer = entry.newer } else { oldest = entry.newer }
        if let newer = entry.newer { entries[newer]?.older = entry.older } else { newest = entry.older }
    }
}
