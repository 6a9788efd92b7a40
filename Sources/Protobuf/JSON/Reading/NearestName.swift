/// Finds the name that a mistyped one was meant to be.
package enum NearestName {
    /// The candidate that is the name with a prefix, as enum values have, or the one with the fewest edits, if they are at most a
    /// third of the name's length. Ties go to the first.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(longest))
        var best: (name: String, edits: Int)?
        for candidate in candidates {
            if candidate.hasSuffix("_\(name)") {
                return candidate
            }
            let limit = best.map { $0.edits - 1 } ?? max(1, wanted.count / 3)
            let edits = distance(wanted, Array(candidate.lowercased().unicodeScalars.prefix(longest)), atMost: limit)
            if edits <= limit {
                best = (candidate, edits)
            }
        }
        return best?.name
    }

    /// Names are compared up to here, so that a long unknown key costs no more than a short one.
    private static let longest = 64

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); some number above `limit` if they are more.
    package static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], atMost limit: Int) -> Int {
        var older = Array(0...second.count)
        var previous = older
        var current = older
        for (row, scalar) in first.enumerated() {
            current[0] = row + 1
            var fewest = row + 1
            for (column, other) in second.enumerated() {
                var edits = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (scalar == other ? 0 : 1))
                if row > 0, column > 0, scalar == second[column - 1], first[row - 1] == other {
                    edits = min(edits, older[column - 1] + 1)
                }
                current[column + 1] = edits
                fewest = min(fewest, edits)
            }
            // A swap may still build upon the row before this one.
            if fewest > limit + 1 { return fewest }
            (older, previous, current) = (previous, current, older)
        }
        return previous[second.count]
    }
}
