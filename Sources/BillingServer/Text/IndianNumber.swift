/// Numbers as India writes them: the last three digits, then pairs: `12,34,56,789`.
enum IndianNumber {
    static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number).utf8)
        var bytes: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            let left = digits.count - index
            // A comma stands before the last three digits and before every pair above them.
            if index > 0 && left >= 3 && left % 2 == 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The amount without its currency, such as `-1,23,456.78`; a currency without smallest units has no point.
    static func text(_ money: Money) -> String {
        let unit = UInt64(money.currency.minorUnitsPerUnit)
        let (whole, part) = money.minorUnits.magnitude.quotientAndRemainder(dividingBy: unit)
        let sign = money.minorUnits < 0 ? "-" : ""
        guard unit > 1 else { return sign + grouped(whole) }
        return sign + grouped(whole) + "." + String(unit + part).dropFirst()
    }
}
