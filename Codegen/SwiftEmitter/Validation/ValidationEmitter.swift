import Protobuf

/// Writes a message's `validate`: one line for each rule, a call or a comparison.
struct ValidationEmitter {
    private let message: MessageDescriptor
    private let path: [Int32]
    private let scope: ModuleScope
    private var checks: CheckEmitter
    private var lines: [String] = []

    init(_ message: MessageDescriptor, path: [Int32], in scope: ModuleScope) {
        self.message = message
        self.path = path
        self.scope = scope
        checks = CheckEmitter(scope)
    }

    /// - Parameter property: the property that holds a oneof, by its index.
    mutating func emit(_ fields: [FieldModel], oneofs property: [Int: String], to text: inout SourceText) throws(EmitError) {
        let groups = emitMessageRules(fields, property)
        for field in fields { emit(field, property, isInGroup: groups.contains(field.descriptor.name)) }
        for (index, oneof) in message.proto.oneofDecl.enumerated() {
            guard let property = property[index], Rules.of(oneof, in: scope.pool)?["required"]?.boolValue ?? false else { continue }
            let names = fields.filter { $0.descriptor.oneofIndex == index }.map(\.descriptor.name).joined(separator: ", ")
            lines.append("violations.at(\(quoted(oneof.name ?? "")))")
            lines.append("violations.expect(self.\(property) != nil, \"required\", \(quoted("One of \(names) must be set.")))")
        }
        for (number, table) in checks.patterns.enumerated() {
            text.line("private static let pattern_\(number) = Validation.CompiledPattern(table: \"\(table)\")")
        }
        text.deprecation(fields.contains(where: \.isDeprecated))
        try text.block("public func validate(_ violations: inout Validation.Violations)") { text in
            for line in lines { text.line(line) }
        }
    }

    private mutating func emit(_ field: FieldModel, _ property: [Int: String], isInGroup: Bool) {
        let descriptor = field.descriptor
        let rules = Rules.of(descriptor, in: scope.pool)
        let ignore = rules?["ignore"]?.enumValue ?? (isInGroup ? Ignore.ifZeroValue : 0)
        let isRequired = rules?["required"]?.boolValue ?? false
        checks.path = path + [PathStep.messageField, Int32(message.proto.field.firstIndex { $0.number == descriptor.number } ?? 0)]
        let holder = descriptor.oneofIndex.flatMap { property[$0] }
        let value = holder != nil || descriptor.hasPresence ? "value" : "self.\(field.name)"
        if ignore == Ignore.always {
            // What is wrong with rules that nobody looks at is said all the same.
            var unused = checks
            _ = unused.body(of: descriptor, in: message, rules, value)
            return
        }
        let body = checks.body(of: descriptor, in: message, rules, value)
        let missing = "violations.add(\"required\", \"It is required.\")"
        if body.isEmpty && !isRequired { return }
        lines.append("violations.at(\(quoted(descriptor.name)))")
        if body.isEmpty {
            lines.append("if !(\(isSet(field, holder))) { \(missing) }")
        } else if isRequired || value == "value" || ignore == Ignore.ifZeroValue {
            let binding = holder.map { "case .\(field.name)(let value)? = self.\($0)" } ?? "let value = self.\(field.name)"
            lines.append("if \(value == "value" ? binding : isSet(field, nil)) {")
            lines += body.map { "    " + $0 }
            lines.append(isRequired ? "} else { \(missing) }" : "}")
        } else {
            lines += body
        }
    }

    private func isSet(_ field: FieldModel, _ holder: String?) -> String {
        if let holder { return "{ if case .\(field.name)? = self.\(holder) { true } else { false } }()" }
        if field.descriptor.hasPresence { return "self.\(field.name) != nil" }
        if field.descriptor.isRepeated { return "!self.\(field.name).isEmpty" }
        return CheckEmitter.isNotZero("self.\(field.name)", field.descriptor.kind, isElement: false)
    }

    /// The groups of `(buf.validate.message).oneof`; returns the names of the fields in them.
    private mutating func emitMessageRules(_ fields: [FieldModel], _ property: [Int: String]) -> Set<String> {
        guard let rules = Rules.of(message, in: scope.pool) else { return [] }
        checks.path = path
        checks.refuse(rules, except: ["oneof"])
        var names: Set<String> = []
        for group in rules["oneof"]?.listValue ?? [] {
            let members = group.messageValue?["fields"]?.listValue?.compactMap(\.stringValue) ?? []
            let models = members.compactMap { name in fields.first { $0.descriptor.name == name } }
            if models.count < members.count || Set(members).count < members.count || members.isEmpty {
                checks.error("the fields of a oneof rule are names of fields of \(message.fullName), each once", "fields")
            }
            let conditions = models.map { isSet($0, $0.descriptor.oneofIndex.flatMap { property[$0] }) }
            let count = "Validation.Check.count([\(conditions.joined(separator: ", "))])"
            let list = members.joined(separator: ", ")
            lines.append("violations.at(\"\")")
            lines.append("violations.expect(\(count) < 2, \"message.oneof\", \(quoted("Only one of \(list) may be set.")))")
            if group.messageValue?["required"]?.boolValue ?? false {
                lines.append("violations.expect(\(count) > 0, \"message.oneof\", \(quoted("One of \(list) must be set.")))")
            }
            names.formUnion(members)
        }
        return names
    }
}

/// Text as a Swift string literal.
func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": literal += "\\\(scalar)"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: literal += "\\u{\(String(scalar.value, radix: 16))}"
        default: literal.unicodeScalars.append(scalar)
        }
    }
    return literal + "\""
}
