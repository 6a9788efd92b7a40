/// An enum as the transcoder sees it.
@safe
struct JSONEnum: BitwiseCopyable {
    /// google.protobuf.NullValue, which is `null` in JSON.
    let isNullValue: Bool
    fileprivate struct Value: BitwiseCopyable {
        let number: Int32
        let quoted: SchemaText
    }

    /// By number, aliases left out.
    fileprivate let values: UnsafePointer<Value>
    fileprivate let valueCount: Int
    fileprivate let numbers: NameTable
    private let unmanaged: Unmanaged<EnumDescriptor>

    /// For errors; the pool keeps it alive.
    var descriptor: EnumDescriptor { unsafe unmanaged.takeUnretainedValue() }

    init(_ type: EnumDescriptor, arena: inout SchemaArena) {
        isNullValue = type.isNullValue
        let sorted = type.names.sorted { $0.key < $1.key }
        let values = unsafe arena.room(for: sorted.count, Value.self)
        for (index, (number, name)) in sorted.enumerated() {
            var text = ByteBuffer(capacity: name.utf8.count + 2)
            text.appendQuoted(name)
            unsafe (values + index).initialize(to: Value(number: number, quoted: arena.text(text.array())))
        }
        unsafe self.values = unsafe UnsafePointer(values)
        valueCount = sorted.count
        numbers = NameTable(type.numbers.map { (name: $0.key, value: $0.value) }, in: &arena)
        unsafe unmanaged = Unmanaged.passUnretained(type)
    }
}

extension SchemaRow<JSONEnum> {
    /// The quoted name of a number, nil if it has none.
    func quotedName(of number: Int32) -> SchemaText? {
        // Most enums count from 0 without gaps.
        let guess = Int(number)
        if guess >= 0, guess < self.valueCount, unsafe self.values[guess].number == number {
            return unsafe self.values[guess].quoted
        }
        var first = 0
        var last = self.valueCount
        while first < last {
            let middle = (first + last) / 2
            let value = unsafe self.values[middle]
            if value.number == number {
                return value.quoted
            } else if value.number < number {
                first = middle + 1
            } else {
                last = middle
            }
        }
        return nil
    }

    func number(named name: UnsafeBufferPointer<UInt8>) -> Int32? { unsafe self.numbers.value(of: name) }
}
