/// Header fields in the order they came, all in one buffer: a request costs two allocations however many it has,
/// and a field becomes a `String` only when somebody asks for it.
public struct HTTPFields: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var start: UInt32
        @usableFromInline var nameLength: UInt32
        @usableFromInline var valueLength: UInt32
    }

    @usableFromInline private(set) var bytes: [UInt8] = []
    @usableFromInline private(set) var entries: [Entry] = []
    /// What RFC 9113 §6.5.2 counts: name + value + 32 for each field, the dropped ones included.
    public private(set) var countedBytes = 0
    /// The name of the largest field, once the budget was exceeded: from then on fields are counted, but not kept.
    public private(set) var overBudget: String?
    private var largestBytes = 0

    public init() {}

    public init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(name: field.name, value: field.value) }
    }

    @inlinable public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    public mutating func append(name: String, value: String) {
        begin(name.utf8.count, value.utf8.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value.utf8)
    }

    public mutating func append(name: String, value: [UInt8]) {
        begin(name.utf8.count, value.count)
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: value)
    }

    /// Appends what a peer sent, within `budget`.
    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, budget: Int) {
        let cost = name.count &+ value.count &+ Limits.fieldOverheadBytes
        countedBytes = countedBytes &+ cost
        if countedBytes > budget {
            if overBudget == nil { nameLargestKept() }
            if cost > largestBytes {
                largestBytes = cost
                overBudget = unsafe String(decoding: name.prefix(256), as: UTF8.self)
            }
            return
        }
        if entries.isEmpty {
            entries.reserveCapacity(16)
            bytes.reserveCapacity(512)
        }
        entries.append(Entry(start: UInt32(bytes.count), nameLength: UInt32(name.count), valueLength: UInt32(value.count)))
        unsafe bytes.append(contentsOf: name)
        unsafe bytes.append(contentsOf: value)
    }

    private mutating func nameLargestKept() {
        overBudget = ""
        for (index, entry) in entries.enumerated() {
            let cost = Int(entry.nameLength) + Int(entry.valueLength) + Limits.fieldOverheadBytes
            if cost > largestBytes {
                largestBytes = cost
                overBudget = name(at: index)
            }
        }
    }

    private mutating func begin(_ nameLength: Int, _ valueLength: Int) {
        entries.append(Entry(start: UInt32(bytes.count), nameLength: UInt32(nameLength), valueLength: UInt32(valueLength)))
        countedBytes += nameLength + valueLength + Limits.fieldOverheadBytes
    }

    public func name(at index: Int) -> String {
        String(decoding: bytes[nameRange(index)], as: UTF8.self)
    }

    public func value(at index: Int) -> String {
        String(decoding: bytes[valueRange(index)], as: UTF8.self)
    }

    /// The first value of that name (which is lower-case, RFC 9113 §8.2.1), or nil.
    public func first(_ name: String) -> String? {
        for index in entries.indices where bytes[nameRange(index)].elementsEqual(name.utf8) { return value(at: index) }
        return nil
    }

    /// Lends the bytes of one field.
    @inlinable
    public func withField<Result>(
        at index: Int, _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let entry = entries[index]
        return unsafe bytes.withUnsafeBytes { buffer in
            let start = Int(entry.start)
            let middle = start + Int(entry.nameLength)
            let end = middle + Int(entry.valueLength)
            return unsafe body(
                UnsafeRawBufferPointer(rebasing: buffer[start..<middle]), UnsafeRawBufferPointer(rebasing: buffer[middle..<end]))
        }
    }

    private func nameRange(_ index: Int) -> Range<Int> {
        let start = Int(entries[index].start)
        return start..<start + Int(entries[index].nameLength)
    }

    private func valueRange(_ index: Int) -> Range<Int> {
        let start = Int(entries[index].start) + Int(entries[index].nameLength)
        return start..<start + Int(entries[index].valueLength)
    }
}

extension HTTPFields: CustomStringConvertible {
    /// One line for each field; values of fields that carry secrets are left out.
    public var description: String {
        (0..<count).map { index in
            let name = name(at: index)
            return "\(name): \(name == "authorization" || name.hasSuffix("-bin") ? "…" : value(at: index))"
        }.joined(separator: "\n")
    }
}
