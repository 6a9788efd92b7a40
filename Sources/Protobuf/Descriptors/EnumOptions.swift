/// Options of an enum. Custom options stay in `unknownFields`.
public struct EnumOptions: Message {
    public var allowAlias: Bool?
    public var deprecated: Bool?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.EnumOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 16: allowAlias = try decoder.bool()
            case 24: deprecated = try decoder.bool()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.bool(optional: deprecated, 24)
        encoder.bool(optional: allowAlias, 16)
    }
}

/// Options of an enum's value. Custom options stay in `unknownFields`.
public struct EnumValueOptions: Message {
    public var deprecated: Bool?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.EnumValueOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 8: deprecated = try decoder.bool()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.bool(optional: deprecated, 8)
    }
}
