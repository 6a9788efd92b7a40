/// The open streams of a session: it keeps them alive; nghttp2 keeps the way from an id to each.
struct StreamSlab {
    private var slots: [HTTPStream?] = []
    private var free: [Int] = []

    mutating func insert(_ stream: HTTPStream) {
        if let slot = free.popLast() {
            slots[slot] = stream
            stream.slot = slot
        } else {
            stream.slot = slots.count
            slots.append(stream)
        }
    }

    mutating func remove(_ stream: HTTPStream) {
        slots[stream.slot] = nil
        free.append(stream.slot)
    }

    mutating func removeAll() -> [HTTPStream] {
        let all = slots.compactMap(\.self)
        slots.removeAll()
        free.removeAll()
        return all
    }
}
