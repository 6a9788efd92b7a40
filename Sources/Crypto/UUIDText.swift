/// The text of a UUID of any version (RFC 9562, section 4): 32 hexadecimal digits, with hyphens after the 8th, 12th, 16th and 20th.
public enum UUIDText {
    public static let byteCount = 36

    /// The text of 128 bits, in lower case.
    public static func of(high: UInt64, low: UInt64) -> String {
        unsafe String(unsafeUninitializedCapacity: byteCount) { output in
            let groups = (
                digits(high >> 32), digits(high & 0xFFFF_FFFF), digits(low >> 32), digits(low & 0xFFFF_FFFF)
            )
            let bytes = UnsafeMutableRawBufferPointer(output)
            unsafe bytes.storeBytes(of: groups.0.littleEndian, toByteOffset: 0, as: UInt64.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: groups.1).littleEndian, toByteOffset: 9, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: groups.1 >> 32).littleEndian, toByteOffset: 14, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: groups.2).littleEndian, toByteOffset: 19, as: UInt32.self)
            unsafe bytes.storeBytes(of: UInt32(truncatingIfNeeded: groups.2 >> 32).littleEndian, toByteOffset: 24, as: UInt32.self)
            unsafe bytes.storeBytes(of: groups.3.littleEndian, toByteOffset: 28, as: UInt64.self)
            unsafe bytes[8] = hyphen
            unsafe bytes[13] = hyphen
            unsafe bytes[18] = hyphen
            unsafe bytes[23] = hyphen
            return byteCount
        }
    }

    /// The 128 bits of a text in either case; nil for anything else.
    public static func words(_ text: String) -> (high: UInt64, low: UInt64)? {
        let characters = text.utf8.span
        guard characters.count == byteCount else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for position in characters.indices {
            switch position {
            case 8, 13, 18, 23:
                guard characters[position] == hyphen else { return nil }
            default:
                guard let digit = value(of: characters[position]) else { return nil }
                words.high = words.high << 4 | words.low >> 60
                words.low = words.low << 4 | digit
            }
        }
        return words
    }

    private static let hyphen = UInt8(ascii: "-")

    /// The eight digits of 32 bits, the first one in the lowest byte. All at once: ids are written for each row and each line of the log.
    private static func digits(_ word: UInt64) -> UInt64 {
        var nibbles = UInt64(UInt32(truncatingIfNeeded: word).byteSwapped)
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = nibbles >> 4 & 0x000F_000F_000F_000F | nibbles << 8 & 0x0F00_0F00_0F00_0F00
        let areLetters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let fromDigitsToLetters = UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
        return nibbles &+ 0x3030_3030_3030_3030 &+ areLetters &* fromDigitsToLetters
    }

    private static func value(of character: UInt8) -> UInt64? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(character - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(character - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
