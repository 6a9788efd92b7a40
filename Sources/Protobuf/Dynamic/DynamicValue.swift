/// The value of a dynamic message's field, of a list's element, or of a map's key or value.
public enum DynamicValue: Sendable, Hashable {
    case bool(Bool)
    /// int32, sint32 and sfixed32.
    case int32(Int32)
    /// int64, sint64 and sfixed64.
    case int64(Int64)
    /// uint32 and fixed32.
    case uint32(UInt32)
    /// uint64 and fixed64.
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// The number of an enum's value, which need not be one that has a name.
    case enumeration(Int32)
    case message(DynamicMessage)
    case list([DynamicValue])
    case map(Map<DynamicKey, DynamicValue>)
}

/// The value, if it is of that kind.
extension DynamicValue {
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var bytesValue: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    public var enumValue: Int32? { if case .enumeration(let value) = self { value } else { nil } }
    public var messageValue: DynamicMessage? { if case .message(let value) = self { value } else { nil } }
    public var listValue: [DynamicValue]? { if case .list(let value) = self { value } else { nil } }
    public var mapValue: Map<DynamicKey, DynamicValue>? { if case .map(let value) = self { value } else { nil } }

    /// A number of one of the signed types.
    public var signedValue: Int64? {
        switch self {
        case .int32(let value): Int64(value)
        case .int64(let value): value
        default: nil
        }
    }

    /// A number of one of the unsigned types.
    public var unsignedValue: UInt64? {
        switch self {
        case .uint32(let value): UInt64(value)
        case .uint64(let value): value
        default: nil
        }
    }

    /// A number of one of the floating-point types.
    public var floatingValue: Double? {
        switch self {
        case .float(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// What it is, in the words of an error message.
    var kindName: String {
        switch self {
        case .bool: "a bool"
        case .int32: "an int32"
        case .int64: "an int64"
        case .uint32: "a uint32"
        case .uint64: "a uint64"
        case .float: "a float"
        case .double: "a double"
        case .string: "a string"
        case .bytes: "bytes"
        case .enumeration: "an enum"
        case .message(let message): "a \(message.descriptor.fullName)"
        case .list: "a list"
        case .map: "a map"
        }
    }
}
