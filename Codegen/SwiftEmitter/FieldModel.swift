import Protobuf

/// A field as the generated code sees it.
struct FieldModel {
    let descriptor: FieldDescriptor
    /// The property, or the case of its oneof's enum.
    let name: String
    let comment: String?
    let isDeprecated: Bool
    /// The Swift type of one value.
    let type: String
    /// The `Wire` type of one value.
    let wire: String
    /// Key and value of a map field.
    let entry: (key: ScalarType, valueType: String, valueWire: String)?
    let isRecursive: Bool

    var tag: UInt32 { UInt32(descriptor.number) << 3 | descriptor.kind.wireType }
    var blockTag: UInt32 { UInt32(descriptor.number) << 3 | 2 }
    var isMessage: Bool { descriptor.kind == .message }

    /// The statement that writes it, `value` being an expression for it.
    func encodeStatement(_ value: String, always: Bool = false) -> String {
        if let entry {
            return "encoder.map(\(value), \(blockTag), \(entry.key.wire), \(entry.valueWire))"
        } else if descriptor.isRepeated {
            return descriptor.isPacked
                ? "encoder.packed(\(value), \(blockTag), \(wire))" : "encoder.elements(\(value), \(tag), \(wire))"
        } else if isMessage {
            return "encoder.message(\(value), \(tag))"
        }
        let isOptional = always || descriptor.hasPresence
        let label = isOptional ? "optional: " : ""
        if descriptor.kind == .enum {
            return "encoder.int32(\(label)\(value)\(isOptional && !always ? "?" : "").rawValue, \(tag))"
        }
        return "encoder.\(ScalarType(descriptor.kind)?.method ?? "")(\(label)\(value), \(tag))"
    }

    /// The expression that reads one value, for all but messages.
    var decodeExpression: String {
        descriptor.kind == .enum
            ? "\(type)(rawValue: try decoder.int32())" : "try decoder.\(ScalarType(descriptor.kind)?.method ?? "")()"
    }

    /// The cases of the `switch` over tags that read it into a property.
    var decodeCases: [String] {
        if let entry {
            return ["case \(blockTag): try decoder.entry(&self.\(name), \(entry.key.wire), \(entry.valueWire))"]
        } else if descriptor.isRepeated {
            let single = "case \(tag): try decoder.element(&self.\(name), \(wire))"
            return tag == blockTag ? [single] : [single, "case \(blockTag): try decoder.packed(&self.\(name), \(wire))"]
        } else if isMessage {
            return ["case \(tag): try decoder.message(&self.\(name))"]
        }
        return ["case \(tag): self.\(name) = \(decodeExpression)"]
    }

    /// Type and default of its property.
    var declaration: String {
        if let entry {
            return "Protobuf.Map<\(entry.key.type), \(entry.valueType)> = [:]"
        } else if descriptor.isRepeated {
            return "[\(type)] = []"
        } else if descriptor.hasPresence {
            return "\(type)?"
        }
        let initial = ScalarType(descriptor.kind)?.initial ?? "\(type)()"
        return "\(type) = \(initial)"
    }
}
