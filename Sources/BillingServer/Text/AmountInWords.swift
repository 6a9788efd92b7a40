/// Amounts as words in lakh and crore, as invoices have them below their total.
enum AmountInWords {
    /// Such as `Rupees One Lakh Twenty-Three Thousand and Paise Five Only`. Other currencies than the rupee by their code, with the
    /// smallest units as a fraction: `USD Twelve and 05/100 Only`.
    static func text(_ money: Money) -> String {
        let unit = UInt64(money.currency.minorUnitsPerUnit)
        let (whole, part) = money.minorUnits.magnitude.quotientAndRemainder(dividingBy: unit)
        let sign = money.minorUnits < 0 ? "Minus " : ""
        guard money.currency == .inr else {
            let fraction = part > 0 ? " and \(String(unit + part).dropFirst())/\(unit)" : ""
            return "\(sign)\(money.currency) \(words(whole))\(fraction) Only"
        }
        if whole == 0 && part > 0 { return "\(sign)Paise \(words(part)) Only" }
        let rupees = "\(whole == 1 ? "Rupee" : "Rupees") \(words(whole))"
        return part > 0 ? "\(sign)\(rupees) and Paise \(words(part)) Only" : "\(sign)\(rupees) Only"
    }

    /// A number in words. From a hundred crore on, crores are counted as a number themselves: `One Lakh Crore`.
    static func words(_ number: UInt64) -> String {
        guard number > 0 else { return "Zero" }
        var parts: [String] = []
        var rest = number
        for (size, name) in scales where rest >= size {
            parts.append("\(words(rest / size)) \(name)")
            rest %= size
        }
        if rest > 0 { parts.append(belowHundred(rest)) }
        return parts.joined(separator: " ")
    }

    private static let scales: [(size: UInt64, name: String)] = [
        (10_000_000, "Crore"), (100_000, "Lakh"), (1_000, "Thousand"), (100, "Hundred"),
    ]

    private static func belowHundred(_ number: UInt64) -> String {
        let number = Int(truncatingIfNeeded: number)
        guard number >= 20 else { return belowTwenty[number] }
        return number % 10 == 0 ? tens[number / 10] : "\(tens[number / 10])-\(belowTwenty[number % 10])"
    }

    private static let belowTwenty = [
        "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen",
        "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
    ]
    private static let tens = ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
}
