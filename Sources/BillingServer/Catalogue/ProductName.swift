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

/// A SKU or a barcode as a line of an invoice may name it: with single spaces, ASCII's capitals are small letters, all else is as it stands.
enum ProductCode {
    /// What the database makes of a code by lower(), whose column knows ASCII only.
    static func folded(_ text: String) -> String {
        let single = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(
            String.UnicodeScalarView(
                single.unicodeScalars.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8(truncatingIfNeeded: $0.value) | 0x20) : $0 }))
    }
}
