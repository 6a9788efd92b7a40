import Glibc
import Synchronization
import Testing

@testable import Net

private final class Threads: Sendable {
    let niceness = Mutex<[UInt: Int32]>([:])
}

private final class Release: Sendable {
    let isGiven = Atomic<Bool>(false)
}

@Suite("Workers", .timeLimit(.minutes(10)))
struct WorkerPoolTests {
    @Test("many tasks run, on threads that are worth less to the kernel, and no more of them than there may be")
    func runs() async {
        let pool = WorkerPool(threads: 3)
        let threads = Threads()
        let sum = await withTaskGroup { group in
            for number in 1...1_000 {
                group.addTask(executorPreference: pool) {
                    threads.niceness.withLock { $0[Thread.current] = getpriority(0, 0) }
                    return number
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 500_500)
        let seen = threads.niceness.withLock { $0 }
        #expect((1...3).contains(seen.count))
        #expect(seen.values.allSatisfy { $0 >= Limits.workerNiceness }, "\(seen)")
        #expect(pool.waitingJobs == 0)
    }

    @Test("what blocks one thread does not hold up what another can do")
    func blocking() async {
        let pool = WorkerPool(threads: 2)
        let release = Release()
        await withTaskGroup { group in
            group.addTask(executorPreference: pool) {
                while !release.isGiven.load(ordering: .acquiring) {}
            }
            for _ in 0..<100 { await Task(executorPreference: pool) {}.value }
            release.isGiven.store(true, ordering: .releasing)
        }
    }
}
