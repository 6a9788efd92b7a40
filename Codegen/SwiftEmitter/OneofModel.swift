import Protobuf

/// A oneof: an enum with one case per field, and an optional property of that type.
struct OneofModel {
    let index: Int
    let type: String
    let property: String

    /// The enum's name for each oneof of a message, nil for those made for `optional` fields.
    static func typeNames(of message: MessageDescriptor, in scope: ModuleScope) -> [String?] {
        var names = UniqueNames()
        for nested in message.proto.nestedType.map(\.name) + message.proto.enumType.map(\.name) {
            _ = names.claim(scope.name(of: "\(message.fullName).\(nested ?? "")"), or: "")
        }
        let real = Set(message.fields.compactMap(\.oneofIndex))
        return message.proto.oneofDecl.enumerated().map { index, oneof in
            guard real.contains(index) else { return nil }
            let name = SwiftName.oneofType(oneof.name ?? "")
            return names.claim(name, or: name + "Oneof")
        }
    }

    func emitType(_ members: [FieldModel], to text: inout SourceText) throws(EmitError) {
        try text.block("public enum \(type): Swift.Sendable, Swift.Hashable") { (text) throws(EmitError) in
            for member in members {
                text.documentation(member.comment)
                text.deprecation(member.isDeprecated)
                text.line("\(member.isRecursive ? "indirect " : "")case \(member.name)(\(member.type))")
            }
        }
    }

    /// The case of the `switch` over tags that reads one member. A message merges into the same message, and replaces any other.
    func decodeCase(_ member: FieldModel) -> String {
        if member.isMessage {
            let current = "{ if case .\(member.name)(let value) = $0 { value } else { nil } }"
            return "case \(member.tag): try decoder.member(&self.\(property), \(type).\(member.name)) \(current)"
        }
        return "case \(member.tag): self.\(property) = .\(member.name)(\(member.decodeExpression))"
    }

    /// Writes members whose numbers follow each other without a field from elsewhere between.
    func emitEncoding(_ members: [FieldModel], isWhole: Bool, to text: inout SourceText) {
        text.line("switch self.\(property) {")
        for member in members {
            text.line("case .\(member.name)(let value)?: \(member.encodeStatement("value", always: true))")
        }
        text.line(isWhole ? "case nil: break" : "default: break")
        text.line("}")
    }
}
