/// How far an amount is from those before it.
enum Anomaly: Int, Comparable, CaseIterable, Sendable {
    case low = 2
    case medium = 3
    case high = 4

    /// By the z-score, (amount - mean) ÷ standard deviation: above 2 it is low, above 3 medium, above 4 high. All in whole numbers: with n
    /// amounts of sum S and sum of squares Q, z² is (n·amount - S)² ÷ (n·Q - S²), and is compared without a division or a root.
    ///
    /// - Parameter earlier: the newest twelve count. With fewer than three nobody can say what is usual.
    /// - Returns: nil when it is usual. Where all were the same, any other amount is far from them.
    static func of(_ amount: Int64, after earlier: [Int64]) -> Anomaly? {
        let counted = earlier.prefix(comparedAtMost)
        guard counted.count >= comparedAtLeast else { return nil }
        // The squares of sums of twelve fit into 128 bits up to 2^57, a thousand billion rupees. What is larger is compared in coarser units.
        let largest = counted.map(\.magnitude).max() ?? 0
        let shift = max(0, exactBits - max(largest, amount.magnitude).leadingZeroBitCount)
        let count = Int128(counted.count)
        let (sum, squares) = counted.reduce((Int128(0), Int128(0))) { sums, value in
            let value = Int128(value >> shift)
            return (sums.0 + value, sums.1 + value * value)
        }
        let distance = count * Int128(amount >> shift) - sum
        let spread = count * squares - sum * sum
        guard spread > 0 else { return distance == 0 ? nil : .high }
        return allCases.last { distance * distance > Int128($0.rawValue * $0.rawValue) * spread }
    }

    /// To the nearest unit.
    static func mean(of earlier: [Int64]) -> Int64 {
        let counted = earlier.prefix(comparedAtMost)
        guard !counted.isEmpty else { return 0 }
        let sum = counted.reduce(Int128(0)) { $0 + Int128($1) }
        return Int64(truncatingIfNeeded: sum.dividedHalfUp(by: Int128(counted.count)))
    }

    static let comparedAtMost = 12
    static let comparedAtLeast = 3

    /// Of 64 bits so many lead an amount below 2^57.
    private static let exactBits = 7

    static func < (left: Anomaly, right: Anomaly) -> Bool { left.rawValue < right.rawValue }
}
