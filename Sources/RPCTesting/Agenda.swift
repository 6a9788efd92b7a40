internal import Net

/// What will happen when: a heap, in which things of one moment keep their order.
struct Agenda {
    private struct Entry {
        let time: MonotonicTime
        let number: Int
        let work: () -> Void

        func isBefore(_ other: Entry) -> Bool {
            (time, number) < (other.time, other.number)
        }
    }

    private var heap: [Entry] = []
    private var count = 0

    var next: MonotonicTime? { heap.first?.time }

    mutating func add(at time: MonotonicTime, _ work: @escaping () -> Void) {
        count += 1
        heap.append(Entry(time: time, number: count, work: work))
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    mutating func popDue(at now: MonotonicTime) -> (() -> Void)? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].isBefore(heap[smallest]) {
                smallest = child
            }
            guard smallest != index else { return first.work }
            heap.swapAt(index, smallest)
            index = smallest
        }
    }

    mutating func removeAll() { heap = [] }
}
