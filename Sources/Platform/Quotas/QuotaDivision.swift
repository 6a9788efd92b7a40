/// How the units of a quota's burst are divided among processes. Pure: each process computes the same from the same rows.
enum QuotaDivision {
    /// What each process should have, by how much its callers ask for: nobody less than a sixteenth of an equal share, so that who begins to ask
    /// is not refused, as far as whole units go that far. When nobody asks all are equal, and what cannot be is nobody's.
    ///
    /// - Parameter wanted: units a second; what is no number counts as none.
    static func units(of burst: UInt64, wanted: [Double]) -> [UInt64] {
        let count = UInt64(wanted.count)
        guard count > 0 else { return [] }
        let weights = wanted.map { $0.isFinite && $0 > 0 ? min($0, 1e15) : 0 }
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return wanted.map { _ in burst / count } }
        let least = burst / (16 * count)
        var rest = burst - least * count
        let divided = rest
        var parts: [UInt64] = []
        var fractions: [(index: Int, fraction: Double)] = []
        for (index, weight) in weights.enumerated() {
            let exact = Double(divided) * (weight / sum)
            let whole = min(UInt64(exact.rounded(.down)), rest)
            rest -= whole
            parts.append(least + whole)
            if weight > 0 { fractions.append((index, exact - exact.rounded(.down))) }
        }
        // What rounding left goes to those who lost most by it, the first of equals first.
        fractions.sort { ($1.fraction, $0.index) < ($0.fraction, $1.index) }
        var next = 0
        while rest > 0, !fractions.isEmpty {
            parts[fractions[next % fractions.count].index] += 1
            rest -= 1
            next += 1
        }
        return parts
    }
}

/// Units of a burst, and how long it takes until all is earned that was taken of them, in nanoseconds.
struct QuotaHolding: Hashable, Sendable {
    var units: UInt64
    var debt: UInt64

    /// Takes units of another holding, and their part of its debt. Nothing is earned by moving: what all of them owe stays the same, or
    /// grows by the rounding.
    mutating func take(_ count: UInt64, from other: inout QuotaHolding) {
        let count = min(count, other.units)
        guard count > 0 else { return }
        let (sum, overflow) = units.addingReportingOverflow(count)
        guard !overflow else { return }
        let owed = UInt128(units) * UInt128(debt) + UInt128(count) * UInt128(other.debt)
        other.units -= count
        units = sum
        debt = UInt64(clamping: (owed + UInt128(sum) - 1) / UInt128(sum))
    }

    /// The same towards a number of units: gives what is too many, takes what there is of the missing ones.
    mutating func move(to target: UInt64, with free: inout QuotaHolding) {
        if units > target {
            free.take(units - target, from: &self)
        } else {
            take(target - units, from: &free)
        }
    }
}
