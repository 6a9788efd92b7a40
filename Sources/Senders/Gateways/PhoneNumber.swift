/// A telephone number in the form of E.164: `+` and its digits, the country's first.
public struct PhoneNumber: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) throws(SenderError) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), Limits.phoneDigits.contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .message("This is no telephone number: write +, the country's digits and the rest, such as +919876543210.") }
        description = text
    }
}
