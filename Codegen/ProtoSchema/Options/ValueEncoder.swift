internal import Protobuf

/// A value does not fit the field it is given to.
struct ValueError: Error {
    let message: String
    let span: Span
}

/// Encodes one scalar, string or enum value as its field's type demands.
struct ValueEncoder {
    let table: SymbolTable
    let source: SourceText

    static func wireType(_ kind: FieldDescriptorProto.Kind) -> WireWriter.WireType {
        switch kind {
        case .double, .fixed64, .sfixed64: .fixed64
        case .float, .fixed32, .sfixed32: .fixed32
        case .string, .bytes, .message: .lengthDelimited
        default: .varint
        }
    }

    /// The value's bytes without a tag. Aggregates follow text format, which also takes 0, 1, t, f for bool and numbers for enums.
    func scalar(
        _ value: ValueSyntax, kind: FieldDescriptorProto.Kind, typeName: String?, isAggregateField: Bool
    ) throws(ValueError) -> [UInt8] {
        var writer = WireWriter()
        switch kind {
        case .bool: writer.varint(try bool(value, isAggregateField) ? 1 : 0)
        case .int32: writer.varint(UInt64(bitPattern: Int64(try integer(value, "an int32", as: Int32.self))))
        case .int64: writer.varint(UInt64(bitPattern: try integer(value, "an int64", as: Int64.self)))
        case .uint32: writer.varint(UInt64(try integer(value, "a uint32", as: UInt32.self)))
        case .uint64: writer.varint(try integer(value, "a uint64", as: UInt64.self))
        case .sint32:
            let number = try integer(value, "a sint32", as: Int32.self)
            writer.varint(UInt64(UInt32(bitPattern: number << 1 ^ number >> 31)))
        case .sint64:
            let number = try integer(value, "a sint64", as: Int64.self)
            writer.varint(UInt64(bitPattern: number << 1 ^ number >> 63))
        case .fixed32: writer.fixed(try integer(value, "a fixed32", as: UInt32.self))
        case .fixed64: writer.fixed(try integer(value, "a fixed64", as: UInt64.self))
        case .sfixed32: writer.fixed(try integer(value, "an sfixed32", as: Int32.self))
        case .sfixed64: writer.fixed(try integer(value, "an sfixed64", as: Int64.self))
        case .float: writer.fixed(Float(try double(value, isAggregateField)).bitPattern)
        case .double: writer.fixed(try double(value, isAggregateField).bitPattern)
        case .string, .bytes: writer.lengthDelimited(try string(value, kind))
        case .enum: writer.varint(UInt64(bitPattern: Int64(try enumNumber(value, typeName ?? "", isAggregateField))))
        default: throw mismatch(value, "a message between braces")
        }
        return writer.bytes
    }

    private func mismatch(_ value: ValueSyntax, _ wanted: String) -> ValueError {
        ValueError(message: "expected \(wanted), but found \(source.text(value.span).prefix(40))", span: value.span)
    }

    private func bool(_ value: ValueSyntax, _ isAggregateField: Bool) throws(ValueError) -> Bool {
        switch value.content {
        case .identifier("true"): return true
        case .identifier("false"): return false
        case .identifier(let word) where isAggregateField && ["t", "True"].contains(word): return true
        case .identifier(let word) where isAggregateField && ["f", "False"].contains(word): return false
        case .integer(let number, isNegative: false) where isAggregateField && number <= 1: return number == 1
        default: throw mismatch(value, "true or false")
        }
    }

    private func integer<Number: FixedWidthInteger>(
        _ value: ValueSyntax, _ name: String, as type: Number.Type
    ) throws(ValueError) -> Number {
        guard case .integer(let magnitude, let isNegative) = value.content else { throw mismatch(value, "\(name) number") }
        // The magnitude of the least number is one more than that of the greatest.
        let number = isNegative ? Number(exactly: magnitude == 0 ? 0 : -Int64(clamping: magnitude - 1) - 1) : Number(exactly: magnitude)
        // Even a zero has no sign where nothing has one.
        guard let number, !isNegative || Number.isSigned && magnitude <= 1 << 63 else {
            throw ValueError(message: "\(name) is between \(Number.min) and \(Number.max)", span: value.span)
        }
        return number
    }

    private func double(_ value: ValueSyntax, _ isAggregateField: Bool) throws(ValueError) -> Double {
        switch value.content {
        case .float(let number): return number
        case .integer(let magnitude, _) where isAggregateField && isNotDecimal(value):
            throw ValueError(message: "between braces a float is written in decimal digits: \(magnitude)", span: value.span)
        // Outside of braces -0 is an integer first, and an integer has no minus zero.
        case .integer(0, _) where !isAggregateField: return 0
        case .integer(let magnitude, let isNegative): return isNegative ? -Double(magnitude) : Double(magnitude)
        case .identifier(let word):
            switch word.lowercased() {
            case "inf", "infinity": return .infinity
            case "nan": return .nan
            default: throw mismatch(value, "a number")
            }
        default: throw mismatch(value, "a number")
        }
    }

    private func isNotDecimal(_ value: ValueSyntax) -> Bool {
        let digits = source.text(value.span).drop { !$0.isNumber }
        return digits.hasPrefix("0") && digits.count > 1
    }

    private func string(_ value: ValueSyntax, _ kind: FieldDescriptorProto.Kind) throws(ValueError) -> [UInt8] {
        guard case .string(let bytes) = value.content else { throw mismatch(value, "a string in quotes") }
        if kind == .string, String(validating: bytes, as: UTF8.self) == nil {
            throw ValueError(message: "this string is not valid UTF-8", span: value.span)
        }
        return bytes
    }

    private func enumNumber(_ value: ValueSyntax, _ typeName: String, _ isAggregateField: Bool) throws(ValueError) -> Int32 {
        let values = table.enums[String(typeName.dropFirst())]?.value ?? []
        switch value.content {
        case .identifier(let name):
            if let match = values.first(where: { $0.name == name }) { return match.number ?? 0 }
            let hint = Spelling.hint(for: name, among: values.compactMap(\.name))
            throw ValueError(message: "\"\(typeName.dropFirst())\" has no value called \"\(name)\"\(hint)", span: value.span)
        case .integer where isAggregateField:
            return try integer(value, "an enum", as: Int32.self)
        default:
            throw mismatch(value, "the name of a value of \"\(typeName.dropFirst())\"")
        }
    }
}
