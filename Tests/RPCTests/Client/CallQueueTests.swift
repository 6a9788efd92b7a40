import Testing

@testable import RPC

@Suite("The queue of waiting calls") struct CallQueueTests {
    @Test("first come, first served, and whoever left is passed over")
    func order() {
        var queue = CallQueue<Int>()
        let tickets = (0..<5).map { queue.append($0) }
        queue.remove(tickets[0])
        queue.remove(tickets[3])
        queue.remove(tickets[3])
        #expect(queue.count == 3)
        #expect([queue.popFirst(), queue.popFirst(), queue.popFirst(), queue.popFirst()] == [1, 2, 4, nil])
        #expect(queue.isEmpty)
    }

    @Test("some may be taken out, in order")
    func taken() {
        var queue = CallQueue<Int>()
        for number in 0..<6 { _ = queue.append(number) }
        #expect(queue.removeAll { $0.isMultiple(of: 2) } == [0, 2, 4])
        #expect(queue.removeAll() == [1, 3, 5])
        #expect(queue.isEmpty)
    }

    @Test("those who left do not gather behind one who stays")
    func bounded() {
        var queue = CallQueue<Int>()
        _ = queue.append(-1)
        for number in 0..<100_000 { queue.remove(queue.append(number)) }
        #expect(queue.count == 1)
        #expect(queue.places < 200)
        #expect(queue.popFirst() == -1)
    }
}
