/// Brackets, named sets and escaped characters.
extension Parser {
    /// What stands between `[` and `]`.
    mutating func bracketed(from start: Int) throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var set = ScalarSet()
        var isFirst = true
        while isFirst || next != "]" {
            guard let scalar = next else { throw PatternError("\"[\" is never closed", at: start) }
            let place = position
            if scalar == "[", let named = try posixSet() {
                set = set.union(named)
            } else if let named = try bracketedEscape() {
                set = set.union(named)
            } else {
                set = set.union(folding(ScalarSet([try range(from: place)])))
            }
            isFirst = false
        }
        position += 1
        return isInverted ? set.inverted : set
    }

    private func folding(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? CaseFolding.closure(of: set) : set }

    private mutating func range(from start: Int) throws(PatternError) -> ClosedRange<UInt32> {
        let low = try bracketedScalar(from: start)
        // A hyphen before the closing bracket stands for itself.
        guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { return low...low }
        position += 1
        let high = try bracketedScalar(from: position)
        guard low <= high else { throw PatternError("the ends of the range are the wrong way round", at: start) }
        return low...high
    }

    private mutating func bracketedScalar(from start: Int) throws(PatternError) -> UInt32 {
        guard let scalar = next else { throw PatternError("\"[\" is never closed", at: start) }
        position += 1
        return scalar == "\\" ? try escapedScalar(from: start) : scalar.value
    }

    private mutating func bracketedEscape() throws(PatternError) -> ScalarSet? {
        guard next == "\\" else { return nil }
        let start = position
        position += 1
        if let set = try namedSet(from: start) { return set }
        position = start
        return nil
    }

    /// `[:alpha:]`; nil for a bracket that begins none.
    private mutating func posixSet() throws(PatternError) -> ScalarSet? {
        let start = position
        guard take("[:") else { return nil }
        var name = ""
        while let scalar = next, scalar != ":", scalar != "]" {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(":]") else {
            position = start
            return nil
        }
        let isInverted = name.hasPrefix("^")
        guard let set = NamedSets.posix(String(name.drop { $0 == "^" })) else {
            throw PatternError("there is no set called [:\(name):]", at: start)
        }
        let folded = folding(set)
        return isInverted ? folded.inverted : folded
    }

    /// `\d`, `\p{Lu}`, `\PN` and their like, behind the backslash; nil when something else is escaped.
    mutating func namedSet(from start: Int) throws(PatternError) -> ScalarSet? {
        guard let letter = next else { return nil }
        if let set = NamedSets.perl(letter) {
            position += 1
            guard flags.ignoresCase else { return set }
            let isInverted = letter.properties.isUppercase
            let folded = folding(isInverted ? set.inverted : set)
            return isInverted ? folded.inverted : folded
        }
        guard letter == "p" || letter == "P" else { return nil }
        position += 1
        var name = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw PatternError("\"\\\(letter){\" is never closed", at: start) }
        } else if let scalar = next {
            position += 1
            name = String(scalar)
        }
        let isInverted = (letter == "P") != name.hasPrefix("^")
        guard let set = NamedSets.unicode(String(name.drop { $0 == "^" })) else {
            throw PatternError(
                "\\\(letter){\(name)} names no general category of Unicode, such as L or Nd; names of scripts are not supported", at: start)
        }
        let folded = folding(set)
        return isInverted ? folded.inverted : folded
    }

    /// The character that an escape stands for, behind the backslash.
    mutating func escapedScalar(from start: Int) throws(PatternError) -> UInt32 {
        guard let scalar = next else { throw PatternError("nothing follows the backslash", at: start) }
        position += 1
        switch scalar {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "x": return try hexadecimal(from: start)
        case "1"..."7":
            guard let second = next, ("0"..."7").contains(second) else {
                throw PatternError("\\\(scalar) refers back to a group, which takes more than linear time and is not supported", at: start)
            }
            return octal(from: scalar)
        case "0": return octal(from: scalar)
        default:
            let isWord = NamedSets.word.contains(scalar.value) && scalar != "_"
            guard scalar.isASCII, !isWord else {
                throw PatternError("\"\\\(scalar)\" is no escape that RE2 knows", at: start)
            }
            return scalar.value
        }
    }

    private mutating func octal(from first: Unicode.Scalar) -> UInt32 {
        var value = first.value - 0x30
        for _ in 0..<2 {
            guard let digit = next, ("0"..."7").contains(digit) else { break }
            value = value * 8 + (digit.value - 0x30)
            position += 1
        }
        return value
    }

    private mutating func hexadecimal(from start: Int) throws(PatternError) -> UInt32 {
        let isBraced = take("{")
        var value: UInt32 = 0
        var digits = 0
        while let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII, isBraced || digits < 2 {
            value = min(value * 16 + UInt32(digit), ScalarSet.last + 1)
            digits += 1
            position += 1
        }
        guard digits > 0, isBraced ? take("}") : digits == 2, value <= ScalarSet.last else {
            throw PatternError("\\x takes two hexadecimal digits, or a code point in braces", at: start)
        }
        return value
    }
}
