/// A UUID of version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then randomness, so that ids sort by their time.
public struct UUIDv7: Hashable, Sendable {
    public static let byteCount = 16

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
        guard let words = UUIDText.words(text) else { return nil }
        self.init(high: words.high, low: words.low)
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
    public var description: String { UUIDText.of(high: high, low: low) }
}
