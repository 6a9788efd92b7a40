/// Letters that `(?i)` takes for one another: Unicode's simple case folding, as RE2 has it.
enum CaseFolding {
    /// The set and all that its members fold together with.
    static func closure(of set: ScalarSet) -> ScalarSet {
        guard let last = set.ranges.last?.upperBound else { return set }
        var added: [ClosedRange<UInt32>] = []
        for group in last < 0x80 ? asciiOrbits : orbits where group.contains(where: set.contains) {
            added += group.map { $0...$0 }
        }
        return ScalarSet(set.ranges + added)
    }

    /// The Kelvin sign and the long s fold to ASCII letters, too.
    private static let asciiOrbits: [[UInt32]] = (UInt32(0x61)...0x7A).map { letter in
        let others: [UInt32] = letter == 0x6B ? [0x212A] : letter == 0x73 ? [0x17F] : []
        return [letter - 32, letter] + others
    }

    private static let orbits: [[UInt32]] = {
        var groups: [UInt32: [UInt32]] = [:]
        for value in 0...ScalarSet.last {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            guard properties.changesWhenCaseFolded || properties.changesWhenCaseMapped else { continue }
            groups[folded(scalar), default: []].append(value)
        }
        return groups.values.filter { $0.count > 1 }
    }()

    /// Upper case and then lower case brings all forms of a letter together, final sigma and titlecase among them. The Turkish i
    /// without a dot is the exception: its capital is I, and it folds to nothing.
    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        if scalar.value == 0x131 { return scalar.value }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return (single(upper.properties.lowercaseMapping) ?? upper).value
    }

    private static func single(_ text: String) -> Unicode.Scalar? {
        text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
    }
}
