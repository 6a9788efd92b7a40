import Protobuf

/// Whether rules bound how much a sender can put into one field: text, bytes, lists and maps; numbers are short by themselves.
enum Bounds {
    /// What is missing; nil where there is a bound.
    static func fault(of field: FieldDescriptor, in message: MessageDescriptor, _ declared: DeclaredField) -> String? {
        let rules = declared.ignoresRules ? nil : declared.rules
        if let (key, value) = message.entry(of: field) {
            let own = rules?["map"]?.messageValue
            if own?["max_pairs"]?.unsignedValue == nil { return "has as many entries as its sender likes\(advice("map.max_pairs = 50"))" }
            if let fault = fault(of: key, own?["keys"]?.messageValue, "its keys", "map.keys.") { return fault }
            return fault(of: value, own?["values"]?.messageValue, "its values", "map.values.")
        }
        if field.isRepeated {
            let own = rules?["repeated"]?.messageValue
            if own?["max_items"]?.unsignedValue == nil {
                return "has as many elements as its sender likes\(advice("repeated.max_items = 100"))"
            }
            return fault(of: field, own?["items"]?.messageValue, "its elements", "repeated.items.")
        }
        return fault(of: field, rules, nil, "")
    }

    /// - Parameter part: of the field, where it is not its value as a whole.
    private static func fault(of field: FieldDescriptor, _ rules: DynamicMessage?, _ part: String?, _ prefix: String) -> String? {
        guard let kind = textKind(of: field), !isBounded(kind, rules?["ignore"]?.enumValue == 3 ? nil : rules?[kind]?.messageValue) else {
            return nil
        }
        let example = advice("\(prefix)\(kind).max_len = \(kind == "bytes" ? 4096 : 100)")
        return part.map { "does not bound \($0), which are as long as their sender likes\(example)" }
            ?? "is as long as its sender likes\(example)"
    }

    private static func advice(_ rule: String) -> String { "; write: [(buf.validate.field).\(rule)]" }

    private static func textKind(of field: FieldDescriptor) -> String? {
        switch field.kind {
        case .string: "string"
        case .bytes: "bytes"
        case .message:
            switch field.proto.typeName {
            case ".google.protobuf.StringValue": "string"
            case ".google.protobuf.BytesValue": "bytes"
            default: nil
            }
        default: nil
        }
    }

    private static func isBounded(_ kind: String, _ rules: DynamicMessage?) -> Bool {
        guard let rules else { return false }
        let formats =
            kind == "bytes"
            ? ["ip", "ipv4", "ipv6", "uuid"] : ["uuid", "tuuid", "ulid", "hostname", "ipv4", "ipv4_with_prefixlen", "ipv4_prefix"]
        return ["max_len", "max_bytes", "len", "len_bytes", "const"].contains { rules[$0] != nil }
            || rules["in"]?.listValue?.isEmpty == false || formats.contains { rules[$0]?.boolValue == true }
    }

    /// A number can be no greater than some rule says.
    static func isLimited(_ field: FieldDescriptor, _ declared: DeclaredField) -> Bool {
        guard !declared.ignoresRules, let own = declared.rules?.setFields.first(where: { $0.field.oneofIndex != nil })?.value.messageValue
        else {
            return false
        }
        return ["lt", "lte", "const"].contains { own[$0] != nil } || own["in"]?.listValue?.isEmpty == false
    }

    /// Types of google.protobuf whose size no rule of a field can bound.
    static func isOpen(_ type: String, _ declared: DeclaredField) -> Bool {
        switch type {
        case "google.protobuf.FieldMask": declared.rules?["field_mask"]?.messageValue?["in"]?.listValue?.isEmpty != false
        case "google.protobuf.Any", "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue": true
        default: false
        }
    }
}
