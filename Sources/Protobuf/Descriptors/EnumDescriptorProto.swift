/// One enum type.
public struct EnumDescriptorProto: Message {
    public var name: String?
    public var value: [EnumValueDescriptorProto] = []
    public var options: EnumOptions?
    public var reservedRange: [EnumReservedRange] = []
    public var reservedName: [String] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.EnumDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: try decoder.element(&value, MessageWire<EnumValueDescriptorProto>.self)
            case 26: try decoder.message(&options)
            case 34: try decoder.element(&reservedRange, MessageWire<EnumReservedRange>.self)
            case 42: try decoder.element(&reservedName, StringWire.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(reservedName, 42, StringWire.self)
        encoder.elements(reservedRange, 34, MessageWire<EnumReservedRange>.self)
        encoder.message(options, 26)
        encoder.elements(value, 18, MessageWire<EnumValueDescriptorProto>.self)
        encoder.string(optional: name, 10)
    }

    /// Numbers that no value may use, both ends included.
    public struct EnumReservedRange: Message {
        public var start: Int32?
        public var end: Int32?
        public var unknownFields = UnknownFields()

        public init() {}

        public static var fullName: String { "google.protobuf.EnumDescriptorProto.EnumReservedRange" }
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

/// One value of an enum.
public struct EnumValueDescriptorProto: Message {
    public var name: String?
    public var number: Int32?
    public var options: EnumValueOptions?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.EnumValueDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 16: number = try decoder.int32()
            case 26: try decoder.message(&options)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.message(options, 26)
        encoder.int32(optional: number, 16)
        encoder.string(optional: name, 10)
    }
}
