/// The rules that all text of a lead obeys beside those of its .proto. Text that passes is stored exactly as it came.
enum Text {
    enum Layout {
        case singleLine
        /// Tabs and line breaks are text, too.
        case multiLine
    }

    /// What is wrong with `value`, or nil. An empty text is right unless it is required.
    static func flaw(in value: String, required: Bool = false, layout: Layout = .singleLine) -> String? {
        if required && isBlank(value) { return "It is required: write characters that are not all spaces." }
        return hasControlCharacter(value, layout: layout) ? "It holds a control character." : nil
    }

    static func isBlank(_ value: String) -> Bool {
        // What most text begins with is told from white space without the tables of Unicode.
        if let first = value.utf8.first, (0x21...0x7E).contains(first) { return false }
        return value.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    /// C0, DEL and C1: they do nothing in a name but trick a terminal, a log or a CSV file.
    static func hasControlCharacter(_ value: String, layout: Layout) -> Bool {
        let bytes = value.utf8.span
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x09, 0x0A, 0x0D:
                if layout == .singleLine { return true }
            case 0x00..<0x20, 0x7F:
                return true
            case 0x80..<0xA0 where previous == 0xC2:
                return true
            default:
                break
            }
            previous = byte
        }
        return false
    }
}
