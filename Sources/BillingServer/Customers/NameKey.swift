/// A name or a landmark as it is compared: letters and digits in small letters, one space between words, without titles before it.
enum NameKey {
    static func key(of text: String) -> String {
        let words = words(of: text)
        let rest = words[firstWithoutTitle(words)...]
        // A name that is nothing but a title is a name.
        return (rest.isEmpty ? words[...] : rest).joined(separator: " ").prefixOfScalars(keyScalars)
    }

    /// What names have as their beginning that begin with `text`: the last word may go on.
    static func prefix(of text: String) -> String { key(of: text) }

    /// Above every text that begins with `prefix`, by code points.
    static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func close() {
            if !word.isEmpty { words.append(String(word)) }
            word.removeAll()
        }
        for scalar in text.lowercased().unicodeScalars {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
                .decimalNumber, .letterNumber, .otherNumber:
                word.append(scalar)
            // An apostrophe is within a word, and so are the joiners of Indian scripts.
            case .format, .modifierSymbol: continue
            default:
                if scalar != "'" && scalar != "\u{2019}" { close() }
            }
        }
        close()
        return words
    }

    private static func firstWithoutTitle(_ words: [String]) -> Int {
        // "M/s" falls into two words.
        var position = words.starts(with: ["m", "s"]) ? 2 : 0
        while position < words.count, titles.contains(words[position]) { position += 1 }
        return position
    }

    private static let titles: Set<String> = [
        "mr", "mrs", "ms", "miss", "dr", "shri", "shree", "sri", "smt", "shrimati", "kumari", "messrs", "श्री", "श्रीमती", "कुमारी", "डॉ",
    ]
    /// What the column holds; small letters may be more than the capitals were.
    private static let keyScalars = 255
}

extension String {
    fileprivate func prefixOfScalars(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
