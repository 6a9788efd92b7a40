/// Text that somebody else wrote, on its way to a terminal, which would obey it: an escape sequence moves the cursor over what was said before,
/// changes the window's title (OSC 0), makes a link that shows one address and opens another (OSC 8), or writes to the clipboard (OSC 52).
public enum TerminalText {
    /// The same text with every control character but line feed and tab in the form that JSON has for it, `\u001b`: it is seen, and does
    /// nothing, and a reply that is JSON stays the JSON that it was. So are the characters that turn the direction of writing (bidi), by
    /// which a name can be shown as another one.
    public static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isObeyed) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isObeyed(scalar) {
                let digits = String(scalar.value, radix: 16)
                shown.append(contentsOf: "\\u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)".unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        // C0, DEL, C1: in UTF-8 a terminal takes U+009B for ESC [.
        case 0...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
