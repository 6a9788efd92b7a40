/// Options of a service. Custom options stay in `unknownFields`.
public struct ServiceOptions: Message {
    public var deprecated: Bool?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.ServiceOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 264: deprecated = try decoder.bool()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.bool(optional: deprecated, 264)
    }
}

/// Options of a method. Custom options stay in `unknownFields`.
public struct MethodOptions: Message {
    public var deprecated: Bool?
    public var idempotencyLevel: IdempotencyLevel?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.MethodOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 264: deprecated = try decoder.bool()
            case 272: idempotencyLevel = IdempotencyLevel(rawValue: try decoder.int32())
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.int32(optional: idempotencyLevel?.rawValue, 272)
        encoder.bool(optional: deprecated, 264)
    }

    /// Whether a method may be called twice.
    public struct IdempotencyLevel: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var idempotencyUnknown: IdempotencyLevel { IdempotencyLevel(rawValue: 0) }
        public static var noSideEffects: IdempotencyLevel { IdempotencyLevel(rawValue: 1) }
        public static var idempotent: IdempotencyLevel { IdempotencyLevel(rawValue: 2) }
    }
}
