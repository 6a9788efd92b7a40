import Net
import Synchronization
import Testing

@Suite("Tasks of a loop") struct LoopTaskTests {
    /// Runs a closure, which is told its task.
    private final class Work: LoopWork {
        private let body: @Sendable (LoopTask) async -> Void
        private let task = Mutex<LoopTask?>(nil)
        init(_ body: @escaping @Sendable (LoopTask) async -> Void) { self.body = body }

        func begins(on task: LoopTask) -> Bool {
            self.task.withLock { $0 = task }
            return true
        }
        func run() async throws { if let task = task.withLock({ $0 }) { await body(task) } }
        func ended(_ error: (any Error)?) {}
    }

    /// What pieces of work saw, in their order.
    private final class Log<Entry: Sendable>: Sendable {
        private let content = Mutex<[Entry]>([])
        func append(_ entry: Entry) -> Int {
            content.withLock { content in
                content.append(entry)
                return content.count
            }
        }
        var entries: [Entry] { content.withLock { $0 } }
    }

    /// Performs `count` pieces of work at once and waits until each has made its entry.
    private func entries<Entry: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (_ index: Int, EventLoop, LoopTask) async -> Entry
    ) async throws -> [Entry] {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let log = Log<Entry>()
        await withCheckedContinuation { done in
            loop.execute {
                for index in 0..<count {
                    loop.perform(
                        Work { task in
                            let entry = await body(index, loop, task)
                            if log.append(entry) == count { done.resume() }
                        })
                }
            }
        }
        return log.entries
    }

    @Test("work that does not suspend runs in order, on the loop, all of it in one task")
    func inOrder() async throws {
        let seen = try await entries(50_000) { index, loop, task in (index, loop.isCurrent, ObjectIdentifier(task)) }
        #expect(seen.map(\.0) == Array(0..<50_000))
        #expect(seen.allSatisfy { $0.1 })
        #expect(Set(seen.map(\.2)).count == 1)
    }

    @Test("work that suspends comes back to the loop, and holds up none that is behind it", arguments: [2, 300])
    func suspended(count: Int) async throws {
        let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        let seen = try await entries(count) { index, loop, task in
            if index < count / 2 {
                await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
            } else if index == count - 1 {
                for continuation in waiting.withLock({ $0 }) { continuation.resume() }
            }
            return (index, loop.isCurrent, ObjectIdentifier(task))
        }
        #expect(seen.map(\.0) == Array(count / 2..<count) + Array(0..<count / 2))
        #expect(seen.allSatisfy { $0.1 })
        // Those that waited had a task each, and whoever was behind them one more at most.
        #expect((count / 2...count / 2 + 1).contains(Set(seen.map(\.2)).count))
    }

    @Test("work that is cancelled is told so, and what runs behind it is not")
    func cancelled() async throws {
        let seen = try await entries(4) { index, loop, task in
            if index == 1 { task.cancel() }
            if index == 2 {
                await withCheckedContinuation { waiting in
                    loop.execute {
                        task.cancel()
                        waiting.resume()
                    }
                }
            }
            return (index, Task.isCancelled)
        }
        #expect(seen.sorted { $0.0 < $1.0 }.map(\.1) == [false, true, true, false])
    }

    @Test("a task that rests holds neither its work nor its loop when that has ended")
    func rest() async throws {
        final class Token: Sendable {}
        weak var token: Token?
        weak var loop: EventLoop?
        do {
            let strong = try EventLoop(name: "test")
            loop = strong
            let held = Token()
            token = held
            await withCheckedContinuation { done in
                strong.execute {
                    strong.perform(
                        Work { _ in
                            withExtendedLifetime(held) {}
                            strong.execute { done.resume() }
                        })
                }
            }
            strong.shutdown()
        }
        #expect(token == nil)
        let deadline = ContinuousClock.now + .seconds(120)
        while loop != nil, ContinuousClock.now < deadline { await Task.yield() }
        #expect(loop == nil)
    }
}
