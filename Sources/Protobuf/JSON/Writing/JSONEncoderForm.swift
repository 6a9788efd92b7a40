/// Looks whether bytes of others are in normal form, while they are read.
extension JSONEncoder {
    /// - Parameter isInOrder: the field's number is larger than all before it.
    @inline(never)
    mutating func check(_ field: SchemaRow<JSONField>, isInOrder: Bool, _ oneofs: inout BitSet) throws(JSONError) {
        let isFirstOfOneof = field.oneofBit < 0 || oneofs.insert(Int(field.oneofBit))
        if !isInOrder || !isFirstOfOneof {
            try abnormal()
        }
        if !field.isRepeated, !field.hasPresence, try isDefault(field) {
            try abnormal()
        }
    }

    /// The bytes must be brought into normal form first.
    mutating func abnormal() throws(JSONError) {
        isAbnormal = true
        throw JSONError(unsayable: "")
    }

    /// The value that comes next is its type's default, which need not be said.
    private mutating func isDefault(_ field: SchemaRow<JSONField>) throws(JSONError) -> Bool {
        let place = decoder.place
        defer { decoder.go(to: place) }
        do throws(DecodeError) {
            switch field.shape {
            case .double, .fixed64, .sfixed64: return try decoder.fixed64() == 0
            case .float, .fixed32, .sfixed32: return try decoder.fixed32() == 0
            case .string, .bytes: return unsafe try decoder.block().isEmpty
            case .bool: return try !decoder.bool()
            case .int64, .sint64, .uint64: return try decoder.uint64() == 0
            case .int32, .sint32, .uint32, .enumeration: return try decoder.uint32() == 0
            case .message: return false
            }
        } catch {
            throw JSONError(error)
        }
    }

    /// Looks at the key that comes next.
    ///
    /// - Parameter previous: the key before it. Keys that ascend are not there twice.
    @inline(never)
    mutating func check(_ key: SchemaRow<JSONField>, after previous: inout DecodedKey?) throws(JSONError) {
        let place = decoder.place
        let next: DecodedKey
        do throws(DecodeError) { next = try DecodedKey(key.shape, &decoder) } catch { throw JSONError(error) }
        decoder.go(to: place)
        if let previous, !(previous < next) {
            try abnormal()
        }
        previous = next
    }
}
