/// Numbers: short ways for what nearly all of them are, and the long way for what JSON allows.
extension JSONReader {
    /// The characters of a number, which follows the grammar.
    mutating func number(_ wanted: String = "a number") throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        _ = peek()
        let first = unsafe position
        let length = unsafe JSONNumber.length(UnsafeBufferPointer(start: first, count: end - first))
        if length == 0 {
            throw unexpected(wanted)
        }
        unsafe position += length
        return unsafe UnsafeBufferPointer(start: first, count: length)
    }

    /// The characters of a number, bare or in quotes.
    mutating func quotableNumber(_ wanted: String) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        if peek() != UInt8(ascii: "\"") {
            return unsafe try number(wanted)
        }
        let place = offset
        let text = unsafe try string()
        if unsafe text.isEmpty || JSONNumber.length(text) != text.count {
            throw error("Here should be \(wanted).", at: place)
        }
        return unsafe text
    }

    /// A number of at most 18 digits, bare or in quotes, without exponent; nil, with nothing read, if another spelling comes next.
    ///
    /// - Parameter allowsFraction: digits may follow behind a point.
    @inline(__always)
    mutating func plainNumber(allowsFraction: Bool) -> PlainNumber? {
        // Quotes, a sign, a point and 19 digits.
        guard unsafe end - position >= 24 else { return nil }
        var next = unsafe position
        let isQuoted = unsafe next.pointee == UInt8(ascii: "\"")
        if isQuoted {
            unsafe next += 1
        }
        var number = PlainNumber()
        if unsafe next.pointee == UInt8(ascii: "-") {
            number.isNegative = true
            unsafe next += 1
        }
        let first = unsafe next
        var digit = unsafe next.pointee &- UInt8(ascii: "0")
        while digit < 10, unsafe next - first < 19 {
            number.digits = number.digits &* 10 &+ UInt64(digit)
            unsafe next += 1
            digit = unsafe next.pointee &- UInt8(ascii: "0")
        }
        let whole = unsafe next - first
        if unsafe whole == 0 || whole > 18 || whole > 1 && first.pointee == UInt8(ascii: "0") {
            return nil
        }
        if allowsFraction, unsafe next.pointee == UInt8(ascii: ".") {
            unsafe next += 1
            let point = unsafe next
            digit = unsafe next.pointee &- UInt8(ascii: "0")
            while digit < 10, unsafe whole &+ (next - point) < 19 {
                number.digits = number.digits &* 10 &+ UInt64(digit)
                unsafe next += 1
                digit = unsafe next.pointee &- UInt8(ascii: "0")
            }
            number.decimals = unsafe next - point
            if number.decimals == 0 || whole &+ number.decimals > 18 {
                return nil
            }
        }
        let byte = unsafe next.pointee
        if isQuoted {
            guard byte == UInt8(ascii: "\"") else { return nil }
            unsafe next += 1
        } else if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
            return nil
        }
        unsafe position = next
        return number
    }
}

/// `digits × 10^-decimals`.
struct PlainNumber {
    var isNegative = false
    /// Below 10^18.
    var digits: UInt64 = 0
    var decimals = 0
}
