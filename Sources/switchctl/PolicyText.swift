internal import Protobuf

/// What a method declares by `(switchboard.options.v1.policy)`: who may call it, how often, how long, how it is repeated, what is recorded.
enum PolicyText {
    private static let option = "switchboard.options.v1.policy"

    /// The option's members as its .proto writes them, such as `cost: 20`, in the order of their numbers; none where nothing is declared.
    static func members(of method: MethodDescriptor, in pool: DescriptorPool) -> [String] {
        guard let options = method.proto.options, let known = try? DynamicMessage(options, in: pool),
            let policy = known["[\(option)]"]?.messageValue
        else { return [] }
        return policy.descriptor.fields.compactMap { field in
            guard policy.has(field), let value = policy[field] else { return nil }
            return "\(field.name): \(text(value, of: field, in: policy.descriptor))"
        }
    }

    /// The same as an option statement.
    static func statement(_ members: [String], indent: String) -> String {
        (["\(indent)option (\(option)) = {"] + members.map { "\(indent)  \($0)" } + ["\(indent)};"]).joined(separator: "\n")
    }

    private static func text(_ value: DynamicValue, of field: FieldDescriptor, in message: MessageDescriptor) -> String {
        switch value {
        case .list(let values): return "[\(values.map { text($0, of: field, in: message) }.joined(separator: ", "))]"
        case .string(let text): return "\"\(text)\""
        case .enumeration(let number):
            return message.enumeration(of: field)?.proto.value.first { $0.number == number }?.name ?? "\(number)"
        case .message(let inner):
            let members = inner.descriptor.fields.compactMap { field in
                inner.has(field) ? inner[field].map { "\(field.name): \(text($0, of: field, in: inner.descriptor))" } : nil
            }
            return "{\(members.joined(separator: ", "))}"
        default:
            if let number = value.unsignedValue { return "\(number)" }
            if let number = value.signedValue { return "\(number)" }
            return value.boolValue.map { "\($0)" } ?? "?"
        }
    }
}
