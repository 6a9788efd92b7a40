/// Where each element stands in the .proto text, and the comments beside it.
public struct SourceCodeInfo: Message {
    public var location: [Location] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.SourceCodeInfo" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: try decoder.element(&location, MessageWire<Location>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(location, 10, MessageWire<Location>.self)
    }

    /// The place and the comments of one element.
    public struct Location: Message {
        /// Field numbers and indexes from the file's descriptor down to the element.
        public var path: [Int32] = []
        /// Line, column, end line (absent if the same), end column; all count from 0.
        public var span: [Int32] = []
        public var leadingComments: String?
        public var trailingComments: String?
        public var leadingDetachedComments: [String] = []
        public var unknownFields = UnknownFields()

        public init() {}

        public static var fullName: String { "google.protobuf.SourceCodeInfo.Location" }
        public static var file: EmbeddedFile { .descriptor }

        @inline(never)
        public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
            while true {
                switch try decoder.nextTag() {
                case 0: return
                case 8: try decoder.element(&path, Int32Wire.self)
                case 10: try decoder.packed(&path, Int32Wire.self)
                case 16: try decoder.element(&span, Int32Wire.self)
                case 18: try decoder.packed(&span, Int32Wire.self)
                case 26: leadingComments = try decoder.string()
                case 34: trailingComments = try decoder.string()
                case 50: try decoder.element(&leadingDetachedComments, StringWire.self)
                default: try decoder.skip(keepingIn: &unknownFields)
                }
            }
        }

        @inline(never)
        public func encode(to encoder: inout Encoder) {
            encoder.unknown(unknownFields)
            encoder.elements(leadingDetachedComments, 50, StringWire.self)
            encoder.string(optional: trailingComments, 34)
            encoder.string(optional: leadingComments, 26)
            encoder.packed(span, 18, Int32Wire.self)
            encoder.packed(path, 10, Int32Wire.self)
        }
    }
}
