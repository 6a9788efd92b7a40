internal import LeadAPI
internal import Protobuf

/// Custom fields as the flat JSON object that the database keeps: `{"plan":"gold","seats":12,"vip":true}`.
///
/// The object is flat by the service's own rules, so that a small scanner reads it; general JSON is not needed here.
enum CustomFieldsJSON {
    static func encode(_ fields: Map<String, CustomValue>) -> String {
        guard !fields.isEmpty else { return "{}" }
        var json = "{"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            if json.utf8.count > 1 { json += "," }
            append(key, to: &json)
            json += ":"
            switch value.value {
            case .text(let text): append(text, to: &json)
            // The shortest text that reads back as the same number; checked to be finite before.
            case .number(let number): json += "\(number)"
            case .flag(let flag): json += flag ? "true" : "false"
            case nil: json += "null"
            }
        }
        return json + "}"
    }

    private static func append(_ text: String, to json: inout String) {
        json += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        json += "\""
    }

    /// Nil when the text is no flat JSON object.
    static func decode(_ json: String) -> Map<String, CustomValue>? {
        if json == "{}" { return [:] }
        var scanner = Scanner(Array(json.utf8))
        return scanner.object()
    }
}

private struct Scanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func object() -> Map<String, CustomValue>? {
        var fields: Map<String, CustomValue> = [:]
        guard take("{") else { return nil }
        if take("}") { return atEnd ? fields : nil }
        repeat {
            guard let key = string(), take(":"), let value = value() else { return nil }
            var field = CustomValue()
            field.value = value
            fields[key] = field
        } while take(",")
        return take("}") && atEnd ? fields : nil
    }

    private mutating func value() -> CustomValue.Value? {
        skipSpace()
        switch peek {
        case UInt8(ascii: "\""): return string().map { .text($0) }
        case UInt8(ascii: "t"): return word("true") ? .flag(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .flag(false) : nil
        default: return number().map { .number($0) }
        }
    }

    private mutating func number() -> Double? {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        return Double(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                text.append(contentsOf: String(scalar).utf8)
            default:
                text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            // The database writes only control characters so, never half of a surrogate pair.
            guard bytes.count - position >= 4 else { return nil }
            let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
            position += 4
            return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        default: return nil
        }
    }

    private mutating func word(_ word: String) -> Bool {
        guard bytes.dropFirst(position).starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var atEnd: Bool { position == bytes.count }
}
