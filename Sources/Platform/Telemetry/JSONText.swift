/// JSON text, written piece by piece: log lines and tokens have a fixed order of members that a reader can rely on.
enum JSONText {
    static func quoted(_ string: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(string.utf8.count + 2)
        append(string, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func array(_ strings: [String]) -> String {
        "[" + strings.map(quoted).joined(separator: ",") + "]"
    }

    /// Appends a string in its quotes. What would end it, what a terminal acts on and what some readers take for the end of a line
    /// (U+2028 and U+2029) is escaped.
    static func append(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let isPlain = unsafe string.utf8.span.withUnsafeBufferPointer { text in
            guard unsafe !mayNeedEscape(text) else { return false }
            unsafe bytes.append(contentsOf: text)
            return true
        }
        if !isPlain {
            for scalar in string.unicodeScalars { append(scalar, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// 0xe2 begins U+2028 and U+2029, among others. Without a way out before the end, so that many bytes are compared at once.
    private static func mayNeedEscape(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var found: UInt8 = 0
        for index in 0..<text.count {
            let byte = unsafe text[index]
            found |= byte < 0x20 ? 1 : 0
            found |= byte == UInt8(ascii: "\"") ? 1 : 0
            found |= byte == UInt8(ascii: "\\") ? 1 : 0
            found |= byte == 0x7f ? 1 : 0
            found |= byte == 0xe2 ? 1 : 0
        }
        return found != 0
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case "\u{0}"..<"\u{20}", "\u{7f}", "\u{2028}", "\u{2029}": bytes.append(contentsOf: ("\\u" + hex4(scalar.value)).utf8)
        default: bytes.append(contentsOf: scalar.utf8)
        }
    }

    private static func hex4(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - min(4, digits.count)) + digits
    }
}
