/// How one message type is read, kept and written. One word that points into its pool's table, and holds for as long as the pool lives.
@safe
struct MessageLayout: Equatable, @unchecked Sendable {
    /// What the table holds for each message type.
    @safe
    struct Record {
        var fields: UnsafeMutableBufferPointer<FieldLayout>
        /// Indexes into `fields` by number, where numbers are small; -1 for none.
        var dense: UnsafeMutableBufferPointer<Int32>
        var nodeIndex: Int
        var isMapEntry: Bool
        /// The members of a oneof have other fields between them.
        var isScattered: Bool
        /// There are singular strings or bytes.
        var hasText: Bool
    }

    private let record: UnsafePointer<Record>

    init(_ record: UnsafePointer<Record>) {
        unsafe self.record = record
    }

    static func == (first: MessageLayout, second: MessageLayout) -> Bool { unsafe first.record == second.record }

    /// Where the message type is in its pool.
    var nodeIndex: Int { unsafe record.pointee.nodeIndex }
    var isMapEntry: Bool { unsafe record.pointee.isMapEntry }
    var isScattered: Bool { unsafe record.pointee.isScattered }
    var hasText: Bool { unsafe record.pointee.hasText }
    /// Fields and known extensions.
    var count: Int { unsafe record.pointee.fields.count }

    /// The layout of a field, by its index in number order.
    subscript(index: Int) -> FieldLayout { unsafe record.pointee.fields[index] }

    /// The index of the field with that number, -1 for none.
    func index(ofNumber number: UInt32) -> Int {
        if number < UInt32(truncatingIfNeeded: unsafe record.pointee.dense.count) {
            return unsafe Int(record.pointee.dense[Int(number)])
        }
        return sparseIndex(ofNumber: number)
    }

    private func sparseIndex(ofNumber number: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) >> 1
            let other = self[middle].tag >> 3
            if other == number {
                return middle
            } else if other < number {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        return -1
    }
}

/// The layouts of all message types of a pool.
@safe
final class LayoutTable: Sendable {
    // Written only by init.
    nonisolated(unsafe) private let records: UnsafeMutablePointer<MessageLayout.Record>
    /// The fields of each message type and its extensions, by number.
    let fields: [[FieldDescriptor]]

    /// - Precondition: no two fields and extensions of one message have the same number.
    init(_ messages: [MessageNode], extensions: [String: [FieldDescriptor]]) {
        unsafe records = .allocate(capacity: messages.count)
        var all: [[FieldDescriptor]] = []
        for (index, node) in messages.enumerated() {
            var fields = node.sortedFields
            if let more = extensions[node.fullName] {
                fields = (fields + more).sorted { $0.number < $1.number }
            }
            all.append(fields)
            unsafe (records + index).initialize(
                to: MessageLayout.Record(
                    fields: .allocate(capacity: fields.count), dense: LayoutTable.dense(fields), nodeIndex: index,
                    isMapEntry: node.isMapEntry, isScattered: false,
                    hasText: fields.contains { !$0.isRepeated && ($0.kind == .string || $0.kind == .bytes) }))
        }
        fields = all
        for index in messages.indices {
            fillFields(of: index)
        }
    }

    deinit {
        for index in fields.indices {
            unsafe records[index].fields.deallocate()
            unsafe records[index].dense.deallocate()
        }
        unsafe records.deallocate()
    }

    subscript(index: Int) -> MessageLayout { unsafe MessageLayout(records + index) }

    private func fillFields(of index: Int) {
        var firstMembers: [Int: (place: Int, last: Int)] = [:]
        for (order, field) in fields[index].enumerated() {
            var place = order
            if let oneof = field.oneofIndex {
                if let members = firstMembers[oneof] {
                    place = members.place
                    if members.last != order - 1 {
                        unsafe records[index].isScattered = true
                    }
                }
                firstMembers[oneof] = (place, order)
            }
            let isNested = field.kind == .message || field.kind == .group
            let layout = FieldLayout(field, place: place, child: isNested ? self[field.typeIndex] : nil)
            unsafe records[index].fields.initializeElement(at: order, to: layout)
        }
    }

    /// Numbers up to four times as many as there are fields are looked up directly.
    private static func dense(_ fields: [FieldDescriptor]) -> UnsafeMutableBufferPointer<Int32> {
        let limit = Int32(clamping: 64 + 4 * fields.count)
        let count = fields.reduce(0) { $1.number < limit ? max($0, $1.number + 1) : $0 }
        let table = UnsafeMutableBufferPointer<Int32>.allocate(capacity: Int(count))
        unsafe table.initialize(repeating: -1)
        for (index, field) in fields.enumerated() where field.number < count {
            unsafe table[Int(field.number)] = Int32(truncatingIfNeeded: index)
        }
        return unsafe table
    }
}
