/// Options of a file. Custom options stay in `unknownFields`.
public struct FileOptions: Message {
    public var javaPackage: String?
    public var javaOuterClassname: String?
    public var javaMultipleFiles: Bool?
    public var javaGenerateEqualsAndHash: Bool?
    public var javaStringCheckUtf8: Bool?
    public var optimizeFor: OptimizeMode?
    public var goPackage: String?
    public var ccGenericServices: Bool?
    public var javaGenericServices: Bool?
    public var pyGenericServices: Bool?
    public var phpGenericServices: Bool?
    public var deprecated: Bool?
    public var ccEnableArenas: Bool?
    public var objcClassPrefix: String?
    public var csharpNamespace: String?
    public var swiftPrefix: String?
    public var phpClassPrefix: String?
    public var phpNamespace: String?
    public var phpMetadataNamespace: String?
    public var rubyPackage: String?
    public var uninterpretedOption: [UninterpretedOption] = []
    public var unknownFields = UnknownFields()

    public init() {}

    public static var fullName: String { "google.protobuf.FileOptions" }
    public static var file: EmbeddedFile { .descriptor }

    @inline(never)
    public mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: javaPackage = try decoder.string()
            case 66: javaOuterClassname = try decoder.string()
            case 72: optimizeFor = OptimizeMode(rawValue: try decoder.int32())
            case 80: javaMultipleFiles = try decoder.bool()
            case 90: goPackage = try decoder.string()
            case 128: ccGenericServices = try decoder.bool()
            case 136: javaGenericServices = try decoder.bool()
            case 144: pyGenericServices = try decoder.bool()
            case 160: javaGenerateEqualsAndHash = try decoder.bool()
            case 184: deprecated = try decoder.bool()
            case 216: javaStringCheckUtf8 = try decoder.bool()
            case 248: ccEnableArenas = try decoder.bool()
            case 290: objcClassPrefix = try decoder.string()
            case 298: csharpNamespace = try decoder.string()
            case 314: swiftPrefix = try decoder.string()
            case 322: phpClassPrefix = try decoder.string()
            case 330: phpNamespace = try decoder.string()
            case 336: phpGenericServices = try decoder.bool()
            case 354: phpMetadataNamespace = try decoder.string()
            case 362: rubyPackage = try decoder.string()
            case 7994: try decoder.element(&uninterpretedOption, MessageWire<UninterpretedOption>.self)
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    @inline(never)
    public func encode(to encoder: inout Encoder) {
        encoder.unknown(unknownFields)
        encoder.elements(uninterpretedOption, 7994, MessageWire<UninterpretedOption>.self)
        encoder.string(optional: rubyPackage, 362)
        encoder.string(optional: phpMetadataNamespace, 354)
        encoder.bool(optional: phpGenericServices, 336)
        encoder.string(optional: phpNamespace, 330)
        encoder.string(optional: phpClassPrefix, 322)
        encoder.string(optional: swiftPrefix, 314)
        encoder.string(optional: csharpNamespace, 298)
        encoder.string(optional: objcClassPrefix, 290)
        encoder.bool(optional: ccEnableArenas, 248)
        encoder.bool(optional: javaStringCheckUtf8, 216)
        encoder.bool(optional: deprecated, 184)
        encoder.bool(optional: javaGenerateEqualsAndHash, 160)
        encoder.bool(optional: pyGenericServices, 144)
        encoder.bool(optional: javaGenericServices, 136)
        encoder.bool(optional: ccGenericServices, 128)
        encoder.string(optional: goPackage, 90)
        encoder.bool(optional: javaMultipleFiles, 80)
        encoder.int32(optional: optimizeFor?.rawValue, 72)
        encoder.string(optional: javaOuterClassname, 66)
        encoder.string(optional: javaPackage, 10)
    }

    /// What protoc's C++ generator optimises for.
    public struct OptimizeMode: Enum {
        public var rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static var speed: OptimizeMode { OptimizeMode(rawValue: 1) }
        public static var codeSize: OptimizeMode { OptimizeMode(rawValue: 2) }
        public static var liteRuntime: OptimizeMode { OptimizeMode(rawValue: 3) }
    }
}
