internal import Protobuf

/// What of a field's declarations is looser than before. Of a rule that is another one than before and of which nobody can say which of the two
/// allows more, such as a pattern, that it has changed.
enum RuleDiff {
    static func loosened(_ old: DeclaredField, _ new: DeclaredField) -> [String] {
        var changes: [String] = []
        let (before, now) = (old.sensitivity?.rawValue ?? 0, new.sensitivity?.rawValue ?? 0)
        if now < before {
            changes.append("is \(new.sensitivity.map { "\($0)" } ?? "not sensitive"), not \(old.sensitivity.map { "\($0)" } ?? "")")
        }
        if old.isOutputOnly, !new.isOutputOnly { changes.append("is not output_only any more") }
        if old.isImmutable, !new.isImmutable { changes.append("is not immutable any more") }
        if let rules = old.rules { compare(rules, new.rules, "", &changes) }
        return changes
    }

    /// Greater allows more; less does.
    private static let most: Set<String> = ["max_len", "max_bytes", "max_items", "max_pairs", "lt", "lte"]
    private static let least: Set<String> = ["min_len", "min_bytes", "min_items", "min_pairs", "gt", "gte"]

    private static func compare(_ old: DynamicMessage, _ new: DynamicMessage?, _ prefix: String, _ changes: inout [String]) {
        for (field, value) in old.setFields {
            let name = prefix + field.name
            let current = new?[field.name]
            switch (field.name, value) {
            // More of it is stricter only where there was less.
            case ("ignore", _): continue
            case (_, .message(let inner)) where !inner.descriptor.fullName.hasPrefix("google.protobuf."):
                compare(inner, current?.messageValue, name + ".", &changes)
            case ("in", .list(let values)):
                let now = current?.listValue ?? []
                let known = Set(values.map(plain))
                let added = now.filter { !known.contains(plain($0)) }
                if now.isEmpty {
                    changes.append("has no \(name) any more")
                } else if !added.isEmpty {
                    changes.append("has more in \(name)")
                }
            case ("not_in", .list(let values)):
                if !Set(values.map(plain)).isSubset(of: (current?.listValue ?? []).map(plain)) { changes.append("has less in \(name)") }
            case (_, .bool(true)):
                if current?.boolValue != true { changes.append("has no \(name) any more") }
            case (_, .bool): continue
            default:
                guard let current else {
                    changes.append("has no \(name) any more")
                    continue
                }
                guard plain(current) != plain(value) else { continue }
                if let (before, now) = numbers(value, current), most.contains(field.name) || least.contains(field.name) {
                    let isLooser = most.contains(field.name) ? now > before : now < before
                    if isLooser { changes.append("has a \(name) of \(spoken(now)), not \(spoken(before))") }
                } else {
                    changes.append("has another \(name)")
                }
            }
        }
        let (before, now) = (old["ignore"]?.enumValue ?? 0, new?["ignore"]?.enumValue ?? 0)
        if now > before { changes.append("has rules that are ignored \(now == 3 ? "always" : "when it is zero")") }
    }

    private static func numbers(_ old: DynamicValue, _ new: DynamicValue) -> (Double, Double)? {
        guard let before = number(old), let now = number(new) else { return nil }
        return (before, now)
    }

    /// Messages of two pools are never equal; their bytes are.
    private static func plain(_ value: DynamicValue) -> DynamicValue {
        value.messageValue.map { .bytes($0.encoded(deterministic: true)) } ?? value
    }

    private static func number(_ value: DynamicValue) -> Double? {
        // A Duration, or a Timestamp.
        if let message = value.messageValue,
            let seconds = message["seconds"]?.signedValue ?? (message.descriptor.field(named: "seconds") == nil ? nil : 0)
        {
            return Double(seconds) + Double(message["nanos"]?.signedValue ?? 0) / 1e9
        }
        return numeral(value)
    }

    private static func numeral(_ value: DynamicValue) -> Double? {
        value.signedValue.map { Double($0) } ?? value.unsignedValue.map { Double($0) } ?? value.floatingValue
    }

    private static func spoken(_ number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
