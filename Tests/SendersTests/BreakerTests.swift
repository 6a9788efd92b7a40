import Crypto
import Net
import Synchronization
import Testing

@testable import Senders

struct BreakerTests {
    private static func at(_ seconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: 0) + .seconds(seconds) }

    private static func pass(_ breaker: inout Breaker, at seconds: Int) -> Breaker.Pass? {
        if case .pass(let pass) = breaker.admit(at: at(seconds)) { pass } else { nil }
    }

    private static func fail(_ breaker: inout Breaker, times: Int, at seconds: Int) throws -> Breaker.Change? {
        var change: Breaker.Change?
        for _ in 0..<times { change = breaker.end(try #require(pass(&breaker, at: seconds)), .failed, at: at(seconds)) }
        return change
    }

    @Test("R2 · REL-7 · five failures in a row open it, and it says so once; a success in between begins anew")
    func opens() throws {
        var breaker = Breaker()
        #expect(try Self.fail(&breaker, times: 4, at: 0) == nil)
        #expect(breaker.end(try #require(Self.pass(&breaker, at: 0)), .worked, at: Self.at(0)) == nil)
        #expect(try Self.fail(&breaker, times: 4, at: 1) == nil)
        #expect(try Self.fail(&breaker, times: 1, at: 1) == .opened(retryAfter: .seconds(30)))
        #expect(breaker.admit(at: Self.at(11)) == .refused(retryAfter: .seconds(20)))
    }

    @Test("REL-7 · when its time is over one probe goes through, and no second one beside it")
    func probe() throws {
        var breaker = Breaker()
        _ = try Self.fail(&breaker, times: 5, at: 0)
        let probe = try #require(Self.pass(&breaker, at: 30))
        #expect(Self.pass(&breaker, at: 30) == nil)
        #expect(Self.pass(&breaker, at: 3_000) == nil)
        #expect(breaker.end(probe, .worked, at: Self.at(31)) == .closed)
        #expect(breaker.isAtRest)
        #expect(Self.pass(&breaker, at: 31) != nil)
    }

    @Test("a probe that fails doubles the pause, up to ten minutes")
    func pauses() throws {
        var breaker = Breaker()
        _ = try Self.fail(&breaker, times: 5, at: 0)
        var pauses: [Duration] = []
        for round in 1...7 {
            let change = breaker.end(try #require(Self.pass(&breaker, at: round * 1_000)), .failed, at: Self.at(round * 1_000))
            guard case .opened(let pause) = change else { return #expect(Bool(false)) }
            pauses.append(pause)
        }
        #expect(pauses == [60, 120, 240, 480, 600, 600, 600].map { .seconds($0) })
    }

    @Test("attempts that began before it opened change nothing, and a probe that was given up makes room for the next")
    func stale() throws {
        var breaker = Breaker()
        let early = try #require(Self.pass(&breaker, at: 0))
        _ = try Self.fail(&breaker, times: 5, at: 0)
        #expect(breaker.end(early, .worked, at: Self.at(1)) == nil)
        #expect(Self.pass(&breaker, at: 1) == nil)
        let probe = try #require(Self.pass(&breaker, at: 40))
        #expect(breaker.end(early, .worked, at: Self.at(41)) == nil)
        #expect(Self.pass(&breaker, at: 41) == nil)
        #expect(breaker.end(probe, .abandoned, at: Self.at(42)) == nil)
        #expect(Self.pass(&breaker, at: 42) != nil)
    }

    @Test("a destination takes so many attempts at once, and what works is not remembered")
    func bulkhead() throws {
        var table = DestinationTable(attemptsPerDestination: 2, capacity: 3)
        var passes: [Breaker.Pass] = []
        for _ in 0..<2 {
            guard case .pass(let pass) = table.enter("a", at: Self.at(0)) else { return #expect(Bool(false)) }
            passes.append(pass)
        }
        guard case .refused(_, .seconds(1)) = table.enter("a", at: Self.at(0)) else { return #expect(Bool(false)) }
        guard case .pass(let other) = table.enter("b", at: Self.at(0)) else { return #expect(Bool(false)) }
        #expect(table.count == 2)
        _ = table.leave("b", other, .worked, at: Self.at(0))
        _ = table.leave("a", passes[0], .worked, at: Self.at(0))
        #expect(table.count == 1)
        guard case .pass = table.enter("a", at: Self.at(0)) else { return #expect(Bool(false)) }
    }

    @Test("the table has a limit: whose failures are oldest is forgotten, what is under way is not")
    func capacity() throws {
        var table = DestinationTable(attemptsPerDestination: 2, capacity: 3)
        func fail(_ name: String, times: Int, at seconds: Int) throws {
            for _ in 0..<times {
                guard case .pass(let pass) = table.enter(name, at: Self.at(seconds)) else { return #expect(Bool(false)) }
                _ = table.leave(name, pass, .failed, at: Self.at(seconds))
            }
        }
        guard case .pass = table.enter("busy", at: Self.at(0)) else { return #expect(Bool(false)) }
        try fail("early", times: 5, at: 1)
        try fail("late", times: 5, at: 2)
        guard case .refused = table.enter("early", at: Self.at(3)) else { return #expect(Bool(false)) }
        guard case .pass = table.enter("new", at: Self.at(4)) else { return #expect(Bool(false)) }
        #expect(table.count == 3)
        // It was "late" that had been touched least lately, so that it begins anew, in the place of "early".
        guard case .pass = table.enter("late", at: Self.at(4)) else { return #expect(Bool(false)) }
        guard case .refused = table.enter("newer", at: Self.at(9_000)) else { return #expect(Bool(false)) }
    }

    @Test("R2 · ten thousand addresses of one tenant that fail keep nobody from a destination that is not known yet")
    func flooded() throws {
        var table = DestinationTable()
        for number in 0..<Limits.destinations {
            guard case .pass(let pass) = table.enter("hostile.test:\(number)", at: Self.at(number)) else { return #expect(Bool(false)) }
            _ = table.leave("hostile.test:\(number)", pass, .failed, at: Self.at(number))
        }
        #expect(table.count == Limits.destinations)
        guard case .pass = table.enter("another.test:443", at: Self.at(Limits.destinations)) else { return #expect(Bool(false)) }
        #expect(table.count == Limits.destinations)
    }

    /// Answers what it is told, and counts how often it was asked.
    private final class Provider: Sender {
        let calls = Atomic<Int>(0)
        let outcome = Mutex<Outcome>(.failed(reason: "down", retryAfter: nil))

        func destination(of content: String) -> String { content }

        func send(_ content: String, id: UUIDv7) async -> Outcome {
            calls.add(1, ordering: .relaxed)
            return outcome.withLock { $0 }
        }
    }

    @Test("R2 · after five failures the next call fails at once, with a time to try again, and the provider is not called")
    func guarded() async throws {
        let provider = Provider()
        let now = Mutex(Self.at(0))
        let changes = Mutex<[String]>([])
        let sender = GuardedSender(
            provider, clock: { now.withLock { $0 } }, report: { name, change in changes.withLock { $0.append("\(name) \(change)") } })
        for _ in 0..<5 { _ = await sender.send("relay", id: MailTests.id) }
        let deferred = await sender.send("relay", id: MailTests.id)
        guard case .deferred(_, .seconds(30)) = deferred else { return #expect(Bool(false), "\(deferred)") }
        #expect(provider.calls.load(ordering: .relaxed) == 5)
        _ = await sender.send("another", id: MailTests.id)
        #expect(provider.calls.load(ordering: .relaxed) == 6)
        now.withLock { $0 = Self.at(30) }
        provider.outcome.withLock { $0 = .refused(reason: "no such user") }
        #expect(await sender.send("relay", id: MailTests.id) == .refused(reason: "no such user"))
        #expect(changes.withLock { $0.count } == 2)
    }
}
