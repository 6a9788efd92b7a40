/// A message as the transcoder sees it.
@safe
struct JSONMessage: BitwiseCopyable {
    let wellKnown: WellKnownType?
    let isMapEntry: Bool
    let fieldCount: Int
    /// One for each field and one for each oneof; what an object has had is kept in as many bits.
    let bitCount: Int
    /// Fields by number.
    fileprivate let fields: UnsafePointer<JSONField>
    /// Indexes of fields by number, where numbers are small; -1 for none.
    fileprivate let dense: UnsafePointer<Int32>
    fileprivate let denseCount: UInt32
    /// Indexes of fields by both of their names.
    fileprivate let names: NameTable
    private let unmanaged: Unmanaged<MessageNode>

    /// For errors; the pool keeps it alive.
    var descriptor: MessageNode { unsafe unmanaged.takeUnretainedValue() }

    init(_ node: MessageNode, fields sorted: [JSONField], arena: inout SchemaArena) {
        wellKnown = node.wellKnown
        isMapEntry = node.isMapEntry
        fieldCount = sorted.count
        bitCount = sorted.count + node.proto.oneofDecl.count
        let fields = unsafe arena.room(for: sorted.count, JSONField.self)
        var names: [(String, Int32)] = []
        for (index, field) in sorted.enumerated() {
            unsafe (fields + index).initialize(to: field)
            names.append((field.descriptor.jsonName, Int32(index)))
        }
        for (index, field) in sorted.enumerated() {
            names.append((field.descriptor.name, Int32(index)))
        }
        unsafe self.fields = unsafe UnsafePointer(fields)
        self.names = NameTable(names, in: &arena)
        let limit = UInt32(64 + 4 * sorted.count)
        let largest = sorted.last { $0.number < limit }?.number ?? 0
        denseCount = largest + 1
        let dense = unsafe arena.room(for: Int(denseCount), Int32.self)
        unsafe dense.initialize(repeating: -1, count: Int(denseCount))
        for (index, field) in sorted.enumerated() where field.number <= largest {
            unsafe dense[Int(field.number)] = Int32(index)
        }
        unsafe self.dense = unsafe UnsafePointer(dense)
        unsafe unmanaged = Unmanaged.passUnretained(node)
    }
}

// A row is never copied to look into it.
extension SchemaRow<JSONMessage> {
    /// - Parameter index: below `fieldCount`.
    @inline(__always)
    func field(at index: Int) -> SchemaRow<JSONField> { unsafe SchemaRow<JSONField>(self.fields + index) }

    @inline(__always)
    func index(number: UInt32) -> Int? {
        if number < self.denseCount {
            let index = unsafe self.dense[Int(number)]
            return index < 0 ? nil : Int(index)
        }
        return sparseIndex(number: number)
    }

    private func sparseIndex(number: UInt32) -> Int? {
        var first = 0
        var last = self.fieldCount
        while first < last {
            let middle = (first + last) / 2
            let other = field(at: middle).number
            if other == number {
                return middle
            } else if other < number {
                first = middle + 1
            } else {
                last = middle
            }
        }
        return nil
    }

    /// Finds a field by its JSON name or its original one.
    func index(named name: UnsafeBufferPointer<UInt8>) -> Int? {
        unsafe self.names.value(of: name).map { Int($0) }
    }
}
