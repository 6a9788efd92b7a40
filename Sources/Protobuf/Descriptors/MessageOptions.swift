/// Options of a message. Custom options stay in `unknownFields`.
public struct MessageOptions: Message {
    public var messageSetWireFormat: Bool?
    public var noStandardDescriptorAccessor: Bool?
    public var deprecated: Bool?
    public var mapEntry: Bool?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.MessageOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 8: messageSetWireFormat = try decoder.bool()
            case 16: noStandardDescriptorAccessor = try decoder.bool()
            case 24: deprecated = try decoder.bool()
            case 56: mapEntry = try decoder.bool()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.bool(optional: mapEntry, 56)
        encoder.bool(optional: deprecated, 24)
        encoder.bool(optional: noStandardDescriptorAccessor, 16)
        encoder.bool(optional: messageSetWireFormat, 8)
    }
}

/// Options of a range of extension numbers.
public struct ExtensionRangeOptions: Message {
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.ExtensionRangeOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
    }
}
