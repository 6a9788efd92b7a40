/// First in, first out, in a ring of memory of its own that doubles as it fills. Confined to one loop.
///
/// For the queues that every call passes. An array in a class's property would do, but each access to one is checked for
/// exclusivity at run time; here all properties are plain numbers and a pointer.
@safe
package final class Queue<Element> {
    private var memory: UnsafeMutablePointer<Element>
    /// A power of two.
    private var capacity: Int
    private var head = 0
    private var used = 0

    package init() {
        capacity = Self.leastCapacity
        unsafe memory = .allocate(capacity: Self.leastCapacity)
    }

    deinit {
        removeAll()
        unsafe memory.deallocate()
    }

    package var isEmpty: Bool { used == 0 }

    package var count: Int { used }

    package func append(_ element: Element) {
        if used == capacity { move(to: capacity &* 2) }
        unsafe (memory + ((head &+ used) & (capacity &- 1))).initialize(to: element)
        used = used &+ 1
    }

    package func popFirst() -> Element? {
        guard used > 0 else { return nil }
        let element = unsafe (memory + head).move()
        head = (head &+ 1) & (capacity &- 1)
        used = used &- 1
        if used == 0, capacity > Self.keptCapacity { move(to: Self.leastCapacity) }
        return element
    }

    package func popLast() -> Element? {
        guard used > 0 else { return nil }
        used = used &- 1
        return unsafe (memory + ((head &+ used) & (capacity &- 1))).move()
    }

    package func removeAll() {
        while popFirst() != nil {}
    }

    private func move(to capacity: Int) {
        let fresh = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        for index in 0..<used {
            unsafe (fresh + index).moveInitialize(from: memory + ((head &+ index) & (self.capacity &- 1)), count: 1)
        }
        unsafe memory.deallocate()
        unsafe memory = fresh
        self.capacity = capacity
        head = 0
    }

    private static var leastCapacity: Int { 16 }
    /// Memory beyond this is given back when the queue is emptied.
    private static var keptCapacity: Int { 4096 }
}
