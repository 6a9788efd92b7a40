/// A product's name as searches compare it: in small letters, with single spaces, and its different words.
struct ProductName: Hashable, Sendable {
    let folded: String
    /// Runs of letters and digits, each once.
    let words: [String]

    init(_ text: String) {
        folded = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var known: Set<Substring> = []
        words = folded.split { !$0.isLetter && !$0.isNumber }.filter { known.insert($0).inserted }.map(String.init)
    }

    /// There is something in it that can be found again.
    var isBlank: Bool { folded.isEmpty }
}
