internal import CNet

/// The header section that a session is parsing, in a buffer that serves all of them: a section is never interleaved with another
/// (RFC 9113 §4.3).
///
/// The calls of one connection mostly have the same section, so each field is first compared with what stands in its place since the last
/// time: a section that is the same to its end is that one once more, and who read it need not read it again.
///
/// A class with plain memory: it is called for every field of every request.
@safe final class IncomingFields {
    /// What may be kept of one section, as RFC 9113 §6.5.2 counts it; each field is counted with more than it takes here.
    private let budget: Int
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var used = 0
    private var count = 0
    private(set) var countedBytes = 0
    private var largestBytes = 0
    private var overBudgetNameBytes = -1

    /// The last section that was taken, which still fills the first `lastBytes` of the buffer, if it is to be compared with.
    private var last = HTTPFields()
    private var lastBytes = 0
    private var repeated: RepeatedFields?
    /// What came of this section stands in the last one, too.
    private var isRepeating = false
    /// The first fields of a section that came again, as nghttp2 handed them out: those that its table holds are the very same each time.
    private var places: UnsafeMutablePointer<Place>?
    private var placed = 0

    @unsafe private struct Place {
        /// References of ours: nothing else can come to be where they are.
        var name: OpaquePointer
        var value: OpaquePointer
        /// What `used` and `countedBytes` are behind it.
        var used: Int
        var countedBytes: Int
    }

    init(budget: Int) {
        self.budget = budget
    }

    deinit {
        forgetLast()
        unsafe places?.deallocate()
        unsafe free(memory)
    }

    /// Begins another section.
    func removeAll() {
        used = 0
        count = 0
        countedBytes = 0
        largestBytes = 0
        overBudgetNameBytes = -1
        if capacity > IncomingFields.keptBytes {
            unsafe free(memory)
            unsafe memory = nil
            capacity = 0
            forgetLast()
        }
        isRepeating = lastBytes > 0
    }

    /// Before anything is written over it, since this section may never be taken: nghttp2 tells of no request that is malformed.
    private func forgetLast() {
        isRepeating = false
        guard lastBytes > 0 else { return }
        last = HTTPFields()
        lastBytes = 0
        repeated = nil
        guard let places = unsafe places else { return }
        for index in 0..<placed {
            let place = unsafe places[index]
            unsafe nghttp2_rcbuf_decref(place.name)
            unsafe nghttp2_rcbuf_decref(place.value)
        }
        placed = 0
    }

    /// Takes a field as nghttp2 hands it out (`nghttp2_rcbuf`).
    func append(_ name: OpaquePointer, _ value: OpaquePointer) {
        if isRepeating, count < placed, let places = unsafe places {
            let place = unsafe places + count
            if unsafe place.pointee.name == name && place.pointee.value == value {
                used = unsafe place.pointee.used
                countedBytes = unsafe place.pointee.countedBytes
                count = count &+ 1
                return
            }
        }
        let nameBytes = unsafe nghttp2_rcbuf_get_buf(name)
        let valueBytes = unsafe nghttp2_rcbuf_get_buf(value)
        unsafe append(
            name: UnsafeRawBufferPointer(start: nameBytes.base, count: nameBytes.len),
            value: UnsafeRawBufferPointer(start: valueBytes.base, count: valueBytes.len))
        if isRepeating, placed == count &- 1, placed < IncomingFields.mostPlaces { unsafe remember(name, value) }
    }

    private func remember(_ name: OpaquePointer, _ value: OpaquePointer) {
        let places = unsafe places ?? .allocate(capacity: IncomingFields.mostPlaces)
        unsafe self.places = places
        unsafe nghttp2_rcbuf_incref(name)
        unsafe nghttp2_rcbuf_incref(value)
        unsafe (places + placed).initialize(to: Place(name: name, value: value, used: used, countedBytes: countedBytes))
        placed += 1
    }

