import Net
import Testing

@Suite("A queue of a loop") struct QueueTests {
    @Test("is first in, first out, however its ring has turned and grown", arguments: [1, 3, 16, 17, 100])
    func order(ahead: Int) {
        let queue = Queue<Int>()
        var next = 0
        for number in 0..<1_000 {
            queue.append(number)
            if queue.count == ahead {
                #expect(queue.popFirst() == next)
                next += 1
            }
        }
        while let number = queue.popFirst() {
            #expect(number == next)
            next += 1
        }
        #expect(next == 1_000)
        #expect(queue.isEmpty)
        #expect(queue.popFirst() == nil)
    }

    @Test("gives its last element, too")
    func last() {
        let queue = Queue<Int>()
        for number in 0..<40 { queue.append(number) }
        #expect(queue.popFirst() == 0)
        #expect(queue.popLast() == 39)
        #expect(queue.popLast() == 38)
        queue.append(7)
        #expect(queue.popLast() == 7)
        #expect(queue.count == 37)
    }

    @Test("works on after it was so long that its memory is given back")
    func long() {
        let queue = Queue<Int>()
        for _ in 0..<3 {
            for number in 0..<10_000 { queue.append(number) }
            for number in 0..<10_000 { #expect(queue.popFirst() == number) }
            #expect(queue.popLast() == nil)
        }
    }

    @Test("holds an element until it is taken, and no longer")
    func holds() {
        final class Thing {}
        weak var first: Thing?
        weak var second: Thing?
        do {
            let queue = Queue<Thing>()
            do {
                let things = (Thing(), Thing())
                (first, second) = things
                queue.append(things.0)
                queue.append(things.1)
            }
            #expect(first != nil)
            _ = queue.popFirst()
            #expect(first == nil)
            #expect(second != nil)
            queue.removeAll()
            #expect(second == nil)
            queue.append(Thing())
            second = queue.popLast()
            let thing = Thing()
            queue.append(thing)
            second = thing
        }
        #expect(second == nil)
    }
}
