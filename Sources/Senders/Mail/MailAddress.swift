/// An e-mail address that can be written into a command and a header as it is: `local@domain`.
///
/// Quoted local parts, comments and address literals are legal mail and nobody's address here; they are refused. Characters outside ASCII
/// are taken (RFC 6531) and need a relay with SMTPUTF8.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) throws(SenderError) {
        if let flaw = Self.flaw(in: text) { throw .message("This is no e-mail address that mail can be sent to: \(flaw)") }
        description = text
    }

    var isASCII: Bool { description.utf8.allSatisfy { $0 < 0x80 } }

    /// What follows the @.
    public var domain: String { description.split(separator: "@").last.map(String.init) ?? "" }

    private static func flaw(in text: String) -> String? {
        let bytes = Array(text.utf8)
        if bytes.count > Limits.addressBytes { return "it has more than \(Limits.addressBytes) bytes." }
        // Beyond ASCII everything counts as a letter, but for what no address shows: C1 controls and separators of lines.
        if text.unicodeScalars.contains(where: { (0x80...0xA0).contains($0.value) || (0x2028...0x2029).contains($0.value) }) {
            return "it holds a character that cannot be seen."
        }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "it needs exactly one @." }
        if parts[0].isEmpty || parts[0].count > Limits.localPartBytes { return "before the @ stand 1 to \(Limits.localPartBytes) bytes." }
        for atom in parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !atom.isEmpty, atom.allSatisfy(isAtomText) else {
                return "before the @ stand letters, digits and !#$%&'*+-/=?^_`{|}~ with single dots between."
            }
        }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel) else { return "after the @ stands a domain such as example.com." }
        return nil
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= Limits.domainLabelBytes else { return false }
        let hyphen = UInt8(ascii: "-")
        return first != hyphen && last != hyphen && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
    }

    /// `atext` of RFC 5322 section 3.2.3, and RFC 6531's UTF-8.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}

/// An address and the name of who reads there, which may be empty.
public struct Mailbox: Sendable, Hashable {
    public let name: String
    public let address: MailAddress

    public init(name: String = "", _ address: MailAddress) throws(SenderError) {
        try HeaderText.check(name, "a display name", characters: Limits.nameCharacters)
        self.name = name
        self.address = address
    }
}
