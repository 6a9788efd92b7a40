internal import Protobuf

/// What a mistyped word was probably meant to be.
enum Spelling {
    /// `; did you mean "x"?`, or nothing when no candidate is near.
    static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        guard let best = nearest(to: word, among: candidates) else { return "" }
        return "; did you mean \"\(best)\"?"
    }

    /// The candidate with the fewest edits, at most a third of the word's length; ties go to the alphabetically first.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let target = Array(word.unicodeScalars)
        let lowercased = word.lowercased()
        let allowed = target.count / 3
        var best: (distance: Int, name: String)?
        for candidate in candidates where candidate != word {
            let letters = Array(candidate.unicodeScalars)
            guard abs(letters.count - target.count) <= allowed else { continue }
            let isSame = candidate.lowercased() == lowercased
            guard isSame || allowed > 0 else { continue }
            let distance = isSame ? 0 : NearestName.distance(letters, target, atMost: allowed)
            guard distance <= allowed else { continue }
            if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true { best = (distance, candidate) }
        }
        return best?.name
    }
}
