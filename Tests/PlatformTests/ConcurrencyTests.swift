import Net
import StandardTypes
import TestSupport
import Testing

@testable import Platform
@testable import RPC

@Suite struct ConcurrencyTests {
    private static func at(_ seconds: Int) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000) }

    @Test("So many run at once; others come in the order of asking; there is no place for more than so many of them")
    func order() {
        var queue = ConcurrencyQueue<String>(most: 2, mostWaiting: 2)
        let decision1 = queue.enter("a", deadline: nil, at: Self.at(0))
        #expect(decision1 == .run)
        let decision2 = queue.enter("b", deadline: nil, at: Self.at(0))
        #expect(decision2 == .run)
        let decision3 = queue.enter("c", deadline: nil, at: Self.at(0))
        #expect(decision3 == .wait)
        let decision4 = queue.enter("d", deadline: nil, at: Self.at(0))
        #expect(decision4 == .wait)
        let decision5 = queue.enter("e", deadline: nil, at: Self.at(0))
        #expect(decision5 == .refuse(retryAfter: .zero))
        var (next, late) = queue.leave(after: .seconds(4), at: Self.at(4))
        #expect(next == "c" && late.isEmpty)
        // Two turns of four seconds by two at once: whoever waits third waits for four.
        let decision6 = queue.enter("f", deadline: nil, at: Self.at(4))
        #expect(decision6 == .wait)
        let decision7 = queue.enter("g", deadline: nil, at: Self.at(4))
        #expect(decision7 == .refuse(retryAfter: .seconds(6)))
        (next, late) = queue.leave(after: .seconds(4), at: Self.at(5))
        #expect(next == "d" && late.isEmpty)
        (next, late) = queue.leave(after: .seconds(4), at: Self.at(6))
        #expect(next == "f" && late.isEmpty)
        (next, late) = queue.leave(after: .seconds(4), at: Self.at(7))
        #expect(next == nil && queue.running == 1)
    }

    @Test("Who cannot wait as long as turns take is refused at once; whose time has passed while he waited gets no turn")
    func deadlines() {
        var queue = ConcurrencyQueue<String>(most: 1, mostWaiting: 10)
        let decision8 = queue.enter("a", deadline: nil, at: Self.at(0))
        #expect(decision8 == .run)
        // How long turns take nobody knows yet.
        let decision9 = queue.enter("b", deadline: Self.at(1), at: Self.at(0))
        #expect(decision9 == .wait)
        let decision10 = queue.enter("c", deadline: Self.at(100), at: Self.at(0))
        #expect(decision10 == .wait)
        let (next, late) = queue.leave(after: .seconds(10), at: Self.at(10))
        #expect(next == "c" && late == ["b"])
        let decision11 = queue.enter("d", deadline: Self.at(20), at: Self.at(10))
        #expect(decision11 == .refuse(retryAfter: .seconds(10)))
        let decision12 = queue.enter("e", deadline: Self.at(21), at: Self.at(10))
        #expect(decision12 == .wait)
        let cancelled = [queue.cancel("e"), queue.cancel("e"), queue.cancel("c")]
        #expect(cancelled == [true, false, false])
        let last = queue.leave(after: .seconds(10), at: Self.at(20))
        #expect(last.next == nil)
        #expect(queue.running == 0)
    }

    @Test("Whatever comes, runs, waits and goes: never more than may, nobody twice, nobody lost, and in order")
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let most = Int.random(in: 1...4, using: &random)
            var queue = ConcurrencyQueue<Int>(most: most, mostWaiting: 100)
            var (running, waiting): (Set<Int>, [Int]) = ([], [])
            for number in 0..<1_000 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    switch queue.enter(number, deadline: nil, at: Self.at(0)) {
                    case .run: running.insert(number)
                    case .wait: waiting.append(number)
                    case .refuse: #expect(waiting.count == 100, "seed \(seed)")
                    }
                case 2:
                    guard let one = running.min() else { continue }
                    running.remove(one)
                    let next = queue.leave(after: .milliseconds(1), at: Self.at(0)).next
                    #expect(next == waiting.first, "seed \(seed)")
                    if let next {
                        waiting.removeFirst()
                        #expect(running.insert(next).inserted, "seed \(seed)")
                    }
                default:
                    guard let one = waiting.randomElement(using: &random) else { continue }
                    let hadWaited = queue.cancel(one)
                    #expect(hadWaited, "seed \(seed)")
                    waiting.removeAll { $0 == one }
                }
                #expect(queue.running == running.count && running.count <= most && queue.waitingCount == waiting.count, "seed \(seed)")
            }
        }
    }

    @Test("A method's calls pass its gate: those over its number wait, the cancelled ones leave, the others run when it is their turn")
    func gate() async throws {
        let gate = MethodGate("test.Service/Method", most: 1)
        try await gate.enter(deadline: nil, at: .now())
        let tasks = (0..<3).map { _ in
            Task {
                try await gate.enter(deadline: nil, at: .now())
                gate.leave(after: .zero, at: .now())
            }
        }
        while gate.counts.waiting < 3 { await Task.yield() }
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        #expect(gate.counts == (1, 2))
        gate.leave(after: .seconds(1), at: .now())
        try await tasks[0].value
        try await tasks[2].value
        #expect(gate.counts == (0, 0))
    }

    @Test("A full gate refuses with RESOURCE_EXHAUSTED and when to come again")
    func refusal() async throws {
        let gate = MethodGate("test.Service/Method", most: 1)
        try await gate.enter(deadline: nil, at: Self.at(0))
        gate.leave(after: .seconds(10), at: Self.at(10))
        try await gate.enter(deadline: nil, at: Self.at(10))
        let error = await #expect(throws: RPCError.self) { try await gate.enter(deadline: Self.at(15), at: Self.at(10)) }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.reason == ErrorReason.concurrencyLimit.rawValue)
        #expect(error?.detail(RetryInfo.self)?.retryDelay?.seconds == 10)
    }
}
