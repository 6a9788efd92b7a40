/// A piece of a phrase about time.
enum TimeToken: Hashable, Sendable {
    /// Digits, with how many there are.
    case digits(Int, count: Int)
    /// `5:30`, `17:30`, `5.30`. Exact when no half of the day needs to be guessed.
    case clock(hour: Int, minute: Int, isExact: Bool)
    /// `1.5`, in tenths.
    case tenths(Int)
    case date(CivilDate)
    /// `25/12`: the day is first, as India writes it.
    case dayAndMonth(Int, Int)
    case word(TimeWord)

    /// - Throws: `timeTextTooLong`; `timeNotUnderstood` for a word that is not known: what is left out could be the word that matters.
    static func tokens(of text: String) throws(BillingError) -> [TimeToken] {
        guard text.utf8.count <= Limits.timeTextBytes else { throw .timeTextTooLong(limit: Limits.timeTextBytes) }
        guard !hasSign(text) else { throw .timeNotUnderstood }
        var tokens: [TimeToken] = []
        let pieces = pieces(of: text)
        var index = 0
        while index < pieces.count {
            let piece = pieces[index]
            if let first = piece.utf8.first, (0x30...0x39).contains(first) {
                tokens.append(try number(piece))
                index += 1
            } else if let phrase = TimeLexicon.phrases.first(where: { pieces[index...].starts(with: $0.words) }) {
                tokens.append(.word(phrase.meaning))
                index += phrase.words.count
            } else {
                guard let word = TimeLexicon.word(piece) else { throw .timeNotUnderstood }
                tokens.append(.word(word))
                index += 1
            }
        }
        return tokens
    }

    /// A minus before a number is no separator: nothing here is below zero.
    private static func hasSign(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.dropLast().contains { index in
            ["-", "\u{2212}"].contains(scalars[index]) && classify(scalars[index + 1]).0 == .digit
                && (index == 0 || scalars[index - 1].properties.isWhitespace)
        }
    }

    /// Runs of letters in lower case, and runs of digits with what joins digits; what is between them only separates.
    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var current = String.UnicodeScalarView()
        var kind = Kind.other
        func end() {
            while let last = current.last, kind == .digit, ":/.-".unicodeScalars.contains(last) { current.removeLast() }
            if !current.isEmpty { pieces.append(String(current)) }
            current = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            let (next, plain) = classify(scalar)
            if kind == .digit, ":/.-".unicodeScalars.contains(scalar) {
                current.append(scalar)
                continue
            }
            if next != kind { end() }
            kind = next
            if next != .other { current.append(plain) }
        }
        end()
        return pieces
    }

    private enum Kind { case digit, letter, other }

    /// Devanagari's digits are read as the same digits; its vowel signs are no letters for Unicode and belong to the word all the same.
    private static func classify(_ scalar: Unicode.Scalar) -> (Kind, Unicode.Scalar) {
        switch scalar.value {
        case 0x30...0x39: (.digit, scalar)
        case 0x966...0x96F: (.digit, Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value - 0x966 + 0x30)))
        case 0x41...0x5A: (.letter, Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value | 0x20)))
        case 0x61...0x7A, 0x900...0x963, 0x971...0x97F: (.letter, scalar)
        // Other scripts have words, too: ones that are not known.
        default: (scalar.properties.isAlphabetic ? .letter : .other, scalar)
        }
    }

    private static func number(_ text: String) throws(BillingError) -> TimeToken {
        let parts = text.split(omittingEmptySubsequences: false) { ":/.-".contains($0) }
        let joints = text.filter { ":/.-".contains($0) }
        var numbers: [Int] = []
        for part in parts {
            guard part.utf8.count <= 4, let number = Int(part) else { throw .timeNotUnderstood }
            numbers.append(number)
        }
        switch (joints, parts.map(\.utf8.count)) {
        case ("", _):
            return .digits(numbers[0], count: parts[0].utf8.count)
        case (":", [1, 2]), (":", [2, 2]), (".", [1, 2]), (".", [2, 2]):
            guard numbers[0] < 24, numbers[1] < 60 else { throw .timeNotUnderstood }
            return .clock(hour: numbers[0], minute: numbers[1], isExact: numbers[0] > 12 || text.first == "0")
        case (".", [1, 1]), (".", [2, 1]):
            return .tenths(numbers[0] * 10 + numbers[1])
        case ("--", [4, 2, 2]):
            guard let date = CivilDate(text) else { throw .timeNotUnderstood }
            return .date(date)
        case ("//", let counts), ("--", let counts), ("..", let counts):
            guard counts[2] == 4, let date = CivilDate(year: numbers[2], month: numbers[1], day: numbers[0]) else {
                throw .timeNotUnderstood
            }
            return .date(date)
        case ("/", _):
            return .dayAndMonth(numbers[0], numbers[1])
        default:
            throw .timeNotUnderstood
        }
    }
}
