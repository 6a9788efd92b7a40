import Protobuf

/// Rules about strings, bytes and what is made of strings.
extension CheckEmitter {
    mutating func text(_ rules: DynamicMessage, _ value: String) {
        var known: Set<String> = ["in", "not_in", "strict", "example"]
        for (name, words, unit) in [
            ("len", "exactly", "character"), ("min_len", "at least", "character"), ("max_len", "at most", "character"),
            ("len_bytes", "exactly", "byte"), ("min_bytes", "at least", "byte"), ("max_bytes", "at most", "byte"),
        ] {
            known.insert(name)
            guard let count = rules[name]?.unsignedValue else { continue }
            let label = words == "exactly" ? "is" : words == "at least" ? "isAtLeast" : "isAtMost"
            let sign = words == "exactly" ? "==" : words == "at least" ? ">=" : "<="
            let limit = Int(clamping: count)
            expect(
                unit == "byte" ? "\(value).utf8.count \(sign) \(limit)" : "Validation.Check.length(\(value), \(label): \(limit))",
                "string.\(name)", "It must have \(words) \(count) \(unit)\(count == 1 ? "" : "s").")
        }
        if let pattern = rules["pattern"]?.stringValue {
            expect("\(automaton(pattern, "pattern")).matches(\(value))", "string.pattern", "It must match the pattern \(pattern)")
        }
        known.insert("pattern")
        parts(rules, "string", value, &known) { $0.stringValue.map(quoted) }
        list(rules, "string", value)
        for (field, set) in rules.setFields where field.oneofIndex != nil {
            known.insert(field.name)
            if field.name == "well_known_regex" {
                let isStrict = rules["strict"]?.boolValue ?? true
                switch set.enumValue {
                case 1: lines.append("violations.expect(.\(isStrict ? "headerName" : "looseHeaderName"), \(value))")
                case 2: lines.append("violations.expect(.\(isStrict ? "headerValue" : "looseHeaderValue"), \(value))")
                default: break
                }
            } else {
                format(field, set, value, Self.textFormats)
            }
        }
        refuse(rules, except: known)
    }

    mutating func bytes(_ rules: DynamicMessage, _ value: String) {
        var known: Set<String> = ["pattern", "in", "not_in", "example"]
        for (name, sign, words) in [("len", "==", "exactly"), ("min_len", ">=", "at least"), ("max_len", "<=", "at most")] {
            known.insert(name)
            guard let count = rules[name]?.unsignedValue else { continue }
            expect(
                "\(value).count \(sign) \(Int(clamping: count))", "bytes.\(name)",
                "It must have \(words) \(count) byte\(count == 1 ? "" : "s").")
        }
        if let pattern = rules["pattern"]?.stringValue {
            expect("\(automaton(pattern, "pattern")).matches(\(value))", "bytes.pattern", "It must match the pattern \(pattern)")
        }
        parts(rules, "bytes", value, &known) { $0.bytesValue.map { "\($0)" } }
        choices(rules, "bytes") { _, values, _ in
            "([\(values.compactMap(\.bytesValue).map { "\($0)" }.joined(separator: ", "))] as [[Swift.UInt8]]).contains(\(value))"
        }
        for (field, set) in rules.setFields where field.oneofIndex != nil {
            known.insert(field.name)
            format(field, set, value, ["ip", "ipv4", "ipv6", "uuid"])
        }
        refuse(rules, except: known)
    }

    /// Rules that compare with a whole value or a part of it.
    private mutating func parts(
        _ rules: DynamicMessage, _ kind: String, _ value: String, _ known: inout Set<String>, _ literal: (DynamicValue) -> String?
    ) {
        for (name, call, words) in [
            ("const", "equal", "be"), ("prefix", "begins", "begin with"), ("suffix", "ends", "end with"), ("contains", "contains", "hold"),
            ("not_contains", "contains", "not hold"),
        ] {
            known.insert(name)
            guard let part = rules[name], let literal = literal(part) else { continue }
            let condition = name == "const" && kind == "bytes" ? "\(value) == \(literal)" : "Validation.Check.\(call)(\(value), \(literal))"
            expect((name == "not_contains" ? "!" : "") + condition, "\(kind).\(name)", "It must \(words) \(spoken(part)).")
        }
    }

    private mutating func format(_ field: FieldDescriptor, _ value: DynamicValue, _ subject: String, _ known: Set<String>) {
        guard known.contains(field.name) else { return error("the rule \"\(field.name)\" of protovalidate is not supported", field.name) }
        if value.boolValue ?? false { lines.append("violations.expect(.\(field.jsonName), \(subject))") }
    }

    private static let textFormats: Set<String> = [
        "email", "hostname", "ip", "ipv4", "ipv6", "uri", "uri_ref", "address", "uuid", "tuuid", "ip_with_prefixlen", "ipv4_with_prefixlen",
        "ipv6_with_prefixlen", "ip_prefix", "ipv4_prefix", "ipv6_prefix", "host_and_port", "ulid", "protobuf_fqn", "protobuf_dot_fqn",
    ]

    /// A list of texts is an automaton, too: one pass over the value, however long the list.
    mutating func list(_ rules: DynamicMessage, _ kind: String, _ value: String) {
        if kind == "any" { refuse(rules, except: ["in", "not_in"]) }
        choices(rules, kind) { emitter, values, name in
            "\(emitter.automaton("^(?:\(Self.alternatives(values)))$", name)).matches(\(value))"
        }
    }

    mutating func fieldMask(_ rules: DynamicMessage, _ value: String) {
        refuse(rules, except: ["const", "in", "not_in", "example"])
        if let const = rules["const"]?.messageValue {
            let paths = const["paths"]?.listValue ?? []
            let list = paths.compactMap(\.stringValue).map(quoted).joined(separator: ", ")
            expect("Validation.Check.equal(\(value), [\(list)])", "field_mask.const", "It must have the paths \(spoken(paths)).")
        }
        for (name, sign, words) in [("in", "allSatisfy", "only"), ("not_in", "!", "none of")] {
            guard let values = rules[name]?.listValue, !values.isEmpty else { continue }
            let test = "{ \(automaton("(?s)^(?:\(Self.alternatives(values)))(?:\\..*)?$", name)).matches($0) }"
            expect(
                sign == "!" ? "!\(value).contains(where: \(test))" : "\(value).allSatisfy(\(test))", "field_mask.\(name)",
                "It must have \(words) \(spoken(values)) and paths within.")
        }
    }

    private static func alternatives(_ values: [DynamicValue]) -> String {
        values.compactMap(\.stringValue).map { text in
            text.unicodeScalars.map { $0.properties.isAlphabetic || $0.value >= 0x80 ? "\($0)" : "\\x{\(String($0.value, radix: 16))}" }
                .joined()
        }.joined(separator: "|")
    }
}
