/// What a mistyped word was probably meant to be.
enum Spelling {
    /// `; did you mean "x"?`, or nothing when no candidate is near.
    static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        guard let best = nearest(to: word, among: candidates) else { return "" }
        return "; did you mean \"\(best)\"?"
    }

    /// The candidate with the fewest edits, at most a third of the word's length; ties go to the alphabetically first.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let target = Array(word.utf8)
        let allowed = target.count / 3
        var best: (distance: Int, name: String)?
        for candidate in candidates where candidate != word {
            let letters = Array(candidate.utf8)
            guard abs(letters.count - target.count) <= allowed else { continue }
            let distance = lowercased(letters) == lowercased(target) ? 0 : edits(letters, target)
            guard distance <= allowed else { continue }
            if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
        }
        return best?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var cost = min(last[column] + (left[row] == right[column] ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    private static func lowercased(_ letters: [UInt8]) -> [UInt8] {
        letters.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
