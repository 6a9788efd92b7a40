/// A field as the transcoder sees it.
@safe
struct JSONField: BitwiseCopyable {
    let number: UInt32
    /// `number << 3 | wire type` of one value.
    let tag: UInt32
    let shape: JSONShape
    let wireType: UInt8
    let isRepeated: Bool
    let isMap: Bool
    /// Elements are written in one block.
    let isPacked: Bool
    let hasPresence: Bool
    /// `null` is a value of this type.
    let takesNull: Bool
    /// The place of its oneof in its message's bits, -1 for none.
    let oneofBit: Int32
    /// A comma, the quoted name and a colon.
    let key: SchemaText
    let originalKey: SchemaText
    /// The type of a message, a map entry included.
    let message: SchemaRow<JSONMessage>?
    let enumeration: SchemaRow<JSONEnum>?
    private let unmanaged: Unmanaged<FieldDescriptor>

    /// For errors; the pool keeps it alive.
    var descriptor: FieldDescriptor { unsafe unmanaged.takeUnretainedValue() }

    init(
        _ field: FieldDescriptor, oneofBit: Int32, message: SchemaRow<JSONMessage>?, isMap: Bool, enumeration: SchemaRow<JSONEnum>?,
        takesNull: Bool, arena: inout SchemaArena
    ) {
        number = UInt32(field.number.magnitude)
        tag = UInt32(field.number.magnitude) << 3 | field.kind.wireType
        shape = JSONShape(field.kind)
        wireType = UInt8(truncatingIfNeeded: field.kind.wireType)
        isRepeated = field.isRepeated
        self.isMap = isMap
        isPacked = field.isPacked
        hasPresence = field.hasPresence
        self.takesNull = takesNull
        self.oneofBit = oneofBit
        key = JSONField.key(field.jsonName, &arena)
        originalKey = JSONField.key(field.name, &arena)
        self.message = message
        self.enumeration = enumeration
        unsafe unmanaged = Unmanaged.passUnretained(field)
    }

    private static func key(_ name: String, _ arena: inout SchemaArena) -> SchemaText {
        var text = ByteBuffer(capacity: name.utf8.count + 4)
        text.append(UInt8(ascii: ","))
        text.appendQuoted(name)
        text.append(UInt8(ascii: ":"))
        return arena.text(text.array())
    }
}

/// What a value looks like, on the wire and in JSON.
enum JSONShape: UInt8 {
    case double, float
    case int32, sint32, sfixed32
    case uint32, fixed32
    case int64, sint64, sfixed64
    case uint64, fixed64
    case bool, string, bytes, enumeration, message

    init(_ kind: FieldDescriptorProto.Kind) {
        switch kind {
        case .double: self = .double
        case .float: self = .float
        case .int32: self = .int32
        case .sint32: self = .sint32
        case .sfixed32: self = .sfixed32
        case .uint32: self = .uint32
        case .fixed32: self = .fixed32
        case .int64: self = .int64
        case .sint64: self = .sint64
        case .sfixed64: self = .sfixed64
        case .uint64: self = .uint64
        case .fixed64: self = .fixed64
        case .bool: self = .bool
        case .string: self = .string
        case .enum: self = .enumeration
        case .message: self = .message
        default: self = .bytes
        }
    }

    /// JSON writes these in quotes: 64-bit numbers, which many readers cannot hold exactly.
    var isQuotedNumber: Bool {
        switch self {
        case .int64, .sint64, .sfixed64, .uint64, .fixed64: true
        default: false
        }
    }

    var isSigned: Bool {
        switch self {
        case .int32, .sint32, .sfixed32, .int64, .sint64, .sfixed64, .enumeration: true
        default: false
        }
    }

    var isPackable: Bool {
        switch self {
        case .string, .bytes, .message: false
        default: true
        }
    }
}
