import Net
@testable import Postgres
import Testing

/// The rules of the pool as transcripts: what happens, what is done about it.
@Suite struct PoolStateTests {
    typealias Action = PoolState.Action

    static func state(connections: Int = 2, batches: Int = 2, waiters: Int = 10) -> PoolState {
        PoolState(bounds: .init(connections: connections, batchesPerConnection: batches, waiters: waiters))
    }

    static func at(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
    }

    static let start = at(0)

    /// A pool with this many open connections, all free, numbered from 1.
    static func open(_ count: Int, connections: Int? = nil, batches: Int = 2, waiters: Int = 10) -> PoolState {
        var pool = state(connections: connections ?? count, batches: batches, waiters: waiters)
        var waiting: [PoolState.WaiterID] = []
        for _ in 0..<count {
            guard case .waits(let waiter) = pool.admit(.transaction, now: start) else { continue }
            waiting.append(waiter)
        }
        for slot in 1...count { pool.connected(slot, retireAt: .distantFuture, now: start) }
        for waiter in waiting { _ = pool.withdraw(waiter, now: start) }
        for slot in 1...count { pool.returned(slot, isClean: true, now: start) }
        _ = pool.takeActions()
        return pool
    }

    @Test("The helper opens what it says", arguments: 1...4)
    func helper(_ count: Int) {
        let pool = Self.open(count)
        #expect(pool.openCount == count)
        #expect(pool.isIdle)
    }

    @Test("The first caller makes a connection and gets it")
    func firstCaller() {
        var pool = Self.state()
        #expect(pool.admit(.batch, now: Self.start) == .waits(1))
        #expect(pool.takeActions() == [.connect(1)])
        pool.connected(1, retireAt: .distantFuture, now: Self.at(10))
        #expect(pool.takeActions() == [.grant(1, 1)])
        pool.batchEnded(1, now: Self.at(20))
        #expect(pool.isIdle)
        #expect(pool.admit(.batch, now: Self.at(30)) == .granted(1))
        #expect(pool.takeActions() == [])
    }

    @Test("A burst opens few connections at once, never more than the limit")
    func storm() {
        var pool = Self.state(connections: 3)
        for waiter in 1...5 { #expect(pool.admit(.batch, now: Self.start) == .waits(UInt64(waiter))) }
        #expect(pool.takeActions() == [.connect(1), .connect(2)])
        pool.connected(1, retireAt: .distantFuture, now: Self.start)
        #expect(pool.takeActions() == [.grant(1, 1), .connect(3)])
        // Now that no further one may be opened, the free place of the first is used as well.
        pool.connected(2, retireAt: .distantFuture, now: Self.start)
        #expect(pool.takeActions() == [.grant(2, 2), .grant(3, 1), .grant(4, 2)])
        pool.connected(3, retireAt: .distantFuture, now: Self.start)
        #expect(pool.takeActions() == [.grant(5, 3)])
    }

    @Test("While another connection can be opened, a batch waits for it rather than behind another batch")
    func growsBeforeItShares() {
        var pool = Self.open(1, connections: 2)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.start) else {
            Issue.record("it shared")
            return
        }
        #expect(pool.takeActions() == [.connect(2)])
        // Whichever is free first.
        pool.batchEnded(1, now: Self.start)
        #expect(pool.takeActions() == [.grant(waiter, 1)])
    }

    @Test("Batches share the least loaded connection up to the limit, then wait in order")
    func sharing() {
        var pool = Self.open(2, batches: 2)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        guard case .waits(let first) = pool.admit(.batch, now: Self.start), case .waits(let second) = pool.admit(.batch, now: Self.start)
        else {
            Issue.record("more than the limit")
            return
        }
        pool.batchEnded(2, now: Self.start)
        pool.batchEnded(1, now: Self.start)
        #expect(pool.takeActions() == [.grant(first, 2), .grant(second, 1)])
    }

    @Test("A transaction has its connection alone, and batches keep one for themselves")
    func transactionsLeaveOne() {
        var pool = Self.open(3)
        #expect(pool.admit(.transaction, now: Self.start) == .granted(1))
        #expect(pool.admit(.transaction, now: Self.start) == .granted(2))
        guard case .waits(let third) = pool.admit(.transaction, now: Self.start) else {
            Issue.record("transactions took all connections")
            return
        }
        #expect(pool.admit(.batch, now: Self.start) == .granted(3))
        pool.returned(1, isClean: true, now: Self.start)
        #expect(pool.takeActions() == [.grant(third, 1)])
    }

    @Test("With one connection a transaction takes it, and batches wait")
    func oneConnection() {
        var pool = Self.open(1)
        #expect(pool.admit(.transaction, now: Self.start) == .granted(1))
        guard case .waits(let batch) = pool.admit(.batch, now: Self.start) else {
            Issue.record("a batch ran on a held connection")
            return
        }
        pool.returned(1, isClean: true, now: Self.start)
        #expect(pool.takeActions() == [.grant(batch, 1)])
    }

