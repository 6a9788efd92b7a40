internal import Net
internal import Synchronization

/// What a process remembers of the database, each tenant's for itself, until its time is over or an event says that it changed.
///
///     let plans = TenantCache<String, Plan>(capacity: 10_000, lifetime: .seconds(60))
///     outbox.feed.listen { plans.hear($0) { event in event.topic == PlanChanged.fullName ? [event.subject] : [] } }
///     let plan = try await plans.value(of: id, tenant: tenant) { try await database.batch(call) { $0.one(.plan(id)) } }
///
/// Nobody can ask for a value without naming its tenant. Of many who miss the same value at once, one fetches it and all get what it finds;
/// what was fetched while an event said that it changed is handed out, and not kept.
public final class TenantCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Address: Hashable {
        let tenant: String
        let key: Key
    }

    private struct State {
        var entries: CacheEntries<Address, Value>
        var fetches: [Address: (task: Task<Value, any Error>, began: MonotonicTime)] = [:]
        var statistics = CacheStatistics()
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> MonotonicTime

    /// - Parameters:
    ///   - capacity: the most values that are kept, at least 1; the one that was asked for longest ago makes room.
    ///   - lifetime: how old a value may be. It bounds how long a change is unseen when the database cannot tell of it.
    public convenience init(capacity: Int, lifetime: Duration) {
        self.init(capacity: capacity, lifetime: lifetime, now: { .now() })
    }

    init(capacity: Int, lifetime: Duration, now: @escaping @Sendable () -> MonotonicTime) {
        state = Mutex(State(entries: CacheEntries(capacity: capacity, lifetime: lifetime)))
        self.now = now
    }

    /// The value, remembered or fetched. An error of `fetch` is everybody's who waited for it, and is not remembered.
    ///
    /// A fetch goes on when the caller who began it is cancelled: others may wait for it.
    ///
    /// - Parameter maxAge: how old the value may be for this caller; nil is as old as its lifetime lets it become.
    public func value(
        of key: Key, tenant: String, maxAge: Duration? = nil, _ fetch: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let address = Address(tenant: tenant, key: key)
        let now = now()
        let found: Found = state.withLock { state in
            if let value = state.entries.value(of: address, maxAge: maxAge, at: now) {
                state.statistics.hits += 1
                return .value(value)
            }
            if let fetch = state.fetches[address], now - fetch.began <= maxAge ?? now - fetch.began {
                state.statistics.joined += 1
                return .fetch(fetch.task)
            }
            state.statistics.misses += 1
            let ticket = state.entries.beginFetch(of: address, at: now)
            let task = Task {
                do {
                    let value = try await fetch()
                    self.end(address, ticket, value)
                    return value
                } catch {
                    self.end(address, ticket, nil)
                    throw error
                }
            }
            state.fetches[address] = (task, now)
            return .fetch(task)
        }
        switch found {
        case .value(let value): return value
        case .fetch(let task): return try await task.value
        }
    }

    private enum Found {
        case value(Value)
        case fetch(Task<Value, any Error>)
    }

    private func end(_ address: Address, _ ticket: CacheEntries<Address, Value>.Ticket, _ value: Value?) {
        let now = now()
        state.withLock { state in
            // Somebody may fetch it anew since it changed; that is another fetch.
            if state.entries.endFetch(ticket, of: address, value, at: now) { state.fetches[address] = nil }
        }
    }

    /// Forgets one value; who asks from now on gets what is there from now on.
    public func forget(_ key: Key, tenant: String) {
        let address = Address(tenant: tenant, key: key)
        state.withLock { state in
            state.entries.forget(address)
            state.fetches[address] = nil
        }
    }

    /// Forgets everything.
    public func forgetAll() {
        state.withLock { state in
            state.entries.forgetAll()
            state.fetches = [:]
        }
    }

    /// Forgets what news of the outbox say has changed: `changed` gives the keys that an event is about, of the event's tenant.
    public func hear(_ news: EventFeed.News, changed: (RecordedEvent) -> [Key]) {
        switch news {
        case .mayHaveMissed: forgetAll()
        case .events(let events):
            for event in events { for key in changed(event) { forget(key, tenant: event.tenant) } }
        }
    }

    public var statistics: CacheStatistics { state.withLock { $0.statistics } }
    public var count: Int { state.withLock { $0.entries.count } }
}

/// How often a cache was asked, since it was made.
public struct CacheStatistics: Sendable, Hashable {
    /// It knew.
    public var hits = 0
    /// It had to fetch.
    public var misses = 0
    /// Somebody was fetching the same already.
    public var joined = 0
}
