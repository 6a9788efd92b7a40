/// A code of the harmonised system for goods, or, from 99 on, of services (SAC).
struct HSNCode: Hashable, Sendable, CustomStringConvertible {
    /// The digits as a number, and how many there are: a key that is compared at once.
    fileprivate let number: UInt32
    fileprivate let length: UInt8

    /// - Throws: `hsnMalformed` unless the text is 4, 6 or 8 digits.
    init(_ text: String) throws(BillingError) { try self.init(text, lengths: [4, 6, 8]) }

    /// What a tax rate is for: a code, or a chapter of two digits.
    ///
    /// - Throws: `hsnMalformed` unless the text is 2, 4, 6 or 8 digits.
    init(prefix text: String) throws(BillingError) { try self.init(text, lengths: [2, 4, 6, 8]) }

    private init(_ text: String, lengths: [Int]) throws(BillingError) {
        guard lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text) else {
            throw .hsnMalformed
        }
        self.number = number
        length = UInt8(truncatingIfNeeded: text.utf8.count)
    }

    private init(number: UInt32, length: UInt8) {
        self.number = number
        self.length = length
    }

    /// The code without its last two digits. Nil for a chapter.
    var parent: HSNCode? { length > 2 ? HSNCode(number: number / 100, length: length - 2) : nil }

    var description: String {
        let digits = String(number)
        return String(repeating: "0", count: Int(length) - digits.utf8.count) + digits
    }
}
