/// An e-mail address: a dot-atom, an `@` and a domain name of at least two labels (RFC 5321, 4.1.2), in ASCII.
///
/// Quoted local parts, comments and address literals are legal mail and no lead's address; they are refused.
struct EmailAddress: Hashable, Sendable {
    /// As its owner writes it.
    let display: String
    /// In lower case: two addresses are one when these are equal.
    var normalised: String { Self.normalise(display) }

    /// Nil when the text is no address; ``flaw(in:)`` says why.
    init?(_ text: String) {
        guard Self.flaw(in: text) == nil else { return nil }
        display = text
    }

    /// ASCII letters in lower case and all else as it is: the same in every locale, here and in the database.
    static func normalise(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// What keeps `text` from being an address, as a sentence.
    static func flaw(in text: String) -> String? {
        let bytes = text.utf8.span
        if bytes.isEmpty { return "It is required." }
        if bytes.count > Limits.emailBytes { return "It has more than \(Limits.emailBytes) bytes." }
        var at: Int?
        for index in bytes.indices {
            if bytes[index] >= 0x80 { return "It holds a character outside ASCII; write an international domain in its xn-- form." }
            if bytes[index] == UInt8(ascii: "@") { at = index }
        }
        guard let at else { return "It has no @: write local@domain." }
        return flaw(inLocalPart: bytes.extracting(..<at)) ?? flaw(inDomain: bytes.extracting((at + 1)...))
    }

    private static func flaw(inLocalPart bytes: Span<UInt8>) -> String? {
        if bytes.isEmpty { return "Nothing stands before the @." }
        if bytes.count > Limits.emailLocalPartBytes { return "More than \(Limits.emailLocalPartBytes) bytes stand before the @." }
        var start = 0
        while let atom = part(of: bytes, at: &start) {
            if atom.isEmpty { return "A dot before the @ has nothing on one of its sides." }
            for index in atom where !isAtomText(bytes[index]) { return "A character before the @ is not allowed there." }
        }
        return nil
    }

    private static func flaw(inDomain bytes: Span<UInt8>) -> String? {
        var start = 0
        var isNumber = false
        var labels = 0
        while let label = part(of: bytes, at: &start) {
            labels += 1
            if labels == 1, label.upperBound == bytes.count { return "The domain needs at least two parts, such as example.com." }
            guard let first = label.first, let last = label.last else { return "A part of the domain is empty." }
            if label.count > Limits.domainLabelBytes { return "A part of the domain has more than \(Limits.domainLabelBytes) bytes." }
            isNumber = true
            for index in label {
                let byte = bytes[index]
                guard isAlphanumeric(byte) || byte == UInt8(ascii: "-") else {
                    return "The domain may hold letters, digits, hyphens and dots only."
                }
                isNumber = isNumber && isDigit(byte)
            }
            if !isAlphanumeric(bytes[first]) || !isAlphanumeric(bytes[last]) { return "A part of the domain begins or ends with a hyphen." }
        }
        return isNumber ? "The last part of the domain is a number." : nil
    }

    /// Where the part that begins at `start` lies, up to the next dot; nil behind the last one, which ends without a dot.
    private static func part(of bytes: Span<UInt8>, at start: inout Int) -> Range<Int>? {
        guard start <= bytes.count else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ".") { end += 1 }
        defer { start = end + 1 }
        return start..<end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// `atext` of RFC 5322, 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        if isAlphanumeric(byte) { return true }
        return switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^")...UInt8(ascii: "`"),
            UInt8(ascii: "{")...UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
