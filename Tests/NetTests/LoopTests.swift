import Net
import Testing

@Suite("A loop") struct LoopTests {
    @Test("runs work from elsewhere in order, on its own thread")
    func executes() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let order = await withCheckedContinuation { continuation in
            let seen = Confined(Box<[Int]>([]), to: loop)
            for number in 0..<100 {
                loop.execute { seen.value.content.append(loop.isCurrent ? number : -1) }
            }
            loop.execute { continuation.resume(returning: seen.value.content) }
        }
        #expect(order == Array(0..<100))
        #expect(!loop.isCurrent)
    }

    @Test("is the executor of a task that prefers it, across suspensions")
    func taskExecutor() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let onLoop = await Task(executorPreference: loop) {
            var seen = [loop.isCurrent]
            await Task.yield()
            seen.append(loop.isCurrent)
            seen.append(await nested(loop))
            return seen
        }.value
        #expect(onLoop == [true, true, true])
    }

    private func nested(_ loop: EventLoop) async -> Bool {
        await Task.yield()
        return loop.isCurrent
    }

    @Test("fires timers in the order of their deadlines and drops cancelled ones")
    func timers() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let fired = await withCheckedContinuation { continuation in
            loop.execute {
                let seen = Box<[Int]>([])
                let start = MonotonicTime.now()
                var timers: [Timer] = []
                for milliseconds in [5, 1, 3, 2, 4] {
                    timers.append(loop.schedule(at: start + .milliseconds(milliseconds)) { seen.content.append(milliseconds) })
                }
                timers[2].cancel()
                loop.schedule(at: start + .milliseconds(6)) { continuation.resume(returning: seen.content) }
            }
        }
        #expect(fired == [1, 2, 4, 5])
    }

    @Test("holds nothing for a hundred thousand cancelled deadlines")
    func cancelledTimers() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let alive = await withCheckedContinuation { continuation in
            loop.execute {
                let alive = Box<Int>(0)
                for _ in 0..<100_000 {
                    let token = Token(alive)
                    loop.schedule(after: .seconds(3600)) { _ = token }.cancel()
                }
                continuation.resume(returning: alive.content)
            }
        }
        #expect(alive == 0)
    }

    @Test("runs end-of-turn work after the jobs of that turn")
    func endOfTurn() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let order = await withCheckedContinuation { continuation in
            loop.execute {
                let seen = Confined(Box<[String]>([]), to: loop)
                loop.atEndOfTurn {
                    seen.value.content.append("end")
                    continuation.resume(returning: seen.value.content)
                }
                loop.execute { seen.value.content.append("job") }
            }
        }
        #expect(order == ["job", "end"])
    }

    @Test("drops work that comes after its end, and what the work holds", .timeLimit(.minutes(5)))
    func ended() async throws {
        let loop = try EventLoop(name: "test")
        loop.shutdown()
        for _ in 0..<100 {
            await withCheckedContinuation { continuation in
                let held = Farewell { continuation.resume() }
                loop.execute { _ = held }
            }
        }
    }

    @Test("the pool for blocking work gives each its own answer", .timeLimit(.minutes(5)))
    func blocking() async throws {
        let pool = BlockingPool()
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 { group.addTask { try await pool.run { number } } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(answers == Set(0..<200))
        await #expect(throws: NetError.overloaded) { try await pool.run { throw NetError.overloaded } }
    }

    @Test("those who bring no loops get the process's, one after the other")
    func shared() throws {
        let group = try EventLoopGroup.shared
        #expect(try EventLoopGroup.shared === group)
        #expect(group.loops.count == EventLoopGroup.processors)
        let own = try EventLoopGroup(count: 3)
        defer { own.shutdown() }
        let names = (0..<6).map { _ in own.next.name }
        #expect(names == ["loop-0", "loop-1", "loop-2", "loop-0", "loop-1", "loop-2"])
    }
}

/// Says when it is dropped.
private final class Farewell: Sendable {
    private let say: @Sendable () -> Void
    init(_ say: @escaping @Sendable () -> Void) { self.say = say }
    deinit { say() }
}

private final class Box<Content> {
    var content: Content
    init(_ content: Content) { self.content = content }
}

/// Counts how many of it are alive.
private final class Token {
    private let alive: Box<Int>
    init(_ alive: Box<Int>) {
        self.alive = alive
        alive.content += 1
    }
    deinit { alive.content -= 1 }
}
