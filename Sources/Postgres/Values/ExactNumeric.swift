/// A `numeric`, digit by digit: no floating point comes near it. `NaN` and the infinities are refused when they are read.
///
/// Two are equal when their values are, whatever their scale: 1.0 equals 1.00, as in PostgreSQL.
public struct ExactNumeric: PostgresValue, Hashable, LosslessStringConvertible {
    private var isNegative = false
    /// Digits to the base 10000, the most significant first, without zeros at either end.
    private var groups: [Int16] = []
    /// The power of 10000 that the first group counts.
    private var weight = 0
    /// Decimal digits behind the point that are shown, trailing zeros included.
    public private(set) var scale = 0

    /// `numeric` holds no more (PostgreSQL documentation, section 8.1.2).
    private static let integerDigits = 131_072
    private static let fractionDigits = 16_383

    /// Decimal digits with a sign and a point, `-12.50`; nil for anything else, an exponent included.
    public init?(_ text: String) {
        var digits = Substring(text)
        if let sign = digits.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            digits.removeFirst()
        }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let integer = (parts.first ?? "").drop { $0 == "0" }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard digits.contains(where: { $0 != "." }), digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
            !fraction.contains("."),
            integer.utf8.count <= Self.integerDigits, fraction.utf8.count <= Self.fractionDigits
        else { return nil }
        let padding = (4 - integer.utf8.count % 4) % 4
        let all = [UInt8](repeating: 48, count: padding) + integer.utf8 + fraction.utf8
        var group: Int16 = 0
        for index in 0..<(all.count + 3) / 4 * 4 {
            group = group * 10 + (index < all.count ? Int16(all[index]) - 48 : 0)
            if index % 4 == 3 {
                groups.append(group)
                group = 0
            }
        }
        weight = (padding + integer.utf8.count) / 4 - 1
        scale = fraction.utf8.count
        normalize()
    }

    /// `ExactNumeric(units: 12345, scale: 2)` is 123.45.
    public init(units: Int64, scale: Int = 0) {
        let scale = min(max(0, scale), Self.fractionDigits)
        var digits = String(units.magnitude)
        if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        // Digits and a point are always read.
        self = Self((units < 0 ? "-" : "") + digits[..<point] + (scale > 0 ? "." + digits[point...] : "")) ?? Self(zeroOfScale: scale)
    }

    private init(zeroOfScale scale: Int) {
        self.scale = scale
    }

    /// How many of the unit 10⁻ˢᶜᵃˡᵉ it is: 123.45 is 12345 of scale 2. Nil when that is no whole number, or none of 64 bits.
    public func units(scale wanted: Int) -> Int64? {
        guard wanted >= 0 else { return nil }
        var digits = ""
        var behindPoint: Int?
        for character in description {
            if character == "." {
                behindPoint = 0
                continue
            }
            if let count = behindPoint {
                guard count < wanted else {
                    if character == "0" { continue }
                    return nil
                }
                behindPoint = count + 1
            }
            digits.append(character)
        }
        guard wanted - (behindPoint ?? 0) <= 19 || groups.isEmpty else { return nil }
        return groups.isEmpty ? 0 : Int64(digits + String(repeating: "0", count: wanted - (behindPoint ?? 0)))
    }

    public var description: String {
        var text = isNegative ? "-" : ""
        if weight < 0 || groups.isEmpty { text += "0" }
        for power in stride(from: weight, through: 0, by: -1) where !groups.isEmpty {
            let digits = String(group(power))
            text += power == weight ? digits : String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
        guard scale > 0 else { return text }
        text += "."
        var left = scale
        var power = -1
        while left > 0 {
            let digits = String(group(power))
            text += (String(repeating: "0", count: 4 - digits.utf8.count) + digits).prefix(left)
            left -= 4
            power -= 1
        }
        return text
    }

    private func group(_ power: Int) -> Int16 {
        let index = weight - power
        return groups.indices.contains(index) ? groups[index] : 0
    }

    private mutating func normalize() {
        while groups.last == 0 { groups.removeLast() }
        let zeros = groups.prefix { $0 == 0 }.count
        groups.removeFirst(zeros)
        weight -= zeros
        if groups.isEmpty { (isNegative, weight) = (false, 0) }
    }

    public static func == (left: ExactNumeric, right: ExactNumeric) -> Bool {
        left.isNegative == right.isNegative && left.weight == right.weight && left.groups == right.groups
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(weight)
        hasher.combine(groups)
    }

    // MARK: PostgreSQL

    public static var type: PostgresType { .numeric }

    /// The form of `numeric_send`: how many groups, the weight, the sign, the scale, the groups; 16 bits each.
    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int16(clamping: groups.count))
        bytes.append(bigEndian: Int16(clamping: weight))
        bytes.append(bigEndian: isNegative ? Self.negative : 0)
        bytes.append(bigEndian: Int16(clamping: scale))
        for group in groups { bytes.append(bigEndian: group) }
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard bytes.byteCount >= 8 else { return nil }
        func number(_ index: Int) -> Int16 { Int16(bigEndian: bytes.extracting(2 * index..<2 * index + 2)) ?? -1 }
        let (count, sign, shown) = (Int(number(0)), number(2), Int(number(3)))
        guard count >= 0, bytes.byteCount == 8 + 2 * count, sign == 0 || sign == Self.negative, (0...Self.fractionDigits).contains(shown)
        else { return nil }
        weight = Int(number(1))
        scale = shown
        isNegative = sign != 0
        for index in 0..<count {
            let group = number(4 + index)
            guard (0..<10_000).contains(group) else { return nil }
            groups.append(group)
        }
        normalize()
    }

    private static let negative: Int16 = 0x4000
}

extension ExactNumeric: PostgresElement {
    public static var arrayType: PostgresType { .numericArray }
}
