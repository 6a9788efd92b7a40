import Net
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// A clock that a test sets.
private final class HandClock: Sendable {
    private let time = Mutex(MonotonicTime(nanoseconds: 0))
    var now: MonotonicTime { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// Counts, from anywhere.
private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    @discardableResult func add() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

/// Opens once, for all who wait.
private final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    init() { (stream, opening) = AsyncStream<Void>.makeStream() }
    func open() { opening.finish() }
    func wait() async { for await _ in stream {} }
}

@Suite("E16 · the cache")
struct CacheTests {
    private let clock = HandClock()

    private func cache(capacity: Int = 100, lifetime: Duration = .seconds(60)) -> TenantCache<Int, String> {
        TenantCache(capacity: capacity, lifetime: lifetime, now: { [clock] in clock.now })
    }

    @Test("E16 · a value is fetched once, remembered, and fetched again when its time is over; hits are counted")
    func lifetime() async throws {
        let (cache, fetches) = (cache(), Count())
        func value() async throws -> String { try await cache.value(of: 1, tenant: "a") { "fetch \(fetches.add())" } }
        #expect(try await value() == "fetch 1")
        #expect(try await value() == "fetch 1")
        clock.advance(.seconds(59))
        #expect(try await value() == "fetch 1")
        clock.advance(.seconds(1))
        #expect(try await value() == "fetch 2")
        #expect(cache.statistics == CacheStatistics(hits: 2, misses: 2, joined: 0))
    }

    @Test("E16 · who wants a newer value than the remembered one has it fetched, for all")
    func maxAge() async throws {
        let (cache, fetches) = (cache(), Count())
        func value(_ seconds: Int) async throws -> String {
            try await cache.value(of: 1, tenant: "a", maxAge: .seconds(seconds)) { "fetch \(fetches.add())" }
        }
        #expect(try await value(10) == "fetch 1")
        clock.advance(.seconds(10))
        #expect(try await value(10) == "fetch 1")
        clock.advance(.seconds(1))
        #expect(try await value(20) == "fetch 1")
        #expect(try await value(10) == "fetch 2")
        #expect(try await value(20) == "fetch 2")
    }

    @Test("E16 · of a hundred who miss the same value at once, one fetches it")
    func singleFlight() async throws {
        let (cache, fetches, gate) = (cache(), Count(), Gate())
        let values = try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    try await cache.value(of: 1, tenant: "a") {
                        fetches.add()
                        await gate.wait()
                        return "value"
                    }
                }
            }
            while cache.statistics.misses + cache.statistics.joined < 100 { await Task.yield() }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: "value", count: 100))
        #expect(fetches.value == 1)
    }

    @Test("E16 · an error is told to all who waited, and the next one fetches again")
    func failure() async throws {
        struct Away: Error {}
        let cache = cache()
        await #expect(throws: Away.self) { try await cache.value(of: 1, tenant: "a") { throw Away() } }
        #expect(try await cache.value(of: 1, tenant: "a") { "there" } == "there")
    }

    @Test("E16 · what changes while it is fetched is handed out, not kept, and nobody who asks later gets it")
    func changedMeanwhile() async throws {
        let (cache, began, gate) = (cache(), Gate(), Gate())
        let first = Task {
            try await cache.value(of: 1, tenant: "a") {
                began.open()
                await gate.wait()
                return "old"
            }
        }
        await began.wait()
        cache.forget(1, tenant: "a")
        #expect(try await cache.value(of: 1, tenant: "a") { "new" } == "new")
        gate.open()
        #expect(try await first.value == "old")
        #expect(try await cache.value(of: 1, tenant: "a") { "newer" } == "new")
    }

    @Test("E16 · the value that was asked for longest ago makes room")
    func capacity() async throws {
        let cache = cache(capacity: 2)
        for key in [1, 2] { _ = try await cache.value(of: key, tenant: "a") { "\(key)" } }
        #expect(try await cache.value(of: 1, tenant: "a") { "again" } == "1")
        _ = try await cache.value(of: 3, tenant: "a") { "3" }
        #expect(cache.count == 2)
        #expect(try await cache.value(of: 1, tenant: "a") { "again" } == "1")
        #expect(try await cache.value(of: 2, tenant: "a") { "again" } == "again")
    }

    @Test("E16 · an event forgets what it is about, of its own tenant; a gap in the news forgets everything")
    func events() async throws {
        let cache = cache()
        for tenant in ["a", "b"] { _ = try await cache.value(of: 1, tenant: tenant) { "old \(tenant)" } }
        let event = RecordedEvent(
            position: OutboxPosition(transaction: 1, number: 1), tenant: "a", topic: "Changed", subject: "1", payload: [], requestID: "")
        cache.hear(.events([event])) { Int($0.subject).map { [$0] } ?? [] }
        #expect(try await cache.value(of: 1, tenant: "a") { "new" } == "new")
        #expect(try await cache.value(of: 1, tenant: "b") { "new" } == "old b")
        cache.hear(.mayHaveMissed) { _ in [] }
        #expect(cache.count == 0)
    }

    @Test("E16 · no value crosses tenants, and none is older than its last change, whatever happens in what order", arguments: 0..<20)
    func tenants(run: Int) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let cache = cache(capacity: 8, lifetime: .seconds(10))
        var versions: [String: Int] = [:]
        for _ in 0..<500 {
            let (tenant, key) = (["a", "b", "c"].randomElement(using: &random) ?? "a", Int.random(in: 0..<6, using: &random))
            let name = "\(tenant)/\(key)"
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                versions[name, default: 0] += 1
                cache.forget(key, tenant: tenant)
            case 1: clock.advance(.seconds(Int.random(in: 0...4, using: &random)))
            default:
                let there = "\(name) version \(versions[name, default: 0])"
                #expect(try await cache.value(of: key, tenant: tenant) { there } == there, "seed \(seed), run \(run)")
            }
        }
        #expect(cache.statistics.hits > 50, "seed \(seed), run \(run)")
    }
}
