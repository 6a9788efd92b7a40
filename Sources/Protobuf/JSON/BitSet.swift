/// A set of numbers below a count, which needs no memory while they are under 64.
struct BitSet {
    private var word: UInt64 = 0
    private var others: [UInt64]

    init(count: Int) {
        others = count > 64 ? [UInt64](repeating: 0, count: (count - 1) / 64) : []
    }

    /// False if the number is already in it.
    @inline(__always)
    mutating func insert(_ number: Int) -> Bool {
        let bit = UInt64(1) &<< UInt64(truncatingIfNeeded: number)
        if number < 64 {
            defer { word |= bit }
            return word & bit == 0
        }
        return insert(bit, into: number / 64 &- 1)
    }

    @inline(never)
    private mutating func insert(_ bit: UInt64, into index: Int) -> Bool {
        defer { others[index] |= bit }
        return others[index] & bit == 0
    }
}