    @Test("A waiting transaction reserves a connection, so that batches cannot keep it out for ever")
    func reservation() {
        var pool = Self.open(2, batches: 4)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        guard case .waits(let transaction) = pool.admit(.transaction, now: Self.start) else {
            Issue.record("it was granted a busy connection")
            return
        }
        // The first is reserved: batches pass the transaction, but on the second.
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        pool.batchEnded(2, now: Self.start)
        #expect(pool.takeActions() == [])
        pool.batchEnded(1, now: Self.start)
        #expect(pool.takeActions() == [.grant(transaction, 1)])
        // When it gives up instead, the reservation ends.
        guard case .waits(let next) = pool.admit(.transaction, now: Self.start) else { return }
        let withdrawn = [pool.withdraw(next, now: Self.start), pool.withdraw(next, now: Self.start)]
        #expect(withdrawn == [true, false])
        pool.returned(1, isClean: true, now: Self.start)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
    }

    @Test("The queue is bounded")
    func boundedQueue() {
        var pool = Self.open(1, batches: 1, waiters: 1)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        guard case .waits = pool.admit(.batch, now: Self.start) else {
            Issue.record("it did not wait")
            return
        }
        #expect(pool.admit(.batch, now: Self.start) == .refused(.tooManyWaiters))
    }