    func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let cost = name.count &+ value.count &+ Limits.fieldOverheadBytes
        countedBytes = countedBytes &+ cost
        if countedBytes > budget { return unsafe drop(name, cost) }
        let size = HTTPFields.lengthBytes &+ name.count &+ value.count
        if isRepeating {
            if unsafe isNext(name, value, size) {
                used = used &+ size
                count = count &+ 1
                return
            }
            forgetLast()
        }
        if capacity &- used < size { grow(by: size) }
        guard let memory = unsafe memory else { return }
        let field = unsafe memory + used
        unsafe field.storeBytes(of: UInt32(truncatingIfNeeded: name.count), as: UInt32.self)
        unsafe field.storeBytes(of: UInt32(truncatingIfNeeded: value.count), toByteOffset: 4, as: UInt32.self)
        let text = unsafe field + HTTPFields.lengthBytes
        if let start = name.baseAddress { unsafe text.copyMemory(from: start, byteCount: name.count) }
        if let start = value.baseAddress { unsafe (text + name.count).copyMemory(from: start, byteCount: value.count) }
        used = used &+ size
        count = count &+ 1
    }

    /// Whether the field stands next in the last section.
    @inline(__always)
    private func isNext(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ size: Int) -> Bool {
        guard lastBytes &- used >= size, let memory = unsafe memory, let nameStart = name.baseAddress, let valueStart = value.baseAddress
        else { return false }
        let field = unsafe memory + used
        let lengths = unsafe field.loadUnaligned(as: (UInt32, UInt32).self)
        guard Int(lengths.0) == name.count, Int(lengths.1) == value.count else { return false }
        let text = unsafe field + HTTPFields.lengthBytes
        return unsafe memcmp(text, nameStart, name.count) == 0 && memcmp(text + name.count, valueStart, value.count) == 0
    }

    /// The whole section, in memory of its own; and what it has in common with the last one, when it is the same.
    func take() -> (HTTPFields, RepeatedFields?) {
        defer { removeAll() }
        if isRepeating, used == lastBytes {
            let known = repeated ?? RepeatedFields()
            repeated = known
            return (last, known)
        }
        forgetLast()
        let total = used + max(0, overBudgetNameBytes)
        // (`Array(unsafeUninitializedCapacity:)` would look its type up each time.)
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: memory, count: total))
        let fields = HTTPFields(bytes: bytes, count: count, countedBytes: countedBytes, overBudgetNameBytes: overBudgetNameBytes)
        if overBudgetNameBytes < 0, used <= IncomingFields.keptBytes { (last, lastBytes) = (fields, used) }
        return (fields, nil)
    }

    /// Beyond the budget a field is counted, and named if it is the largest.
    private func drop(_ name: UnsafeRawBufferPointer, _ cost: Int) {
        forgetLast()
        if overBudgetNameBytes < 0 { nameLargestKept() }
        guard cost > largestBytes else { return }
        largestBytes = cost
        unsafe quote(UnsafeRawBufferPointer(rebasing: name.prefix(Limits.quotedNameBytes)))
    }

    private func nameLargestKept() {
        overBudgetNameBytes = 0
        guard let memory = unsafe memory else { return }
        let kept = unsafe UnsafeRawBufferPointer(start: memory, count: used)
        var largest = 0..<0
        var next = 0
        for _ in 0..<count {
            let (name, value) = unsafe HTTPFields.field(at: next, in: kept)
            let cost = name.count + value.count + Limits.fieldOverheadBytes
            if cost > largestBytes { (largest, largestBytes) = (name.prefix(Limits.quotedNameBytes), cost) }
            next = value.upperBound
        }
        // The growth may move what is quoted.
        if capacity - used < largest.count { grow(by: largest.count) }
        if let memory = unsafe self.memory {
            unsafe quote(UnsafeRawBufferPointer(start: memory + largest.lowerBound, count: largest.count))
        }
    }

    private func quote(_ name: UnsafeRawBufferPointer) {
        if capacity - used < name.count { grow(by: name.count) }
        if let memory = unsafe memory, let start = name.baseAddress {
            unsafe (memory + used).copyMemory(from: start, byteCount: name.count)
        }
        overBudgetNameBytes = name.count
    }

    private func grow(by size: Int) {
        let larger = max(IncomingFields.initialBytes, capacity * 2, used + size)
        guard let fresh = unsafe realloc(memory, larger) else { fatalError("no memory for \(larger) bytes of header fields") }
        unsafe memory = fresh
        capacity = larger
    }

    private static let mostPlaces = 16
    private static let initialBytes = 512
    /// A larger buffer is given back after its section: most connections have one large request at most.
    private static let keptBytes = 2048
}

/// A header section that came again, right behind itself, and what a handler has read in it. Confined to its connection's loop.
package final class RepeatedFields {
    package var reading: AnyObject?
}
