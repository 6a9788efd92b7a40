/// Exact arithmetic whose results are smallest units again. What does not fit is an error, never a trap: the numbers are a peer's.
extension Int64 {
    /// - Throws: `amountOutOfRange`.
    func plus(_ other: Int64) throws(BillingError) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard !overflow else { throw .amountOutOfRange }
        return sum
    }

    /// - Throws: `amountOutOfRange`.
    func minus(_ other: Int64) throws(BillingError) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard !overflow else { throw .amountOutOfRange }
        return difference
    }

    /// `self × numerator ÷ denominator`, to the nearest integer, and away from zero from a half, so that what is taken back is
    /// rounded as what was given.
    ///
    /// - Parameter denominator: above zero.
    /// - Throws: `amountOutOfRange`.
    func scaled(by numerator: Int64, over denominator: Int64) throws(BillingError) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: numerator)
        // Common amounts fit into one machine division; the wide one costs ten times as much.
        if !overflow { return product.dividedHalfUp(by: denominator) }
        guard let result = Int64(exactly: (Int128(self) * Int128(numerator)).dividedHalfUp(by: Int128(denominator))) else {
            throw .amountOutOfRange
        }
        return result
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// To the nearest integer, and away from zero from a half.
    ///
    /// - Parameter denominator: above zero.
    func dividedHalfUp(by denominator: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: denominator)
        // |remainder| ≥ denominator - |remainder| is the half, without doubling what might not fit then.
        guard remainder.magnitude >= denominator.magnitude - remainder.magnitude else { return quotient }
        return self < 0 ? quotient - 1 : quotient + 1
    }
}

extension Int64 {
    /// A sum of 128 bits as smallest units.
    ///
    /// - Throws: `amountOutOfRange`.
    init(checked sum: Int128) throws(BillingError) {
        guard let value = Int64(exactly: sum) else { throw .amountOutOfRange }
        self = value
    }
}
