/// The bytes that hexadecimal digits spell; anything else stops the test.
func hex(_ digits: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in digits where !character.isWhitespace {
        guard let digit = character.hexDigitValue.map(UInt8.init) else { preconditionFailure("\(character) is no hexadecimal digit") }
        if let first = high {
            bytes.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    precondition(high == nil, "an odd number of digits")
    return bytes
}
