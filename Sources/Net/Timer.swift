/// Work that runs once on its loop at a given time, unless it is cancelled first. Confined to its loop.
public final class Timer {
    let deadline: MonotonicTime
    fileprivate(set) var work: (() -> Void)?
    fileprivate unowned var queue: TimerQueue?

    init(deadline: MonotonicTime, work: @escaping () -> Void) {
        self.deadline = deadline
        self.work = work
    }

    /// Drops the work and all that it holds. Does nothing when the timer has fired.
    public func cancel() {
        guard work != nil else { return }
        work = nil
        queue?.timerWasCancelled()
    }
}

/// A binary heap of timers. Most deadlines are cancelled long before they are due, so a cancelled timer
/// stays where it is and the heap is swept when more than half of it is dead: O(1) amortised for each.
final class TimerQueue {
    private struct Entry {
        /// The timer's own, here so that entries are put in order without a look at each timer.
        let deadline: MonotonicTime
        let timer: Timer
    }

    private var heap: [Entry] = []
    private var cancelled = 0

    var count: Int { heap.count - cancelled }

    /// The earliest deadline, of a cancelled timer perhaps: then the loop wakes once for nothing.
    var next: MonotonicTime? { heap.first?.deadline }

    func insert(_ timer: Timer) {
        timer.queue = self
        heap.append(Entry(deadline: timer.deadline, timer: timer))
        Self.siftUp(&heap, from: heap.count - 1)
    }

    /// Takes the first timer that is due at `now`; cancelled ones are skipped.
    func popDue(at now: MonotonicTime) -> (() -> Void)? {
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            if let work = first.timer.work {
                first.timer.work = nil
                return work
            }
            cancelled -= 1
        }
        return nil
    }

    fileprivate func timerWasCancelled() {
        cancelled += 1
        if cancelled > 64, cancelled * 2 > heap.count { sweep() }
    }

    private func sweep() {
        heap.removeAll { $0.timer.work == nil }
        cancelled = 0
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { Self.siftDown(&heap, from: index) }
    }

    private func removeFirst() {
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            Self.siftDown(&heap, from: 0)
        }
    }

    private static func siftUp(_ heap: inout [Entry], from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            if heap[parent].deadline <= heap[index].deadline { return }
            heap.swapAt(parent, index)
            index = parent
        }
    }

    private static func siftDown(_ heap: inout [Entry], from start: Int) {
        var index = start
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child].deadline < heap[smallest].deadline {
                smallest = child
            }
            if smallest == index { return }
            heap.swapAt(index, smallest)
            index = smallest
        }
    }
}
