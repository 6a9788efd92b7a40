/// Telephone numbers as ITU-T E.164 writes them for the whole world: `+`, country code, number.
enum PhoneNumber {
    static func flaw(in text: String) -> String? {
        var digits = text.utf8.makeIterator()
        let isNumber =
            digits.next() == UInt8(ascii: "+")
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
            && Limits.phoneDigits.contains(text.utf8.count - 1)
            && digits.next() != UInt8(ascii: "0")
        guard !isNumber else { return nil }
        let range = "\(Limits.phoneDigits.lowerBound) to \(Limits.phoneDigits.upperBound)"
        return "It is no E.164 number: write + and \(range) digits, beginning with the country code, without spaces."
    }
}
