/// A UUID of version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then randomness, so that ids sort by their time.
public struct UUIDv7: Hashable, Sendable {
    public static let byteCount = 16
    /// The length of the text form, `018f4e6a-7c1b-7d2e-9a3f-0123456789ab`.
    public static let textByteCount = 36

    private let high: UInt64
    private let low: UInt64

    /// - Parameters:
    ///   - unixNanoseconds: the time it bears; before 1970 counts as 1970.
    ///   - random: 62 of its bits are used.
    ///
    /// The 12 bits after the milliseconds hold their fraction (RFC 9562 section 6.2, method 3): ids that one clock made a quarter of a
    /// microsecond apart sort in order, and no counter has to be shared.
    public init(unixNanoseconds: Int64, random: UInt64) {
        let (milliseconds, rest) = UInt64(max(0, unixNanoseconds)).quotientAndRemainder(dividingBy: 1_000_000)
        let fraction = rest << 12 / 1_000_000
        high = milliseconds << 16 | 0x7000 | fraction
        low = random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Nil unless these are 16 bytes with version 7 and the variant of RFC 9562.
    public init?(bytes: RawSpan) {
        guard bytes.byteCount == Self.byteCount else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            words.0 = words.0 << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
            words.1 = words.1 << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: index + 8, as: UInt8.self))
        }
        self.init(high: words.0, low: words.1)
    }

    public init?(bytes: [UInt8]) {
        unsafe self.init(bytes: bytes.span.bytes)
    }

    /// Reads the text form of 36 characters, in either case; nil for anything else, other UUID versions included.
    public init?(_ text: String) {
        let characters = text.utf8.span
        guard characters.count == Self.textByteCount else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for position in characters.indices {
            switch position {
            case 8, 13, 18, 23:
                guard characters[position] == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = hexDigit(characters[position]) else { return nil }
                words.0 = words.0 << 4 | words.1 >> 60
                words.1 = words.1 << 4 | UInt64(digit)
            }
        }
        self.init(high: words.0, low: words.1)
    }

    private init?(high: UInt64, low: UInt64) {
        guard high & 0xF000 == 0x7000, low >> 62 == 0b10 else { return nil }
        self.high = high
        self.low = low
    }

    /// The 16 bytes in network order.
    public var bytes: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            for index in 0..<8 {
                unsafe buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * index))
                unsafe buffer[index + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * index))
            }
            count = Self.byteCount
        }
    }

    /// The same as two numbers, the first of which sorts first.
    public var words: (high: UInt64, low: UInt64) { (high, low) }

    /// When it was made, in milliseconds since 1970.
    public var unixMilliseconds: Int64 {
        Int64(high >> 16)
    }
}

extension UUIDv7: Comparable {
    public static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UUIDv7: LosslessStringConvertible {
    /// 36 characters in lower case.
    public var description: String {
        unsafe String(unsafeUninitializedCapacity: Self.textByteCount) { output in
            var shift = 60
            var word = high
            for position in 0..<Self.textByteCount {
                switch position {
                case 8, 13, 18, 23:
                    unsafe output[position] = UInt8(ascii: "-")
                default:
                    let digit = UInt8(word >> shift & 0xF)
                    unsafe output[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
                    if shift == 0 {
                        shift = 60
                        word = low
                    } else {
                        shift -= 4
                    }
                }
            }
            return Self.textByteCount
        }
    }
}

private func hexDigit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
}
