/// Options of a field. Custom options stay in `unknownFields`.
public struct FieldOptions: Message {
    public var ctype: CType?
    public var packed: Bool?
    public var jstype: JSType?
    public var lazy: Bool?
    public var unverifiedLazy: Bool?
    public var deprecated: Bool?
    public var weak: Bool?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.FieldOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 8: ctype = CType(rawValue: try decoder.int32())
            case 16: packed = try decoder.bool()
            case 24: deprecated = try decoder.bool()
            case 40: lazy = try decoder.bool()
            case 48: jstype = JSType(rawValue: try decoder.int32())
            case 80: weak = try decoder.bool()
            case 120: unverifiedLazy = try decoder.bool()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.bool(optional: unverifiedLazy, 120)
        encoder.bool(optional: weak, 80)
        encoder.int32(optional: jstype?.rawValue, 48)
        encoder.bool(optional: lazy, 40)
        encoder.bool(optional: deprecated, 24)
        encoder.bool(optional: packed, 16)
        encoder.int32(optional: ctype?.rawValue, 8)
    }

    /// How C++ holds a string.
    public struct CType: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var string: CType { CType(rawValue: 0) }
        public static var cord: CType { CType(rawValue: 1) }
        public static var stringPiece: CType { CType(rawValue: 2) }
    }

    /// How JavaScript holds a 64-bit number.
    public struct JSType: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var normal: JSType { JSType(rawValue: 0) }
        public static var string: JSType { JSType(rawValue: 1) }
        public static var number: JSType { JSType(rawValue: 2) }
    }
}

/// Options of a oneof. Custom options stay in `unknownFields`.
public struct OneofOptions: Message {
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.OneofOptions" }
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
