/// A fraction, exactly: what the rules' integer arithmetic is compared with. Small on purpose, and nothing of the rules' own.
struct Rational: Equatable, Comparable {
    let numerator: Int128
    /// Above zero, and without a factor that the numerator has, too.
    let denominator: Int128

    init(_ numerator: Int128, over denominator: Int128 = 1) {
        let sign: Int128 = denominator < 0 ? -1 : 1
        let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        self.numerator = sign * numerator / Int128(divisor)
        self.denominator = sign * denominator / Int128(divisor)
    }

    init(_ integer: Int64) { self.init(Int128(integer)) }

    static func * (left: Rational, right: Rational) -> Rational {
        // Each is divided by what the other has below it first, so that the products stay small.
        let one = Rational(left.numerator, over: right.denominator)
        let other = Rational(right.numerator, over: left.denominator)
        return Rational(one.numerator * other.numerator, over: one.denominator * other.denominator)
    }

    static func + (left: Rational, right: Rational) -> Rational {
        Rational(left.numerator * right.denominator + right.numerator * left.denominator, over: left.denominator * right.denominator)
    }

    static func - (left: Rational, right: Rational) -> Rational { left + Rational(-right.numerator, over: right.denominator) }

    static func < (left: Rational, right: Rational) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    /// The largest integer that is not above it.
    var floor: Int128 {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// To the nearest integer, and away from zero from a half.
    var rounded: Int128 {
        let half = Rational(1, over: 2)
        return self < Rational(0) ? -(Rational(-numerator, over: denominator) + half).floor : (self + half).floor
    }

    private static func greatestCommonDivisor(_ one: UInt128, _ other: UInt128) -> UInt128 {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return max(one, 1)
    }
}
