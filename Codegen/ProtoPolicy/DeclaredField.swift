public import Protobuf

/// What a field declares about its values: by `switchboard.options.v1`, and by protovalidate's rules.
public struct DeclaredField: Sendable {
    public enum Sensitivity: Int32, Sendable {
        case pii = 1
        case secret = 2
    }

    public let sensitivity: Sensitivity?
    public let isOutputOnly: Bool
    public let isImmutable: Bool
    /// Why a reply has it though it is secret.
    public let secretReason: String
    /// `(buf.validate.field)`
    public let rules: DynamicMessage?

    public init(_ field: FieldDescriptor, in pool: DescriptorPool) {
        let options = field.proto.options.flatMap { $0.unknownFields.isEmpty ? nil : try? DynamicMessage($0, in: pool) }
        func own(_ name: String) -> DynamicValue? { options?["[switchboard.options.v1.\(name)]"] }
        sensitivity = Sensitivity(rawValue: own("sensitive")?.enumValue ?? 0)
        isOutputOnly = own("output_only")?.boolValue ?? false
        isImmutable = own("immutable")?.boolValue ?? false
        secretReason = own("secret_reason")?.stringValue ?? ""
        rules = options?["[buf.validate.field]"]?.messageValue
    }

    /// The rules are there and nobody looks at them.
    var ignoresRules: Bool { rules?["ignore"]?.enumValue == 3 }
}
