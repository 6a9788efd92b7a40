extension String {
    /// The word that was probably meant: the one with the fewest edits, if they are few for its length.
    public func nearest(among words: some Sequence<String>) -> String? {
        let ranked = words.map { (distance: edits(to: $0), word: $0) }
        guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
        return best.distance <= max(2, count / 3) ? best.word : nil
    }

    /// Insertions, deletions and replacements from one to the other (Levenshtein).
    private func edits(to other: String) -> Int {
        let target = Array(other.utf8)
        var row = Array(0...target.count)
        for (line, byte) in utf8.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in target.indices {
                let replaced = diagonal + (target[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
