/// One field or extension.
public struct FieldDescriptorProto: Message {
    public var name: String?
    public var number: Int32?
    public var label: Label?
    public var type: Kind?
    /// The message or enum type, fully qualified with a leading dot.
    public var typeName: String?
    /// The message an extension extends, fully qualified with a leading dot.
    public var extendee: String?
    /// proto2 only: the default as text.
    public var defaultValue: String?
    /// Index into the message's `oneofDecl`.
    public var oneofIndex: Int32?
    public var jsonName: String?
    public var options: FieldOptions?
    /// Declared `optional` in proto3; the field is then alone in a oneof made for it.
    public var proto3Optional: Bool?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.FieldDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: extendee = try decoder.string()
            case 24: number = try decoder.int32()
            case 32: label = Label(rawValue: try decoder.int32())
            case 40: type = Kind(rawValue: try decoder.int32())
            case 50: typeName = try decoder.string()
            case 58: defaultValue = try decoder.string()
            case 66: try decoder.message(&options)
            case 72: oneofIndex = try decoder.int32()
            case 82: jsonName = try decoder.string()
            case 136: proto3Optional = try decoder.bool()
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.bool(optional: proto3Optional, 136)
        encoder.string(optional: jsonName, 82)
        encoder.int32(optional: oneofIndex, 72)
        encoder.message(options, 66)
        encoder.string(optional: defaultValue, 58)
        encoder.string(optional: typeName, 50)
        encoder.int32(optional: type?.rawValue, 40)
        encoder.int32(optional: label?.rawValue, 32)
        encoder.int32(optional: number, 24)
        encoder.string(optional: extendee, 18)
        encoder.string(optional: name, 10)
    }

    /// As generated code spells `FieldDescriptorProto.Type`; validate.proto of protovalidate has fields of it.
    public typealias Type_ = Kind

    /// The type of a field.
    public struct Kind: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var double: Kind { Kind(rawValue: 1) }
        public static var float: Kind { Kind(rawValue: 2) }
        public static var int64: Kind { Kind(rawValue: 3) }
        public static var uint64: Kind { Kind(rawValue: 4) }
        public static var int32: Kind { Kind(rawValue: 5) }
        public static var fixed64: Kind { Kind(rawValue: 6) }
        public static var fixed32: Kind { Kind(rawValue: 7) }
        public static var bool: Kind { Kind(rawValue: 8) }
        public static var string: Kind { Kind(rawValue: 9) }
        public static var group: Kind { Kind(rawValue: 10) }
        public static var message: Kind { Kind(rawValue: 11) }
        public static var bytes: Kind { Kind(rawValue: 12) }
        public static var uint32: Kind { Kind(rawValue: 13) }
        public static var `enum`: Kind { Kind(rawValue: 14) }
        public static var sfixed32: Kind { Kind(rawValue: 15) }
        public static var sfixed64: Kind { Kind(rawValue: 16) }
        public static var sint32: Kind { Kind(rawValue: 17) }
        public static var sint64: Kind { Kind(rawValue: 18) }
    }

    /// How often a field occurs.
    public struct Label: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var optional: Label { Label(rawValue: 1) }
        public static var required: Label { Label(rawValue: 2) }
        public static var repeated: Label { Label(rawValue: 3) }
    }
}
