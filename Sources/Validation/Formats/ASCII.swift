extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }
    var isAlphanumeric: Bool { isDigit || isLetter }
    var isHexDigit: Bool { hexValue != nil }

    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension Span<UInt8> {
    func all(_ holds: (UInt8) -> Bool) -> Bool {
        for index in indices where !holds(self[index]) { return false }
        return true
    }

    func firstIndex(of byte: UInt8) -> Int? {
        for index in indices where self[index] == byte { return index }
        return nil
    }

    func lastIndex(of byte: UInt8) -> Int? {
        for index in indices.reversed() where self[index] == byte { return index }
        return nil
    }

    /// A decimal number up to `most`, written without a sign and without leading zeros.
    func decimal(atMost most: Int) -> Int? {
        guard count > 0, count <= 5, all(\.isDigit), count == 1 || self[0] != 0x30 else { return nil }
        var value = 0
        for index in indices { value = value * 10 + Int(self[index] - 0x30) }
        return value <= most ? value : nil
    }
}
