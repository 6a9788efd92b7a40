import Pattern
import Protobuf

/// Turns the rules of one value into lines of Swift.
struct CheckEmitter {
    let scope: ModuleScope
    /// The element whose rules are at work.
    var path: [Int32] = []
    /// Tables of the automata that the lines refer to as `pattern_0` and so on.
    private(set) var patterns: [String] = []
    var lines: [String] = []

    init(_ scope: ModuleScope) { self.scope = scope }

    func error(_ message: String, _ word: String) {
        scope.rules.errors.append(RuleError(message: message, path: path, word: word))
    }

    /// Reports what is set beside the rules named.
    func refuse(_ rules: DynamicMessage, except known: Set<String>) {
        for (field, _) in rules.setFields where !known.contains(field.name) {
            let advice = field.name.hasPrefix("cel") ? "; say it with the standard rules, or check it where the message is used" : ""
            error("the rule \"\(field.name)\" of protovalidate is not supported\(advice)", field.name)
        }
        if !rules.unknownFields.isEmpty {
            error("a rule of \(rules.descriptor.fullName) that is set here is in none of the files; is its import missing?", "")
        }
    }

    /// The checks of a field's value, its elements and the message in it.
    mutating func body(
        of field: FieldDescriptor, in message: MessageDescriptor, _ rules: DynamicMessage?, _ value: String
    ) -> [String] {
        lines = []
        if let (keyField, valueField) = message.entry(of: field) {
            let own = typeRules(rules, "map", field)
            sizes(own, "map", "pairs", "entry", "entries", value)
            let keys = element(keyField, "key", own?["keys"]?.messageValue)
            let values = element(valueField, "value", own?["values"]?.messageValue)
            if !keys.isEmpty || !values.isEmpty {
                lines.append("for (key, \(values.isEmpty ? "_" : "value")) in \(value) {")
                lines.append("    violations.at(\(quoted(field.name)), \(Self.place(ofKey: keyField.kind)))")
                lines += (keys + values).map { "    " + $0 } + ["}"]
            }
        } else if field.isRepeated {
            let own = typeRules(rules, "repeated", field)
            sizes(own, "repeated", "items", "element", "elements", value)
            if own?["unique"]?.boolValue ?? false {
                if field.kind == .message { error("only scalars and enums can be unique", "unique") }
                expect("Validation.Check.areUnique(\(value))", "repeated.unique", "No element may be there twice.")
            }
            let items = element(field, "value", own?["items"]?.messageValue)
            if !items.isEmpty {
                lines.append("for (index, value) in \(value).enumerated() {")
                lines.append("    violations.at(\(quoted(field.name)), .index(index))")
                lines += items.map { "    " + $0 } + ["}"]
            }
        } else {
            single(field, value, rules)
        }
        return lines
    }

    private static func place(ofKey kind: FieldDescriptorProto.Kind) -> String {
        switch kind {
        case .string: ".text(key)"
        case .bool: ".flag(key)"
        case .uint32, .uint64, .fixed32, .fixed64: ".unsigned(Swift.UInt64(key))"
        default: ".number(Swift.Int64(key))"
        }
    }

    private mutating func element(_ field: FieldDescriptor, _ value: String, _ rules: DynamicMessage?) -> [String] {
        let ignore = rules?["ignore"]?.enumValue
        let outer = lines
        lines = []
        single(field, value, rules)
        let inner = lines
        lines = outer
        if ignore == Ignore.always { return [] }
        guard ignore == Ignore.ifZeroValue, !inner.isEmpty else { return inner }
        return ["if \(Self.isNotZero(value, field.kind, isElement: true)) {"] + inner.map { "    " + $0 } + ["}"]
    }

    /// A minus zero counts as a value where a field of its own holds it, and as zero in a list.
    static func isNotZero(_ value: String, _ kind: FieldDescriptorProto.Kind, isElement: Bool) -> String {
        switch kind {
        case .string, .bytes: "!\(value).isEmpty"
        case .bool: value
        case .enum: "\(value).rawValue != 0"
        case .message: "\(value) != .init()"
        case .float, .double: isElement ? "\(value) != 0" : "\(value).bitPattern != 0"
        default: "\(value) != 0"
        }
    }

    // MARK: One value

