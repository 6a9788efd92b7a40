import Protobuf

/// A scalar type: its Swift type, its default, and its names in the runtime.
struct ScalarType {
    let type: String
    let initial: String
    /// The method of `Encoder` and `Decoder`.
    let method: String
    /// The metatype that repeated fields and maps pass.
    let wire: String

    init?(_ kind: FieldDescriptorProto.Kind) {
        let (type, initial, method, wire): (String, String, String, String)
        switch kind {
        case .double: (type, initial, method, wire) = ("Swift.Double", "0", "double", "DoubleWire")
        case .float: (type, initial, method, wire) = ("Swift.Float", "0", "float", "FloatWire")
        case .int64: (type, initial, method, wire) = ("Swift.Int64", "0", "int64", "Int64Wire")
        case .uint64: (type, initial, method, wire) = ("Swift.UInt64", "0", "uint64", "UInt64Wire")
        case .int32: (type, initial, method, wire) = ("Swift.Int32", "0", "int32", "Int32Wire")
        case .fixed64: (type, initial, method, wire) = ("Swift.UInt64", "0", "fixed64", "Fixed64Wire")
        case .fixed32: (type, initial, method, wire) = ("Swift.UInt32", "0", "fixed32", "Fixed32Wire")
        case .bool: (type, initial, method, wire) = ("Swift.Bool", "false", "bool", "BoolWire")
        case .string: (type, initial, method, wire) = ("Swift.String", "\"\"", "string", "StringWire")
        case .bytes: (type, initial, method, wire) = ("[Swift.UInt8]", "[]", "bytes", "BytesWire")
        case .uint32: (type, initial, method, wire) = ("Swift.UInt32", "0", "uint32", "UInt32Wire")
        case .sfixed32: (type, initial, method, wire) = ("Swift.Int32", "0", "sfixed32", "SFixed32Wire")
        case .sfixed64: (type, initial, method, wire) = ("Swift.Int64", "0", "sfixed64", "SFixed64Wire")
        case .sint32: (type, initial, method, wire) = ("Swift.Int32", "0", "sint32", "SInt32Wire")
        case .sint64: (type, initial, method, wire) = ("Swift.Int64", "0", "sint64", "SInt64Wire")
        default: return nil
        }
        self.type = type
        self.initial = initial
        self.method = method
        self.wire = "Protobuf.\(wire).self"
    }
}
