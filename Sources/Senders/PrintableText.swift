/// What a peer or a caller wrote, as it may stand in a log line or a table: one line of printable characters, cut at a length.
enum PrintableText {
    static func of(_ text: some StringProtocol, bytes limit: Int = Limits.quotedTextBytes) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isShown = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !isInvisible(scalar)
            let shown = isShown ? Character(scalar) : "?"
            guard result.utf8.count + shown.utf8.count <= limit else { break }
            result.unicodeScalars.append(contentsOf: shown.unicodeScalars)
        }
        return result
    }

    /// Whether it can be the value of a header field as it is.
    static func isASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Separators of lines, and marks that change the direction of what follows them on a terminal.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028...0x202E, 0x200B...0x200F, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
