import Net
import Testing

@testable import Postgres

/// Whatever happens to a pool, in any order, drawn from a seed.
@Suite struct PoolPropertyTests {
    private struct Claimed: Equatable {
        var demand: PoolState.Demand
        var isPrivileged: Bool
    }

    /// A pool, and what callers and connections know of it.
    private struct Course {
        static let connections = 3
        static let batches = 3

        let seed: UInt64
        var pool = PoolState(
            bounds: .init(connections: connections, batchesPerConnection: batches, waiters: 5, leastOpen: 1, idleLifetime: .seconds(3)))
        var waiting: [PoolState.WaiterID: Claimed] = [:]
        var running: [PoolState.SlotID: [Claimed]] = [:]
        var connecting: Set<PoolState.SlotID> = []
        var now = PoolStateTests.start

        init(seed: UInt64) {
            self.seed = seed
        }

        mutating func grant(_ slot: PoolState.SlotID, _ claimed: Claimed, _ waiter: PoolState.WaiterID = .max) {
            guard let before = running[slot] else {
                Issue.record("slot \(slot) is not open (seed \(seed))")
                return
            }
            running[slot] = before + [claimed]
            let holds = claimed.demand == .transaction || before.contains { $0.demand == .transaction }
            #expect(before.isEmpty || !holds, "slot \(slot) has \(before) beside \(claimed) (seed \(seed))")
            // A probe counts as a batch, too.
            #expect(before.count < Self.batches + 1, "slot \(slot) has \(before.count + 1) batches (seed \(seed))")
            let isPassed = waiting.contains { $0.key < waiter && $0.value == claimed }
            #expect(!isPassed, "waiter \(waiter) was served before an earlier one (seed \(seed))")
        }

        mutating func admit(_ claimed: Claimed) {
            switch pool.admit(claimed.demand, isPrivileged: claimed.isPrivileged, now: now) {
            case .granted(let slot):
                // Those who waited were granted theirs before.
                perform()
                grant(slot, claimed)
            case .waits(let waiter): waiting[waiter] = claimed
            case .refused: break
            }
        }

        mutating func end(_ slot: PoolState.SlotID, isClean: Bool) {
            guard let claimed = running[slot]?.popLast() else { return }
            switch claimed.demand {
            case .batch: pool.batchEnded(slot, now: now)
            case .transaction: pool.returned(slot, isClean: isClean, now: now)
            }
        }

        mutating func perform() {
            for action in pool.takeActions() {
                switch action {
                case .connect(let slot): connecting.insert(slot)
                case .grant(let waiter, let slot):
                    guard let claimed = waiting.removeValue(forKey: waiter) else {
                        Issue.record("waiter \(waiter) was granted twice (seed \(seed))")
                        continue
                    }
                    grant(slot, claimed, waiter)
                case .refuse(let waiter, _): waiting[waiter] = nil
                case .close(let slot):
                    #expect(running[slot] == [], "slot \(slot) was closed while it ran (seed \(seed))")
                    running[slot] = nil
                case .probe(let slot):
                    #expect(running[slot] == [], "slot \(slot) was probed while it ran (seed \(seed))")
                    running[slot] = [Claimed(demand: .batch, isPrivileged: false)]
                case .wake: break
                }
            }
            #expect(running.count + connecting.count <= Self.connections + 1, "too many connections (seed \(seed))")
            #expect(pool.waitingCount == waiting.count, "waiters are lost (seed \(seed))")
            #expect(pool.openCount == running.count && pool.connectingCount == connecting.count, "connections are lost (seed \(seed))")
        }
    }

    @Test(
        "E8 · Whatever happens, no connection serves two transactions, nor a batch beside one; waiters are served in order, and all of them"
    )
    func randomEvents() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var course = Course(seed: seed)
        for _ in 0..<20_000 {
            course.now = course.now + .milliseconds(Int64(random.next() % 20))
            let slots = course.running.keys.sorted()
            switch random.next() % 10 {
            case 0, 1, 2, 3:
                course.admit(Claimed(demand: random.next() % 3 == 0 ? .transaction : .batch, isPrivileged: random.next() % 8 == 0))
            case 4, 5, 6:
                if let slot = slots.randomElement(using: &random) { course.end(slot, isClean: random.next() % 8 != 0) }
            case 7:
                if random.next() % 10 == 0, let slot = slots.randomElement(using: &random) {
                    course.running[slot] = nil
                    course.pool.lost(slot, now: course.now)
                } else if let waiter = course.waiting.keys.min(), random.next() % 4 == 0 {
                    course.waiting[waiter] = nil
                    let wasWaiting = course.pool.withdraw(waiter, now: course.now)
                    #expect(wasWaiting, "waiter \(waiter) was forgotten (seed \(seed))")
                }
            case 8:
                if random.next() % 50 == 0 { course.pool.distrustAll(now: course.now) }
                // Quiet times, so that connections are probed and closed.
                if random.next() % 100 == 0 { course.now = course.now + .seconds(40) }
            default:
                course.pool.tick(now: course.now)
                course.perform()
                guard let slot = course.connecting.sorted().randomElement(using: &random) else { break }
                course.connecting.remove(slot)
                if random.next() % 3 == 0 {
                    course.pool.connectFailed(slot, now: course.now, random: 0.5)
                } else {
                    course.running[slot] = []
                    course.pool.connected(slot, retireAt: course.now + .milliseconds(Int64(random.next() % 5000)), now: course.now)
                }
            }
            course.perform()
        }
        // In the end everyone is served: nothing hangs.
        for _ in 0..<1000 where !course.waiting.isEmpty || course.running.values.contains(where: { !$0.isEmpty }) {
            course.now = course.now + .milliseconds(100)
            for slot in course.running.keys.sorted() {
                while course.running[slot]?.isEmpty == false { course.end(slot, isClean: true) }
            }
            course.pool.tick(now: course.now)
            course.perform()
            for slot in course.connecting.sorted() {
                course.connecting.remove(slot)
                course.running[slot] = []
                course.pool.connected(slot, retireAt: .distantFuture, now: course.now)
            }
            course.perform()
        }
        #expect(course.waiting.isEmpty, "callers wait for ever (seed \(seed))")
    }
}
