/// Numbers in decimal.
extension ByteBuffer {
    mutating func appendDecimal(_ value: UInt64) {
        // Digits come last to first, so they are written at the end of 24 bytes and then moved down, all 24 at once.
        let target = unsafe room(for: 48)
        var next = unsafe target + 24
        var rest = value
        while rest >= 100 {
            let pair = rest % 100
            rest /= 100
            unsafe next -= 2
            unsafe ByteBuffer.write(pair: pair, to: next)
        }
        unsafe next -= 2
        unsafe ByteBuffer.write(pair: rest, to: next)
        if rest < 10 {
            unsafe next += 1
        }
        let length = unsafe target + 24 - next
        let digits = unsafe UnsafeRawPointer(next).loadUnaligned(as: (UInt64, UInt64, UInt64).self)
        unsafe UnsafeMutableRawPointer(target).storeBytes(of: digits, as: (UInt64, UInt64, UInt64).self)
        advance(by: length)
    }

    /// Writes two digits.
    @inline(__always)
    private static func write(pair: UInt64, to target: UnsafeMutablePointer<UInt8>) {
        let tens = (pair &* 205) &>> 11
        let ones = pair &- tens &* 10
        let text = UInt16(truncatingIfNeeded: 0x3030 | tens | ones &<< 8)
        unsafe UnsafeMutableRawPointer(target).storeBytes(of: text.littleEndian, as: UInt16.self)
    }

    mutating func appendDecimal(_ value: Int64) {
        if value < 0 {
            append(UInt8(ascii: "-"))
        }
        appendDecimal(value.magnitude)
    }

    /// Appends a decimal of exactly `digits` digits, with zeros before it.
    mutating func appendDecimal(_ value: UInt64, digits: Int) {
        let target = unsafe room(for: digits)
        var rest = value
        var index = digits
        while index > 0 {
            index &-= 1
            unsafe target[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        advance(by: digits)
    }

    /// Appends the shortest digits that give the number back, or NaN and the infinities in quotes.
    mutating func appendNumber(_ value: Double) {
        let magnitude = value.magnitude
        // Most numbers have few decimals. Up to 15 digits, which every Double keeps, the fewest that give it back are the shortest.
        if magnitude >= 0.001 && magnitude < 1e9 {
            var power = 1.0
            for decimals in 0..<6 {
                let whole = (magnitude * power).rounded()
                if whole / power == magnitude {
                    return appendPlain(UInt64(whole), decimals: decimals, power: UInt64(power), isNegative: value < 0)
                }
                power *= 10
            }
        }
        if !appendSpecial(value.isNaN, value.isInfinite, value < 0) {
            appendShortest(value.description)
        }
    }

    mutating func appendNumber(_ value: Float) {
        let magnitude = value.magnitude
        // As for a Double, but a Float keeps six digits only.
        if magnitude >= 0.001 && magnitude < 1e3 {
            var power: Float = 1
            for decimals in 0..<4 {
                let whole = (magnitude * power).rounded()
                if whole >= 1e6 {
                    break
                }
                if whole / power == magnitude {
                    return appendPlain(UInt64(whole), decimals: decimals, power: UInt64(power), isNegative: value < 0)
                }
                power *= 10
            }
        }
        if !appendSpecial(value.isNaN, value.isInfinite, value < 0) {
            appendShortest(value.description)
        }
    }

    private mutating func appendPlain(_ value: UInt64, decimals: Int, power: UInt64, isNegative: Bool) {
        if isNegative {
            append(UInt8(ascii: "-"))
        }
        if decimals == 0 {
            return appendDecimal(value)
        }
        appendDecimal(value / power)
        append(UInt8(ascii: "."))
        appendDecimal(value % power, digits: decimals)
    }

    private mutating func appendSpecial(_ isNaN: Bool, _ isInfinite: Bool, _ isNegative: Bool) -> Bool {
        if isNaN {
            append("\"NaN\"")
        } else if isInfinite {
            append(isNegative ? "\"-Infinity\"" : "\"Infinity\"")
        }
        return isNaN || isInfinite
    }

    private mutating func appendShortest(_ digits: String) {
        append(digits)
        // `-0` keeps its point: many readers take `-0` for a whole number, which has no sign.
        if digits.hasSuffix(".0") && digits != "-0.0" {
            truncate(to: count &- 2)
        }
    }
}
