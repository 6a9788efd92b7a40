/// One service.
public struct ServiceDescriptorProto: Message {
    public var name: String?
    public var method: [MethodDescriptorProto] = []
    public var options: ServiceOptions?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.ServiceDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: try decoder.element(&method, MessageWire<MethodDescriptorProto>.self)
            case 26: try decoder.message(&options)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.message(options, 26)
        encoder.elements(method, 18, MessageWire<MethodDescriptorProto>.self)
        encoder.string(optional: name, 10)
    }
}

/// One method of a service.
public struct MethodDescriptorProto: Message {
    public var name: String?
    /// Fully qualified with a leading dot.
    public var inputType: String?
    /// Fully qualified with a leading dot.
    public var outputType: String?
    public var options: MethodOptions?
    public var clientStreaming: Bool?
    public var serverStreaming: Bool?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.MethodDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: inputType = try decoder.string()
            case 26: outputType = try decoder.string()
            case 34: try decoder.message(&options)
            case 40: clientStreaming = try decoder.bool()
            case 48: serverStreaming = try decoder.bool()
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.bool(optional: serverStreaming, 48)
        encoder.bool(optional: clientStreaming, 40)
        encoder.message(options, 34)
        encoder.string(optional: outputType, 26)
        encoder.string(optional: inputType, 18)
        encoder.string(optional: name, 10)
    }
}
