extension String {
    /// The word that was probably meant: the one with the fewest edits, if they are few for its length.
    public func nearest(among words: some Sequence<String>) -> String? {
        let ranked = words.map { (distance: edits(to: $0), word: $0) }
        guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
        return best.distance <= max(2, count / 3) ? best.word : nil
    }

    /// Insertions, deletions, replacements and swaps of neighbours from one to the other (optimal string alignment).
    private func edits(to other: String) -> Int {
        let (source, target) = (Array(utf8), Array(other.utf8))
        var beforeLast: [Int] = []
        var last = Array(0...target.count)
        for line in source.indices {
            var row = [line + 1]
            for column in target.indices {
                let replaced = last[column] + (target[column] == source[line] ? 0 : 1)
                var least = Swift.min(replaced, row[column] + 1, last[column + 1] + 1)
                if line > 0, column > 0, source[line] == target[column - 1], source[line - 1] == target[column] {
                    least = Swift.min(least, beforeLast[column - 1] + 1)
                }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[target.count]
    }
}