    @Test("When PostgreSQL is away callers are refused at once, and the pool looks for it with growing pauses")
    func away() {
        var pool = Self.state()
        #expect(pool.admit(.batch, now: Self.start) == .waits(1))
        #expect(pool.takeActions() == [.connect(1)])
        // One failure, or two, may be a server that is just starting.
        pool.connectFailed(1, now: Self.start, random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(50))])
        #expect(pool.admit(.batch, now: Self.at(1)) == .waits(2))
        pool.tick(now: Self.at(50))
        #expect(pool.takeActions() == [.connect(2)])
        pool.connectFailed(2, now: Self.at(50), random: 0.5)
        pool.tick(now: Self.at(150))
        #expect(pool.takeActions() == [.wake(Self.at(150)), .connect(3)])
        pool.connectFailed(3, now: Self.at(150), random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(350)), .refuse(1, .away), .refuse(2, .away)])
        #expect(pool.connectNotBefore == Self.at(350))
        #expect(pool.admit(.batch, now: Self.at(151)) == .refused(.away))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(349))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(350))
        #expect(pool.takeActions() == [.connect(4)])
        // Still known to be away while it tries, with one connection.
        #expect(pool.admit(.transaction, now: Self.at(351)) == .refused(.away))
        pool.connectFailed(4, now: Self.at(360), random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(760))])
        pool.tick(now: Self.at(760))
        #expect(pool.takeActions() == [.connect(5)])
        pool.connected(5, retireAt: .distantFuture, now: Self.at(770))
        #expect(pool.admit(.batch, now: Self.at(771)) == .granted(5))
        #expect(pool.counts.refused == 4)
        #expect(pool.counts.failedConnects == 4)
    }

    @Test("E8 · However long PostgreSQL was away, the next try comes within little more than a second")
    func healsSoon() {
        var pool = Self.state()
        var now = Self.start
        _ = pool.admit(.batch, now: now)
        for _ in 0..<100 {
            for case .connect(let slot) in pool.takeActions() { pool.connectFailed(slot, now: now, random: 0.999) }
            #expect(pool.connectNotBefore - now <= .milliseconds(1200))
            now = pool.connectNotBefore
            pool.tick(now: now)
        }
    }

    @Test("Health and administration find a connection when all are taken: one beyond the limit, which serves nobody else")
    func privileged() {
        var pool = Self.open(2)
        #expect(pool.admit(.transaction, now: Self.start) == .granted(1))
        for _ in 0..<2 { #expect(pool.admit(.batch, now: Self.start) == .granted(2)) }
        guard case .waits(let ordinary) = pool.admit(.batch, now: Self.start) else {
            Issue.record("it should wait")
            return
        }
        guard case .waits(let check) = pool.admit(.batch, isPrivileged: true, now: Self.start) else {
            Issue.record("it should wait for a connection of its own")
            return
        }
        #expect(pool.takeActions() == [.connect(3)])
        pool.connected(3, retireAt: .distantFuture, now: Self.at(1))
        #expect(pool.takeActions() == [.grant(check, 3)])
        pool.batchEnded(3, now: Self.at(2))
        // It is free, and yet nobody else gets it.
        #expect(pool.takeActions() == [])
        #expect(pool.admit(.transaction, isPrivileged: true, now: Self.at(3)) == .granted(3))
        pool.returned(3, isClean: true, now: Self.at(4))
        pool.batchEnded(2, now: Self.at(5))
        #expect(pool.takeActions() == [.grant(ordinary, 2)])
    }

    @Test("Health and administration go ahead of those who wait, are never too many, and use what is free")
    func privilegedOrder() {
        var pool = Self.open(1, batches: 1, waiters: 1)
        #expect(pool.admit(.batch, isPrivileged: true, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .waits(2))
        #expect(pool.admit(.batch, now: Self.start) == .refused(.tooManyWaiters))
        #expect(pool.admit(.batch, isPrivileged: true, now: Self.start) == .waits(3))
        pool.batchEnded(1, now: Self.start)
        #expect(pool.takeActions() == [.connect(2), .grant(3, 1)])
    }

    @Test("A connection that nobody needs is closed in time, but not below what is kept; a retired one is replaced")
    func idle() {
        var pool = PoolState(
            bounds: .init(connections: 4, batchesPerConnection: 2, waiters: 10, leastOpen: 2, idleLifetime: .seconds(20)))
        pool.tick(now: Self.start)
        #expect(pool.takeActions() == [.connect(1), .connect(2)])
        for slot in 1...2 { pool.connected(slot, retireAt: slot == 1 ? Self.at(40_000) : .distantFuture, now: Self.start) }
        for _ in 0..<2 { _ = pool.admit(.transaction, now: Self.start) }
        _ = pool.admit(.batch, now: Self.start)
        for case .connect(let slot) in pool.takeActions() { pool.connected(slot, retireAt: .distantFuture, now: Self.start) }
        for slot in 1...2 { pool.returned(slot, isClean: true, now: Self.at(10_000)) }
        pool.batchEnded(3, now: Self.at(5_000))
        _ = pool.takeActions()
        pool.tick(now: Self.at(24_999))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(25_000))
        #expect(pool.takeActions() == [.close(3)])
        pool.tick(now: Self.at(31_000))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(40_000))
        #expect(pool.takeActions() == [.close(1), .probe(2), .connect(4)])
    }

    @Test("A quiet connection is probed, and given to callers meanwhile; probing does not keep it young")
    func probe() {
        var pool = PoolState(bounds: .init(connections: 1, batchesPerConnection: 2, waiters: 10, idleLifetime: .seconds(80)))
        _ = pool.admit(.batch, now: Self.start)
        pool.connected(1, retireAt: .distantFuture, now: Self.start)
        pool.batchEnded(1, now: Self.start)
        _ = pool.takeActions()
        pool.tick(now: Self.at(29_999))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(30_000))
        #expect(pool.takeActions() == [.probe(1)])
        pool.batchEnded(1, now: Self.at(30_001))
        pool.tick(now: Self.at(59_999))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(60_000))
        #expect(pool.takeActions() == [.probe(1)])
        pool.batchEnded(1, now: Self.at(60_001))
        pool.tick(now: Self.at(80_000))
        #expect(pool.takeActions() == [.close(1)])
    }

    @Test("E32 · After a failover every connection is replaced: free ones at once, the others when they are given back")
    func failover() {
        var pool = Self.open(3)
        #expect(pool.admit(.transaction, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        pool.distrustAll(now: Self.start)
        #expect(pool.takeActions() == [.close(3)])
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.start) else {
            Issue.record("it was given a connection to the old server")
            return
        }
        #expect(pool.takeActions() == [.connect(4)])
        pool.connected(4, retireAt: .distantFuture, now: Self.at(1))
        #expect(pool.takeActions() == [.grant(waiter, 4)])
        pool.batchEnded(2, now: Self.at(2))
        pool.returned(1, isClean: true, now: Self.at(3))
        #expect(pool.takeActions() == [.close(2), .close(1)])
    }

    @Test("What has happened is counted, waits by their time")
    func counts() {
        var pool = Self.open(1, batches: 1, waiters: 2)
        let before = pool.counts
        _ = pool.admit(.batch, now: Self.start)
        _ = pool.admit(.batch, now: Self.start)
        _ = pool.admit(.batch, now: Self.at(500))
        _ = pool.admit(.batch, now: Self.at(600))
        #expect(pool.longestWait(at: Self.at(1000)) == .seconds(1))
        pool.batchEnded(1, now: Self.at(1000))
        let leaves = pool.withdraw(3, now: Self.at(1001))
        #expect(leaves)
        #expect(pool.counts.granted - before.granted == 2)
        #expect(pool.counts.refused == 1)
        #expect(pool.counts.givenUp - before.givenUp == 1)
        #expect(pool.counts.waits.count - before.waits.count == 1)
        #expect(pool.counts.waits.quantile(0.99) == .microseconds(1 << 20))
    }

    @Test(
        "Waits are counted in steps that double",
        arguments: [(0, 1), (1, 2), (2, 4), (3, 4), (4, 8), (1000, 1024), (Int64.max / 1000, 1 << 32)] as [(Int64, Int64)])
    func waitTimes(_ microseconds: Int64, _ bound: Int64) {
        var waits = WaitTimes()
        #expect(waits.quantile(0.5) == .zero)
        for _ in 0..<99 { waits.add(.zero) }
        waits.add(.microseconds(microseconds))
        #expect(waits.quantile(0.99) == .microseconds(1))
        #expect(waits.quantile(1) == .microseconds(bound))
    }

    @Test("A further connection that cannot be opened harms nobody: batches share what there is")
    func serverIsFull() {
        var pool = Self.open(1, connections: 2)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.start) else { return }
        #expect(pool.takeActions() == [.connect(2)])
        pool.connectFailed(2, now: Self.at(5), random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(55)), .grant(waiter, 1)])
    }

    @Test("A lost connection is replaced for those who wait")
    func lost() {
        var pool = Self.open(1, batches: 1)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.start) else { return }
        pool.lost(1, now: Self.at(1))
        #expect(pool.takeActions() == [.connect(2)])
        // What the lost one still tells of itself is no news.
        pool.batchEnded(1, now: Self.at(2))
        pool.returned(1, isClean: true, now: Self.at(2))
        pool.connected(2, retireAt: .distantFuture, now: Self.at(3))
        #expect(pool.takeActions() == [.grant(waiter, 2)])
    }

    @Test("An old connection is closed when it is free, and takes nothing new before")
    func retirement() {
        var pool = Self.state(connections: 1)
        _ = pool.admit(.batch, now: Self.start)
        pool.connected(1, retireAt: Self.at(100), now: Self.start)
        _ = pool.takeActions()
        pool.tick(now: Self.at(99))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(100))
        #expect(pool.takeActions() == [])
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.at(101)) else {
            Issue.record("the old connection took a batch")
            return
        }
        pool.batchEnded(1, now: Self.at(110))
        #expect(pool.takeActions() == [.close(1), .connect(2)])
        pool.connected(2, retireAt: .distantFuture, now: Self.at(120))
        #expect(pool.takeActions() == [.grant(waiter, 2)])
    }

    @Test("A connection that comes back in an unknown state is closed")
    func unclean() {
        var pool = Self.open(2)
        #expect(pool.admit(.transaction, now: Self.start) == .granted(1))
        pool.returned(1, isClean: false, now: Self.start)
        #expect(pool.takeActions() == [.close(1)])
        #expect(pool.openCount == 1)
    }

    @Test("Closing refuses those who wait and lets those who run finish")
    func close() {
        var pool = Self.open(2, batches: 1)
        #expect(pool.admit(.batch, now: Self.start) == .granted(1))
        #expect(pool.admit(.batch, now: Self.start) == .granted(2))
        guard case .waits(let waiter) = pool.admit(.batch, now: Self.start) else { return }
        pool.batchEnded(2, now: Self.start)
        #expect(pool.takeActions() == [.grant(waiter, 2)])
        guard case .waits(let late) = pool.admit(.batch, now: Self.start) else { return }
        pool.close(now: Self.start)
        #expect(pool.takeActions() == [.refuse(late, .closed)])
        #expect(pool.admit(.batch, now: Self.start) == .refused(.closed))
        pool.batchEnded(1, now: Self.start)
        pool.batchEnded(2, now: Self.start)
        #expect(pool.takeActions() == [.close(1), .close(2)])
        #expect(pool.openCount == 0)
    }

    @Test("A connection that opens after the pool was closed is closed")
    func closeWhileConnecting() {
        var pool = Self.state()
        _ = pool.admit(.batch, now: Self.start)
        pool.close(now: Self.start)
        #expect(pool.takeActions() == [.connect(1), .refuse(1, .closed)])
        pool.connected(1, retireAt: .distantFuture, now: Self.start)
        #expect(pool.takeActions() == [.close(1)])
    }

    @Test(
        "Pauses double up to a bound and are spread by a fifth",
        arguments: [
            (0, 0.5, 50), (1, 0.5, 100), (2, 0.5, 200), (4, 0.5, 800), (5, 0.5, 1000), (60, 0.5, 1000), (0, 0.0, 40), (0, 0.75, 55),
        ])
    func backoff(_ failures: Int, _ random: Double, _ milliseconds: Int) {
        var backoff = Backoff()
        for _ in 0..<failures { _ = backoff.failed(random: 0.5) }
        #expect(backoff.failed(random: random) == .milliseconds(milliseconds))
        backoff.succeeded()
        #expect(backoff.failed(random: 0.5) == .milliseconds(50))
    }
}

/// SplitMix64, for test inputs that a printed seed gives again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
