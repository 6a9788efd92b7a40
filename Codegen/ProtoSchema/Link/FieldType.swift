internal import Protobuf

/// The types that fields can have, as the language writes them and as the wire has them.
enum FieldType {
    static let scalars: [String: FieldDescriptorProto.Kind] = [
        "double": .double, "float": .float, "int32": .int32, "int64": .int64, "uint32": .uint32, "uint64": .uint64,
        "sint32": .sint32, "sint64": .sint64, "fixed32": .fixed32, "fixed64": .fixed64, "sfixed32": .sfixed32,
        "sfixed64": .sfixed64, "bool": .bool, "string": .string, "bytes": .bytes,
    ]

    /// What a map can be keyed by: what compares exactly and has a short text.
    static func isMapKey(_ kind: FieldDescriptorProto.Kind) -> Bool {
        ![.double, .float, .bytes, .message, .enum, .group].contains(kind)
    }

    /// Values without a length of their own, which a repeated field can hold in one run.
    static func isPackable(_ kind: FieldDescriptorProto.Kind) -> Bool {
        ![.string, .bytes, .message, .group].contains(kind)
    }

    static func is64BitInteger(_ kind: FieldDescriptorProto.Kind) -> Bool {
        [.int64, .uint64, .sint64, .fixed64, .sfixed64].contains(kind)
    }
}
