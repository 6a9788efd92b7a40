/// An option as it was parsed, before names are resolved. Finished descriptors have none.
public struct UninterpretedOption: Message {
    public var name: [NamePart] = []
    public var identifierValue: String?
    public var positiveIntValue: UInt64?
    public var negativeIntValue: Int64?
    public var doubleValue: Double?
    public var stringValue: [UInt8]?
    public var aggregateValue: String?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.UninterpretedOption" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 18: try decoder.element(&name, MessageWire<NamePart>.self)
            case 26: identifierValue = try decoder.string()
            case 32: positiveIntValue = try decoder.uint64()
            case 40: negativeIntValue = try decoder.int64()
            case 49: doubleValue = try decoder.double()
            case 58: stringValue = try decoder.bytes()
            case 66: aggregateValue = try decoder.string()
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.string(optional: aggregateValue, 66)
        encoder.bytes(optional: stringValue, 58)
        encoder.double(optional: doubleValue, 49)
        encoder.int64(optional: negativeIntValue, 40)
        encoder.uint64(optional: positiveIntValue, 32)
        encoder.string(optional: identifierValue, 26)
        encoder.elements(name, 18, MessageWire<NamePart>.self)
    }

    /// One step of an option's name, for example `(foo.bar)` in `(foo.bar).baz`.
    public struct NamePart: Message {
        public var namePart: String?
        public var isExtension: Bool?
        public var unknownFields = UnknownFields()

        public init() {}

        public static var fullName: String { "google.protobuf.UninterpretedOption.NamePart" }
        public static var file: EmbeddedFile { .descriptor }

        @inline(never)
        public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
            while true {
                switch try decoder.nextTag() {
                case 0: return
                case 10: namePart = try decoder.string()
                case 16: isExtension = try decoder.bool()
                default: try decoder.skip(keepingIn: &unknownFields)
                }
            }
        }

        @inline(never)
        public func encode(to encoder: inout Encoder) {
            encoder.unknown(unknownFields)
            encoder.bool(optional: isExtension, 16)
            encoder.string(optional: namePart, 10)
        }
    }
}
