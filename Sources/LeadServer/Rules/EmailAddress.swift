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
        let bytes = text.utf8
        if bytes.isEmpty { return "It is required." }
        if bytes.count > Limits.emailBytes { return "It has more than \(Limits.emailBytes) bytes." }
        if bytes.contains(where: { $0 >= 0x80 }) {
            return "It holds a character outside ASCII; write an international domain in its xn-- form."
        }
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return "It has no @: write local@domain." }
        return flaw(inLocalPart: bytes[..<at]) ?? flaw(inDomain: bytes[bytes.index(after: at)...])
    }

    private static func flaw(inLocalPart bytes: Substring.UTF8View) -> String? {
        if bytes.isEmpty { return "Nothing stands before the @." }
        if bytes.count > Limits.emailLocalPartBytes { return "More than \(Limits.emailLocalPartBytes) bytes stand before the @." }
        var rest: Substring.UTF8View? = bytes
        while let atom = part(&rest) {
            if atom.isEmpty { return "A dot before the @ has nothing on one of its sides." }
            if !atom.allSatisfy(isAtomText) { return "A character before the @ is not allowed there." }
        }
        return nil
    }

    private static func flaw(inDomain bytes: Substring.UTF8View) -> String? {
        if !bytes.contains(dot) { return "The domain needs at least two parts, such as example.com." }
        var rest: Substring.UTF8View? = bytes
        var isNumber = false
        while let label = part(&rest) {
            guard let first = label.first, let last = label.last else { return "A part of the domain is empty." }
            if label.count > Limits.domainLabelBytes { return "A part of the domain has more than \(Limits.domainLabelBytes) bytes." }
            if !label.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) {
                return "The domain may hold letters, digits, hyphens and dots only."
            }
            if !isAlphanumeric(first) || !isAlphanumeric(last) { return "A part of the domain begins or ends with a hyphen." }
            isNumber = label.allSatisfy(isDigit)
        }
        return isNumber ? "The last part of the domain is a number." : nil
    }

    private static let dot = UInt8(ascii: ".")

    /// Takes what stands before the next dot, and the dot; nil behind the last part, which ends without one.
    private static func part(_ rest: inout Substring.UTF8View?) -> Substring.UTF8View? {
        guard let bytes = rest else { return nil }
        guard let end = bytes.firstIndex(of: dot) else {
            rest = nil
            return bytes
        }
        rest = bytes[bytes.index(after: end)...]
        return bytes[..<end]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// `atext` of RFC 5322, 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
