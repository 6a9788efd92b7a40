/// Calls that wait, first come, first served; any of them may leave at any time. Pure.
struct CallQueue<Element> {
    /// Names a place in the queue.
    typealias Ticket = UInt64

    private var elements: [Ticket: Element] = [:]
    /// In order; those that have left are passed over.
    private var order: [Ticket] = []
    private var head = 0
    private var last: Ticket = 0

    var count: Int { elements.count }
    var isEmpty: Bool { elements.isEmpty }
    /// With those that have left and are not swept up yet.
    var places: Int { order.count - head }

    mutating func append(_ element: Element) -> Ticket {
        sweep()
        last += 1
        elements[last] = element
        order.append(last)
        return last
    }

    mutating func popFirst() -> Element? {
        while head < order.count {
            let ticket = order[head]
            head += 1
            if let element = elements.removeValue(forKey: ticket) {
                if elements.isEmpty { clear() }
                return element
            }
        }
        return nil
    }

    mutating func remove(_ ticket: Ticket) {
        elements[ticket] = nil
        if elements.isEmpty { clear() }
    }

    /// Takes out all that `matches`, in order.
    mutating func removeAll(where matches: (Element) -> Bool = { _ in true }) -> [Element] {
        var taken: [Element] = []
        for ticket in order[head...] {
            guard let element = elements[ticket], matches(element) else { continue }
            taken.append(element)
            elements[ticket] = nil
        }
        if elements.isEmpty { clear() }
        return taken
    }

    private mutating func clear() {
        order = []
        head = 0
    }

    /// Each sweep is paid for by as many that have left.
    private mutating func sweep() {
        guard order.count > 2 * elements.count + 64 else { return }
        order = order[head...].filter { elements[$0] != nil }
        head = 0
    }
}
