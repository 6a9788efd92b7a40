import HTTP2
import TestSupport
import Testing

@Suite("A queue of chunks") struct ChunkQueueTests {
    @Test("what goes in comes out in order, however the two alternate", arguments: [UInt64(1), 2, 20_261_121])
    func order(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var queue = ChunkQueue()
        var (appended, popped) = (0, 0)
        for step in 0..<20_000 {
            // It grows in the first half, and shrinks in the second.
            if Int.random(in: 0..<10, using: &random) < (step < 10_000 ? 6 : 4) {
                queue.append([UInt8(truncatingIfNeeded: appended)])
                appended += 1
            } else if let chunk = queue.popFirst() {
                #expect(chunk == [UInt8(truncatingIfNeeded: popped)])
                popped += 1
            }
            #expect(queue.count == appended - popped)
        }
        while queue.popFirst() != nil { popped += 1 }
        #expect(popped == appended)
    }

    @Test("an empty queue has nothing")
    func empty() {
        var queue = ChunkQueue()
        #expect(queue.popFirst() == nil)
        queue.append([])
        #expect(queue.popFirst() == [])
        #expect(queue.popFirst() == nil)
    }

    @Test("a queue that never runs empty stays in order")
    func steady() {
        var queue = ChunkQueue()
        for number in 0..<100_000 {
            queue.append([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 10))
            if number > 10 { #expect(queue.popFirst()?.first == UInt8(truncatingIfNeeded: number - 11)) }
        }
        #expect(queue.count == 11)
    }

    @Test("short chunks join the last one, and their bytes stay in order", arguments: [UInt64(1), 2, 20_261_122])
    func joined(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var queue = ChunkQueue()
        var (expected, taken): ([UInt8], [UInt8]) = ([], [])
        var chunks = 0
        for number in 0..<3_000 {
            let most = Int.random(in: 0..<20, using: &random) == 0 ? 20_000 : 300
            let chunk = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int.random(in: 1...most, using: &random))
            queue.join(chunk)
            expected += chunk
            if Int.random(in: 0..<50, using: &random) == 0, let first = queue.popFirst() {
                taken += first
                chunks += 1
            }
        }
        while let chunk = queue.popFirst() {
            taken += chunk
            chunks += 1
        }
        #expect(taken == expected)
        #expect(chunks < 1_000, "3,000 were joined")
    }
}
