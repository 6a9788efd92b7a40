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
        pool.connectFailed(1, now: Self.start, random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(50)), .refuse(1, .away)])
        #expect(pool.admit(.batch, now: Self.at(1)) == .refused(.away))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(49))
        #expect(pool.takeActions() == [])
        pool.tick(now: Self.at(50))
        #expect(pool.takeActions() == [.connect(2)])
        // Still known to be away while it tries.
        #expect(pool.admit(.transaction, now: Self.at(51)) == .refused(.away))
        pool.connectFailed(2, now: Self.at(60), random: 0.5)
        #expect(pool.takeActions() == [.wake(Self.at(160))])
        pool.tick(now: Self.at(160))
        #expect(pool.takeActions() == [.connect(3)])
        pool.connected(3, retireAt: .distantFuture, now: Self.at(170))
        #expect(pool.admit(.batch, now: Self.at(171)) == .granted(3))
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

    @Test("Whatever happens, no connection serves two transactions, nor a batch beside one, nor more batches than it may")
    func randomEvents() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var pool = Self.state(connections: 3, batches: 3, waiters: 5)
        var demands: [PoolState.WaiterID: PoolState.Demand] = [:]
        var running: [PoolState.SlotID: [PoolState.Demand]] = [:]
        var connecting: Set<PoolState.SlotID> = []
        var now = Self.start
        func grant(_ slot: PoolState.SlotID, _ demand: PoolState.Demand) {
            guard running[slot] != nil else {
                Issue.record("slot \(slot) is not open (seed \(seed))")
                return
            }
            running[slot]?.append(demand)
            let all = running[slot] ?? []
            #expect(all.count <= 3 && (!all.contains(.transaction) || all.count == 1), "slot \(slot) has \(all) (seed \(seed))")
        }
        for _ in 0..<20_000 {
            now = now + .milliseconds(Int64(random.next() % 20))
            let slots = running.keys.sorted()
            switch random.next() % 9 {
            case 0, 1, 2, 3:
                let demand: PoolState.Demand = random.next() % 3 == 0 ? .transaction : .batch
                switch pool.admit(demand, now: now) {
                case .granted(let slot): grant(slot, demand)
                case .waits(let waiter): demands[waiter] = demand
                case .refused: break
                }
            case 4, 5, 6:
                guard let slot = slots.randomElement(using: &random), let demand = running[slot]?.popLast() else { continue }
                switch demand {
                case .batch: pool.batchEnded(slot, now: now)
                case .transaction: pool.returned(slot, isClean: random.next() % 8 != 0, now: now)
                }
            case 7:
                if random.next() % 10 == 0, let slot = slots.randomElement(using: &random) {
                    running[slot] = nil
                    pool.lost(slot, now: now)
                } else if let waiter = demands.keys.min(), random.next() % 4 == 0 {
                    demands[waiter] = nil
                    let wasWaiting = pool.withdraw(waiter, now: now)
                    #expect(wasWaiting, "waiter \(waiter) was forgotten (seed \(seed))")
                }
            default:
                pool.tick(now: now)
                guard let slot = connecting.randomElement(using: &random) else { break }
                connecting.remove(slot)
                if random.next() % 3 == 0 {
                    pool.connectFailed(slot, now: now, random: 0.5)
                } else {
                    running[slot] = []
                    pool.connected(slot, retireAt: now + .milliseconds(Int64(random.next() % 5000)), now: now)
                }
            }
            for action in pool.takeActions() {
                switch action {
                case .connect(let slot): connecting.insert(slot)
                case .grant(let waiter, let slot):
                    if let demand = demands.removeValue(forKey: waiter) {
                        grant(slot, demand)
                    } else {
                        Issue.record("waiter \(waiter) was granted twice (seed \(seed))")
                    }
                case .refuse(let waiter, _): demands[waiter] = nil
                case .close(let slot):
                    #expect(running[slot] == [], "slot \(slot) was closed while it ran (seed \(seed))")
                    running[slot] = nil
                case .wake: break
                }
            }
            #expect(running.count + connecting.count <= 3, "too many connections (seed \(seed))")
            #expect(pool.waitingCount == demands.count, "waiters are lost (seed \(seed))")
        }
        // In the end everyone is served: nothing hangs.
        while !demands.isEmpty || running.values.contains(where: { !$0.isEmpty }) {
            now = now + .milliseconds(100)
            for slot in running.keys.sorted() {
                for demand in running[slot] ?? [] {
                    if demand == .batch { pool.batchEnded(slot, now: now) } else { pool.returned(slot, isClean: true, now: now) }
                }
                running[slot] = []
            }
            pool.tick(now: now)
            var actions = pool.takeActions()
            for slot in connecting.sorted() {
                running[slot] = []
                pool.connected(slot, retireAt: .distantFuture, now: now)
            }
            connecting = []
            actions += pool.takeActions()
            for action in actions {
                switch action {
                case .connect(let slot): connecting.insert(slot)
                case .grant(let waiter, let slot): if let demand = demands.removeValue(forKey: waiter) { grant(slot, demand) }
                case .refuse(let waiter, _): demands[waiter] = nil
                case .close(let slot): running[slot] = nil
                case .wake: break
                }
            }
            guard now < Self.at(100_000_000) else {
                Issue.record("callers wait for ever (seed \(seed))")
                return
            }
        }
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
