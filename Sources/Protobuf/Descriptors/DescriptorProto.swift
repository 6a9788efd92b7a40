/// One message type.
public struct DescriptorProto: Message {
    public var name: String?
    public var field: [FieldDescriptorProto] = []
    public var `extension`: [FieldDescriptorProto] = []
    public var nestedType: [DescriptorProto] = []
    public var enumType: [EnumDescriptorProto] = []
    public var extensionRange: [ExtensionRange] = []
    /// The oneofs, those made for `optional` fields last.
    public var oneofDecl: [OneofDescriptorProto] = []
    public var options: MessageOptions?
    public var reservedRange: [ReservedRange] = []
    public var reservedName: [String] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.DescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: try decoder.element(&field, MessageWire<FieldDescriptorProto>.self)
            case 26: try decoder.element(&nestedType, MessageWire<DescriptorProto>.self)
            case 34: try decoder.element(&enumType, MessageWire<EnumDescriptorProto>.self)
            case 42: try decoder.element(&extensionRange, MessageWire<ExtensionRange>.self)
            case 50: try decoder.element(&`extension`, MessageWire<FieldDescriptorProto>.self)
            case 58: try decoder.message(&options)
            case 66: try decoder.element(&oneofDecl, MessageWire<OneofDescriptorProto>.self)
            case 74: try decoder.element(&reservedRange, MessageWire<ReservedRange>.self)
            case 82: try decoder.element(&reservedName, StringWire.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(reservedName, 82, StringWire.self)
        encoder.elements(reservedRange, 74, MessageWire<ReservedRange>.self)
        encoder.elements(oneofDecl, 66, MessageWire<OneofDescriptorProto>.self)
        encoder.message(options, 58)
        encoder.elements(`extension`, 50, MessageWire<FieldDescriptorProto>.self)
        encoder.elements(extensionRange, 42, MessageWire<ExtensionRange>.self)
        encoder.elements(enumType, 34, MessageWire<EnumDescriptorProto>.self)
        encoder.elements(nestedType, 26, MessageWire<DescriptorProto>.self)
        encoder.elements(field, 18, MessageWire<FieldDescriptorProto>.self)
        encoder.string(optional: name, 10)
    }

    /// Numbers that extensions may use, `start` included, `end` not.
    public struct ExtensionRange: Message {
        public var start: Int32?
        public var end: Int32?
        public var options: ExtensionRangeOptions?
        public var unknownFields = UnknownFields()

        public init() {}

        public static var fullName: String { "google.protobuf.DescriptorProto.ExtensionRange" }
        public static var file: EmbeddedFile { .descriptor }

        @inline(never)
        public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
            while true {
                switch try decoder.nextTag() {
                case 0: return
                case 8: start = try decoder.int32()
                case 16: end = try decoder.int32()
                case 26: try decoder.message(&options)
                default: try decoder.skip(keepingIn: &unknownFields)
                }
            }
        }

        @inline(never)
        public func encode(to encoder: inout Encoder) {
            encoder.unknown(unknownFields)
            encoder.message(options, 26)
            encoder.int32(optional: end, 16)
            encoder.int32(optional: start, 8)
        }
    }

    /// Numbers that no field may use, `start` included, `end` not.
    public struct ReservedRange: Message {
        public var start: Int32?
        public var end: Int32?
        public var unknownFields = UnknownFields()

        public init() {}

        public static var fullName: String { "google.protobuf.DescriptorProto.ReservedRange" }
        public static var file: EmbeddedFile { .descriptor }

        @inline(never)
        public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
            while true {
                switch try decoder.nextTag() {
                case 0: return
                case 8: start = try decoder.int32()
                case 16: end = try decoder.int32()
                default: try decoder.skip(keepingIn: &unknownFields)
                }
            }
        }

        @inline(never)
        public func encode(to encoder: inout Encoder) {
            encoder.unknown(unknownFields)
            encoder.int32(optional: end, 16)
            encoder.int32(optional: start, 8)
        }
    }
}

/// One oneof; the fields in it point to it by `oneofIndex`.
public struct OneofDescriptorProto: Message {
    public var name: String?
    public var options: OneofOptions?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.OneofDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: try decoder.message(&options)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.message(options, 18)
        encoder.string(optional: name, 10)
    }
}
