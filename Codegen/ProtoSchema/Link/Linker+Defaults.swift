internal import Protobuf

/// proto2's `[default = …]`, which descriptors hold as text.
extension Linker {
    mutating func setDefault(of field: inout FieldDescriptorProto, _ option: OptionSyntax) {
        guard !isProto3 else {
            log.error("proto3 has no default values of one's own", at: option.span)
            return
        }
        guard field.label != .repeated, let kind = field.type, kind != .message else {
            log.error("a \(field.label == .repeated ? "repeated field" : "message") has no default value", at: option.span)
            return
        }
        if kind == .enum {
            // Whether the enum has such a value is known when all of the file is linked.
            guard case .identifier(let name) = option.value.content else {
                log.error("the default of an enum field is the name of one of its values", at: option.value.span)
                return
            }
            field.defaultValue = name
            return
        }
        let encoder = ValueEncoder(table: table, source: file.source)
        do throws(ValueError) {
            // Encoding it finds every mismatch of type and range.
            _ = try encoder.scalar(option.value, kind: kind, typeName: nil, isAggregateField: false)
        } catch {
            log.error(error.message, at: error.span)
            return
        }
        field.defaultValue = text(option.value.content, kind)
    }

    mutating func checkDefault(of field: FieldDescriptorProto, _ syntax: FieldSyntax) {
        guard field.type == .enum, let name = field.defaultValue, let type = field.typeName?.dropFirst() else { return }
        let values = table.enums[String(type)]?.value.compactMap(\.name) ?? []
        guard !values.contains(name), let option = syntax.options.first(where: { $0.plainName == "default" }) else { return }
        log.error("\"\(type)\" has no value called \"\(name)\"\(Spelling.hint(for: name, among: values))", at: option.value.span)
    }

    private func text(_ content: ValueSyntax.Content, _ kind: FieldDescriptorProto.Kind) -> String {
        switch content {
        case .identifier(let word): return word
        case .integer(let magnitude, let isNegative): return (isNegative && magnitude > 0 ? "-" : "") + String(magnitude)
        case .float(let value):
            var text = kind == .float ? Float(value).description : value.description
            if text.hasSuffix(".0") { text.removeLast(2) }
            return text
        case .string(let bytes): return kind == .bytes ? escaped(bytes) : String(decoding: bytes, as: UTF8.self)
        case .aggregate, .list: return ""
        }
    }

    /// C's escapes, octal for what has no letter: the form descriptor.proto prescribes for bytes.
    private func escaped(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): text += "\\n"
            case UInt8(ascii: "\r"): text += "\\r"
            case UInt8(ascii: "\t"): text += "\\t"
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default: text += "\\" + String(0o1000 + Int(byte), radix: 8).dropFirst()
            }
        }
        return text
    }
}
