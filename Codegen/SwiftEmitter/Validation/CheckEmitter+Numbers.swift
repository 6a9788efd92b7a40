import Protobuf

/// Rules about values that are compared: numbers, bools, enums, durations and timestamps.
extension CheckEmitter {
    /// - Parameter type: the Swift type of `value`.
    mutating func number(_ rules: DynamicMessage, _ kind: String, _ value: String, _ type: String, except others: Set<String> = []) {
        refuse(rules, except: others.union(["const", "lt", "lte", "gt", "gte", "in", "not_in", "finite", "example"]))
        if let const = rules["const"] {
            expect(comparison(value, "==", const), "\(kind).const", "It must be \(spoken(const)).")
        }
        range(rules, kind, value)
        choices(rules, kind) { emitter, values, _ in
            "([\(values.map(emitter.literal).joined(separator: ", "))] as [\(type)]).contains(\(value))"
        }
        if rules["finite"]?.boolValue ?? false { expect("\(value).isFinite", "\(kind).finite", "It must be a finite number.") }
    }

    private mutating func range(_ rules: DynamicMessage, _ kind: String, _ value: String) {
        let isTime = kind == "timestamp"
        let lower = [("gt", ">", isTime ? "after" : "more than"), ("gte", ">=", isTime ? "at or after" : "at least")]
        let upper = [("lt", "<", isTime ? "before" : "less than"), ("lte", "<=", isTime ? "at or before" : "at most")]
        let low = lower.first { rules[$0.0] != nil }
        let high = upper.first { rules[$0.0] != nil }
        var conditions: [String] = []
        var sentences: [String] = []
        for bound in [low, high].compactMap(\.self) {
            guard let limit = rules[bound.0] else { continue }
            conditions.append(comparison(value, bound.1, limit))
            sentences.append("\(bound.2) \(spoken(limit))")
        }
        guard !conditions.isEmpty else { return }
        // A lower bound above the upper one leaves out what is between them.
        let isOutside = low.flatMap { rules[$0.0] }.map { low in high.flatMap { rules[$0.0] }.map { isLess($0, low) } ?? false } ?? false
        let name = [low?.0, high?.0].compactMap(\.self).joined(separator: "_") + (isOutside ? "_exclusive" : "")
        expect(
            conditions.joined(separator: isOutside ? " || " : " && "), "\(kind).\(name)",
            "It must be \(sentences.joined(separator: isOutside ? " or " : " and ")).")
    }

    mutating func enumeration(_ rules: DynamicMessage, _ field: FieldDescriptor, _ value: String) {
        number(rules, "enum", value, "Swift.Int32", except: ["defined_only"])
        guard rules["defined_only"]?.boolValue ?? false else { return }
        let name = String((field.proto.typeName ?? "").dropFirst())
        let numbers = Set(scope.pool.enumeration(named: name)?.proto.value.map { $0.number ?? 0 } ?? []).sorted()
        let list = numbers.map { "\($0)" }.joined(separator: ", ")
        expect(
            "([\(list)] as [Swift.Int32]).contains(\(value))", "enum.defined_only",
            "It must be one of the values that \(name.split(separator: ".").last ?? "") declares.")
    }

    mutating func timestamp(_ rules: DynamicMessage, _ value: String) {
        number(rules, "timestamp", value, "Swift.Int128", except: ["lt_now", "gt_now", "within"])
        if rules["lt_now"]?.boolValue ?? false {
            expect("\(value) <= violations.now", "timestamp.lt_now", "It must not lie in the future.")
        }
        if rules["gt_now"]?.boolValue ?? false {
            expect("\(value) >= violations.now", "timestamp.gt_now", "It must not lie in the past.")
        }
        if let within = rules["within"] {
            expect(
                "(\(value) - violations.now).magnitude <= \(literal(within))", "timestamp.within",
                "It must be within \(spoken(within)) of now.")
        }
    }

    // MARK: Values

    private func nanoseconds(_ time: DynamicMessage) -> Int128 {
        Int128(time["seconds"]?.signedValue ?? 0) * 1_000_000_000 + Int128(time["nanos"]?.signedValue ?? 0)
    }

    private func isLess(_ left: DynamicValue, _ right: DynamicValue) -> Bool {
        func exact(_ value: DynamicValue) -> Int128 {
            value.messageValue.map(nanoseconds) ?? value.signedValue.map { Int128($0) } ?? Int128(value.unsignedValue ?? 0)
        }
        if let left = left.floatingValue, let right = right.floatingValue { return left < right }
        return exact(left) < exact(right)
    }

    /// Swift warns of comparisons with NaN, which nothing is equal to, more or less than.
    private func comparison(_ value: String, _ sign: String, _ other: DynamicValue) -> String {
        other.floatingValue?.isNaN ?? false ? "false" : "\(value) \(sign) \(literal(other))"
    }

    private func literal(_ value: DynamicValue) -> String {
        switch value {
        case .message(let time): "\(nanoseconds(time))"
        case .float(let number) where !number.isFinite: literal(.double(Double(number)))
        case .double(let number) where number.isNaN: ".nan"
        case .double(let number) where number.isInfinite: number < 0 ? "-.infinity" : ".infinity"
        case .enumeration(let number): "\(number)"
        default: spoken(value)
        }
    }

    func spoken(_ value: DynamicValue) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .int32(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .uint32(let value): "\(value)"
        case .uint64(let value): "\(value)"
        case .float(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): quoted(value)
        case .bytes(let value): "the bytes 0x" + value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .message(let value): ((try? value.json()) ?? "").filter { $0 != "\"" }
        default: ""
        }
    }

    /// What a sentence says of a list: its first values, and how many more there are.
    func spoken(_ values: [DynamicValue]) -> String {
        let first = values.prefix(8).map(spoken).joined(separator: ", ")
        return values.count > 8 ? "\(first) and \(values.count - 8) more" : first
    }
}
