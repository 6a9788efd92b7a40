/// Numbers in JSON's grammar: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`.
enum JSONNumber {
    /// The length of the number that a text begins with, 0 if it begins with none. `01` and `1.` are none.
    static func length(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var index = 0
        func digits() -> Int {
            let first = index
            while unsafe index < text.count && isDigit(text[index]) {
                index &+= 1
            }
            return index &- first
        }
        if unsafe index < text.count && text[index] == UInt8(ascii: "-") {
            index &+= 1
        }
        let whole = index
        let count = digits()
        if unsafe count == 0 || count > 1 && text[whole] == UInt8(ascii: "0") {
            return 0
        }
        if unsafe index < text.count && text[index] == UInt8(ascii: ".") {
            index &+= 1
            if digits() == 0 {
                return 0
            }
        }
        if unsafe index < text.count && text[index] | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if unsafe index < text.count && (text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")) {
                index &+= 1
            }
            if digits() == 0 {
                return 0
            }
        }
        return index
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    /// A number as `sign × digits × 10^exponent`.
    private struct Decimal {
        var isNegative = false
        /// Without zeros at its end, so that the exponent says whether it is whole.
        var digits: UInt64 = 0
        var exponent = 0
        /// False if there are more digits than 64 bits hold.
        var isExact = true

        init(_ text: UnsafeBufferPointer<UInt8>) {
            var zeros = 0
            var isFraction = false
            var index = 0
            scan: while index < text.count {
                let byte = unsafe text[index]
                index &+= 1
                switch byte {
                case UInt8(ascii: "-"): isNegative = true
                case UInt8(ascii: "."): isFraction = true
                case UInt8(ascii: "0"):
                    zeros &+= 1
                    exponent &-= isFraction ? 1 : 0
                case UInt8(ascii: "1")...UInt8(ascii: "9"):
                    exponent &-= isFraction ? 1 : 0
                    append(zeros: zeros, then: byte)
                    zeros = 0
                default: break scan
                }
            }
            exponent &+= zeros
            if index < text.count {
                exponent = unsafe exponent &+ Decimal.clampedInteger(UnsafeBufferPointer(rebasing: text[index...]))
            }
            if digits == 0 {
                exponent = 0
            }
        }

        private mutating func append(zeros: Int, then digit: UInt8) {
            if digits == 0 {
                digits = UInt64(digit &- UInt8(ascii: "0"))
                return
            }
            for _ in 0..<min(zeros, 20) {
                append(0)
            }
            append(UInt64(digit &- UInt8(ascii: "0")))
        }

        private mutating func append(_ digit: UInt64) {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            isExact = isExact && !overflow && !carry
            digits = isExact ? sum : UInt64.max
        }

        /// The exponent, held within bounds that no sum of it can leave.
        private static func clampedInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int {
            var value = 0
            for index in 0..<text.count where unsafe isDigit(text[index]) {
                value = unsafe min(value &* 10 &+ Int(text[index] &- UInt8(ascii: "0")), 1 << 40)
            }
            return unsafe text.first == UInt8(ascii: "-") ? -value : value
        }
    }

    /// The whole number that a text in the grammar stands for; `1e5` and `100000.000` are whole, `0.5` is not.
    ///
    /// - Returns: nil if it is not whole or its magnitude takes more than 64 bits.
    static func integer(_ text: UnsafeBufferPointer<UInt8>) -> (isNegative: Bool, magnitude: UInt64)? {
        let decimal = unsafe Decimal(text)
        guard decimal.isExact, decimal.exponent >= 0, decimal.exponent < 20 else { return nil }
        var magnitude = decimal.digits
        for _ in 0..<decimal.exponent {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow {
                return nil
            }
            magnitude = product
        }
        return (decimal.isNegative, magnitude)
    }

    /// The nearest floating-point number, nil if it is too large to be finite.
    static func floating<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ text: UnsafeBufferPointer<UInt8>, as type: Value.Type
    ) -> Value? {
        let decimal = unsafe Decimal(text)
        // Both factors are exact, so that their product or quotient is rounded once, which is correct (Clinger 1990).
        let isDouble = Value.significandBitCount == 52
        if decimal.isExact, decimal.digits < (1 as UInt64) << UInt64(Value.significandBitCount + 1),
            decimal.exponent.magnitude <= (isDouble ? 22 : 10)
        {
            let power = Value(powersOfTen[Int(decimal.exponent.magnitude)])
            let magnitude = decimal.exponent < 0 ? Value(decimal.digits) / power : Value(decimal.digits) * power
            return decimal.isNegative ? -magnitude : magnitude
        }
        guard let value = unsafe Value(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The nearest number, nil if finding it takes more than one rounding.
    @inline(__always)
    static func floating<Value: BinaryFloatingPoint>(_ plain: PlainNumber, as type: Value.Type) -> Value? {
        guard plain.digits < (1 as UInt64) << UInt64(Value.significandBitCount + 1), Value.significandBitCount == 52 || plain.decimals <= 10
        else { return nil }
        let magnitude = Value(plain.digits) / Value(powersOfTen[plain.decimals])
        return plain.isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
