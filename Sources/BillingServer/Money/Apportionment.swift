/// A whole divided in proportion to weights, so that the parts are integers and their sum is the whole, by largest remainder: each gets
/// the integer below its exact share, and what is left goes one by one to the largest fractions; of equal ones, to the first.
enum Apportionment {
    /// When the whole is no more than the weights' sum, no part is more than its weight: a discount never exceeds its line.
    ///
    /// - Parameters:
    ///   - whole: not below zero.
    ///   - weights: none below zero, at most 2^32 of them.
    /// - Throws: `discountExceedsValue` when there is something to divide and all weights are zero; `amountNotPositive` for a negative
    ///   whole or weight.
    static func divide(_ whole: Int64, by weights: [Int64]) throws(BillingError) -> [Int64] {
        guard whole >= 0 else { throw .amountNotPositive }
        var sum: Int128 = 0
        for weight in weights {
            guard weight >= 0 else { throw .amountNotPositive }
            sum += Int128(weight)
        }
        guard whole > 0 else { return Array(repeating: 0, count: weights.count) }
        guard sum > 0 else { throw .discountExceedsValue }

        var parts: [Int64] = []
        parts.reserveCapacity(weights.count)
        var fractions: [(remainder: Int128, index: Int)] = []
        fractions.reserveCapacity(weights.count)
        var left = whole
        for (index, weight) in weights.enumerated() {
            let (part, remainder) = share(of: whole, weight: weight, sum: sum)
            parts.append(part)
            left -= part
            if remainder > 0 { fractions.append((remainder, index)) }
        }
        // Fewer are left than there are fractions: each fraction is below one and they add up to what is left.
        if left > 0 {
            fractions.sort { $0.remainder != $1.remainder ? $0.remainder > $1.remainder : $0.index < $1.index }
            for fraction in fractions.prefix(Int(left)) { parts[fraction.index] += 1 }
        }
        return parts
    }

    /// The integer part of `whole × weight ÷ sum`, which is no more than the whole, and the rest of the division.
    private static func share(of whole: Int64, weight: Int64, sum: Int128) -> (part: Int64, remainder: Int128) {
        let (product, overflow) = whole.multipliedReportingOverflow(by: weight)
        if !overflow, let narrow = Int64(exactly: sum) {
            let (part, remainder) = product.quotientAndRemainder(dividingBy: narrow)
            return (part, Int128(remainder))
        }
        let (part, remainder) = (Int128(whole) * Int128(weight)).quotientAndRemainder(dividingBy: sum)
        return (Int64(truncatingIfNeeded: part), remainder)
    }
}
