/// Words that callers choose to name a request or an import: letters, digits, `-` and `_`, with bounds on their length.
enum KeyText {
    static func isKey(_ text: String, bytes: ClosedRange<Int>) -> Bool {
        bytes.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