    private mutating func single(_ field: FieldDescriptor, _ value: String, _ rules: DynamicMessage?) {
        let type = String((field.proto.typeName ?? "").dropFirst())
        let prefix = "google.protobuf."
        var (kind, subject) = (field.kind == .enum ? "enum" : ScalarType(field.kind)?.method ?? "", value)
        if field.kind == .message {
            if type.hasPrefix(prefix) {
                let name = String(type.dropFirst(prefix.count))
                kind = ["Any": "any", "Duration": "duration", "FieldMask": "field_mask", "Timestamp": "timestamp"][name] ?? ""
                if name.hasSuffix("Value"), name != "Value", name != "ListValue" {
                    (kind, subject) = (name.dropLast(5).lowercased(), value + ".value")
                }
            } else if scope.validated.contains(type) {
                lines.append("violations.message(\(value))")
            }
        }
        guard let own = typeRules(rules, kind, field) else { return }
        switch kind {
        case "string": text(own, subject)
        case "bytes": bytes(own, subject)
        case "bool": number(own, kind, subject, "Swift.Bool")
        case "enum": enumeration(own, field, subject + ".rawValue")
        case "any": list(own, "any", subject + ".typeURL")
        case "field_mask": fieldMask(own, subject + ".paths")
        case "duration": number(own, kind, "Validation.Check.nanoseconds(\(subject))", "Swift.Int128")
        case "timestamp": timestamp(own, "Validation.Check.nanoseconds(\(subject))")
        default: number(own, kind, subject, ScalarType(field.kind)?.type ?? Self.wrapped[kind] ?? "")
        }
    }

    private static let wrapped = [
        "float": "Swift.Float", "double": "Swift.Double", "int32": "Swift.Int32", "int64": "Swift.Int64", "uint32": "Swift.UInt32",
        "uint64": "Swift.UInt64",
    ]

    /// The rules for the type of the value. Reports those for another type, and what is not supported.
    private func typeRules(_ rules: DynamicMessage?, _ kind: String, _ field: FieldDescriptor) -> DynamicMessage? {
        guard let rules else { return nil }
        guard let set = rules.setFields.first(where: { $0.field.oneofIndex != nil })?.field else {
            refuse(rules, except: ["required", "ignore"])
            return nil
        }
        refuse(rules, except: ["required", "ignore", set.name])
        if set.name == kind { return rules[set]?.messageValue }
        let own = kind.isEmpty ? "none, being a \(field.proto.typeName?.dropFirst() ?? "")" : "those of \(kind)"
        error("rules of \(set.name) do not fit \"\(field.name)\"; it takes \(own)", set.name)
        return nil
    }

    // MARK: Lines

    mutating func expect(_ condition: String, _ rule: String, _ sentence: String) {
        lines.append("violations.expect(\(condition), \"\(rule)\", \(quoted(sentence)))")
    }

    /// The rules `in` and `not_in`; `condition` says of their values, and of the rule's name, that one of them is there.
    mutating func choices(_ rules: DynamicMessage, _ kind: String, _ condition: (inout CheckEmitter, [DynamicValue], String) -> String) {
        for (name, sign, words) in [("in", "", "one of"), ("not_in", "!", "none of")] {
            guard let values = rules[name]?.listValue, !values.isEmpty else { continue }
            expect(sign + condition(&self, values, name), "\(kind).\(name)", "It must be \(words) \(spoken(values)).")
        }
    }

    private mutating func sizes(
        _ rules: DynamicMessage?, _ kind: String, _ unit: String, _ one: String, _ many: String, _ value: String
    ) {
        guard let rules else { return }
        refuse(rules, except: ["min_\(unit)", "max_\(unit)", "unique", "items", "keys", "values"])
        for (name, sign, words) in [("min_\(unit)", ">=", "at least"), ("max_\(unit)", "<=", "at most")] {
            guard let count = rules[name]?.unsignedValue else { continue }
            expect(
                "\(value).count \(sign) \(Int(clamping: count))", "\(kind).\(name)",
                "It must have \(words) \(count) \(count == 1 ? one : many).")
        }
    }

    /// An expression for the automaton of a pattern; `word` is the rule that has it.
    mutating func automaton(_ pattern: String, _ word: String) -> String {
        do throws(PatternError) {
            let table = try Automaton(pattern: pattern).table
            if !patterns.contains(table) { patterns.append(table) }
            return "Self.pattern_\(patterns.firstIndex(of: table) ?? 0)"
        } catch {
            self.error("\(word == "pattern" ? "this pattern cannot be used" : "the list is too long"): \(error)", word)
            return "false"
        }
    }
}
