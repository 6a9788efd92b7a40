/// A map field's key. Strings are the same key if their bytes are.
public enum DynamicKey: MapKey {
    case bool(Bool)
    /// int32, sint32 and sfixed32.
    case int32(Int32)
    /// int64, sint64 and sfixed64.
    case int64(Int64)
    /// uint32 and fixed32.
    case uint32(UInt32)
    /// uint64 and fixed64.
    case uint64(UInt64)
    case string(String)

    /// Nil for what cannot be a key.
    public init?(_ value: DynamicValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .int32(value)
        case .int64(let value): self = .int64(value)
        case .uint32(let value): self = .uint32(value)
        case .uint64(let value): self = .uint64(value)
        case .string(let value): self = .string(value)
        default: return nil
        }
    }

    /// The same as a value.
    public var value: DynamicValue {
        switch self {
        case .bool(let value): .bool(value)
        case .int32(let value): .int32(value)
        case .int64(let value): .int64(value)
        case .uint32(let value): .uint32(value)
        case .uint64(let value): .uint64(value)
        case .string(let value): .string(value)
        }
    }

    public static func areSame(_ first: DynamicKey, _ second: DynamicKey) -> Bool {
        if case (.string(let first), .string(let second)) = (first, second) {
            return String.areSame(first, second)
        }
        return first == second
    }

    public func hashKey(into hasher: inout Hasher) {
        if case .string(let value) = self {
            value.hashKey(into: &hasher)
        } else {
            hash(into: &hasher)
        }
    }

    public static func precedes(_ first: DynamicKey, _ second: DynamicKey) -> Bool {
        switch (first, second) {
        case (.bool(let first), .bool(let second)): Bool.precedes(first, second)
        case (.int32(let first), .int32(let second)): first < second
        case (.int64(let first), .int64(let second)): first < second
        case (.uint32(let first), .uint32(let second)): first < second
        case (.uint64(let first), .uint64(let second)): first < second
        case (.string(let first), .string(let second)): String.precedes(first, second)
        default: false
        }
    }
}
