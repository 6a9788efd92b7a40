/// Files that belong together, imports before importers: what `protoc --descriptor_set_out` writes.
public struct FileDescriptorSet: Message {
    public var file: [FileDescriptorProto] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.FileDescriptorSet" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: try decoder.element(&file, MessageWire<FileDescriptorProto>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(file, 10, MessageWire<FileDescriptorProto>.self)
    }
}

/// One .proto file.
public struct FileDescriptorProto: Message {
    /// The name other files import it by.
    public var name: String?
    public var package: String?
    public var dependency: [String] = []
    /// Indexes into `dependency`.
    public var publicDependency: [Int32] = []
    /// Indexes into `dependency`.
    public var weakDependency: [Int32] = []
    public var messageType: [DescriptorProto] = []
    public var enumType: [EnumDescriptorProto] = []
    public var service: [ServiceDescriptorProto] = []
    public var `extension`: [FieldDescriptorProto] = []
    public var options: FileOptions?
    public var sourceCodeInfo: SourceCodeInfo?
    /// `proto2` (or absent) or `proto3`.
    public var syntax: String?
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.FileDescriptorProto" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: name = try decoder.string()
            case 18: package = try decoder.string()
            case 26: try decoder.element(&dependency, StringWire.self)
            case 34: try decoder.element(&messageType, MessageWire<DescriptorProto>.self)
            case 42: try decoder.element(&enumType, MessageWire<EnumDescriptorProto>.self)
            case 50: try decoder.element(&service, MessageWire<ServiceDescriptorProto>.self)
            case 58: try decoder.element(&`extension`, MessageWire<FieldDescriptorProto>.self)
            case 66: try decoder.message(&options)
            case 74: try decoder.message(&sourceCodeInfo)
            case 80: try decoder.element(&publicDependency, Int32Wire.self)
            case 82: try decoder.packed(&publicDependency, Int32Wire.self)
            case 88: try decoder.element(&weakDependency, Int32Wire.self)
            case 90: try decoder.packed(&weakDependency, Int32Wire.self)
            case 98: syntax = try decoder.string()
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.string(optional: syntax, 98)
        encoder.elements(weakDependency, 88, Int32Wire.self)
        encoder.elements(publicDependency, 80, Int32Wire.self)
        encoder.message(sourceCodeInfo, 74)
        encoder.message(options, 66)
        encoder.elements(`extension`, 58, MessageWire<FieldDescriptorProto>.self)
        encoder.elements(service, 50, MessageWire<ServiceDescriptorProto>.self)
        encoder.elements(enumType, 42, MessageWire<EnumDescriptorProto>.self)
        encoder.elements(messageType, 34, MessageWire<DescriptorProto>.self)
        encoder.elements(dependency, 26, StringWire.self)
        encoder.string(optional: package, 18)
        encoder.string(optional: name, 10)
    }
}
