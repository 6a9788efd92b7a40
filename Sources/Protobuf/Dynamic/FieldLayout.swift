/// How one field is read, kept and written: what its descriptor says, compiled. Plain bits, so that looking at it retains nothing.
struct FieldLayout {
    /// How a single value stands on the wire. Types that differ only in what their bits mean are one form.
    enum Form: UInt8 {
        /// A varint of 64 bits: int64, uint64, sint64.
        case varint
        /// A varint cut to 32 bits: uint32, sint32.
        case unsigned
        /// A varint cut to 32 bits, whose sign goes on to 64: int32 and enums.
        case signed
        case bool
        case fixed32, fixed64
        case text, bytes, message, group
    }

    enum Shape: UInt8 {
        case singular, list, packed, map
    }

    /// How the bits of a map's key are compared.
    enum KeyOrder: UInt8 {
        case unsigned, signed32, signed64, zigzag
    }

    /// Number and wire type of a value that stands alone.
    let tag: UInt32
    /// Where its slot stands among those of its message: by number, but the members of a oneof share the place of the first.
    let place: Int32
    /// The layout of a message, of a group, or of a map's entry.
    let child: MessageLayout?
    let form: Form
    let shape: Shape
    let hasPresence: Bool
    let keyOrder: KeyOrder

    /// Number and wire type of a length-delimited field.
    var blockTag: UInt32 { tag & ~7 | 2 }

    /// Memory that the value of an element is charged with (`DecodeLimits.memoryPerWireByte`).
    var elementBytes: Int {
        switch form {
        case .varint, .fixed64, .bytes: 8
        case .unsigned, .signed, .fixed32: 4
        case .bool: 1
        case .text: 16
        case .message, .group: MessageBody.chargedBytes
        }
    }

    init(_ field: FieldDescriptor, place: Int, child: MessageLayout?) {
        tag = UInt32(bitPattern: field.number) << 3 | field.kind.wireType
        self.place = Int32(truncatingIfNeeded: place)
        self.child = child
        form = Form(field.kind)
        hasPresence = field.hasPresence
        keyOrder = KeyOrder(field.kind)
        if !field.isRepeated {
            shape = .singular
        } else if let child, child.isMapEntry {
            shape = .map
        } else {
            shape = field.isPacked ? .packed : .list
        }
    }
}

extension FieldLayout.Form {
    init(_ kind: FieldDescriptorProto.Kind) {
        switch kind {
        case .uint32, .sint32: self = .unsigned
        case .int32, .enum: self = .signed
        case .bool: self = .bool
        case .fixed32, .sfixed32, .float: self = .fixed32
        case .fixed64, .sfixed64, .double: self = .fixed64
        case .string: self = .text
        case .bytes: self = .bytes
        case .message: self = .message
        case .group: self = .group
        default: self = .varint
        }
    }
}

extension FieldLayout.KeyOrder {
    init(_ kind: FieldDescriptorProto.Kind) {
        switch kind {
        case .int32, .int64, .sfixed64: self = .signed64
        case .sfixed32: self = .signed32
        case .sint32, .sint64: self = .zigzag
        default: self = .unsigned
        }
    }

    func precedes(_ first: UInt64, _ second: UInt64) -> Bool {
        switch self {
        case .unsigned: first < second
        case .signed64: Int64(bitPattern: first) < Int64(bitPattern: second)
        case .signed32: Int32(truncatingIfNeeded: first) < Int32(truncatingIfNeeded: second)
        case .zigzag: KeyOrder.zigzag(first) < KeyOrder.zigzag(second)
        }
    }

    private typealias KeyOrder = FieldLayout.KeyOrder

    static func zigzag(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits >> 1 ^ (0 &- (bits & 1))) }
}
