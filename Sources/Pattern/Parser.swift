/// Reads the syntax of RE2 (github.com/google/re2/wiki/Syntax): all of it but `\C` and the names of scripts.
struct Parser {
    let scalars: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private var depth = 0

    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    private init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    static func parse(_ pattern: String) throws(PatternError) -> Syntax {
        var parser = Parser(pattern)
        if parser.scalars.count > Limits.patternScalars {
            throw PatternError("the pattern has more than \(Limits.patternScalars) characters")
        }
        let syntax = try parser.choice()
        if parser.position < parser.scalars.count { throw PatternError("\")\" closes nothing", at: parser.position) }
        return syntax
    }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Branches up to the end of the group. Flags that are set inside hold to its end.
    private mutating func choice() throws(PatternError) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        if depth > Limits.nesting { throw PatternError("groups nest more than \(Limits.nesting) deep", at: position) }
        let outer = flags
        defer { flags = outer }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> Syntax {
        var items: [Syntax] = []
        // No stacking: `a**` is an error, as it is in RE2.
        var isRepeatable = false
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            if let (least, most) = try repetition() {
                guard isRepeatable, let item = items.popLast() else {
                    throw PatternError("there is nothing before this that could be repeated", at: start)
                }
                items.append(.repetition(item, least: least, most: most))
                isRepeatable = false
            } else {
                items += try atom()
                isRepeatable = !items.isEmpty
            }
        }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
    }

    /// `*`, `+`, `?`, `{n,m}`, each with a `?` for reluctance, which changes nothing here. Nil when something else follows.
    private mutating func repetition() throws(PatternError) -> (Int, Int?)? {
        let start = position
        let bounds: (Int, Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if let counted = count() {
            bounds = counted
        } else {
            return nil
        }
        if let most = bounds.1, most < bounds.0 { throw PatternError("the bounds are the wrong way round", at: start) }
        if max(bounds.0, bounds.1 ?? 0) > Limits.repetition {
            throw PatternError("something can be repeated at most \(Limits.repetition) times", at: start)
        }
        _ = take("?")
        return bounds
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else in braces is text.
    private mutating func count() -> (Int, Int?)? {
        let start = position
        guard take("{"), let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            position = start
            return nil
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next, ("0"..."9").contains(digit) {
            position += 1
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), Limits.repetition + 1)
        }
        return value
    }

    /// One thing that matches; several for a quotation; none for flags.
    private mutating func atom() throws(PatternError) -> [Syntax] {
        let start = position
        guard let scalar = next else { return [] }
        position += 1
        switch scalar {
        case "(": return try group(from: start)
        case "[": return [.set(try bracketed(from: start))]
        case ".": return [.set(flags.dotMatchesNewline ? .all : NamedSets.newline.inverted)]
        case "^": return [.assertion(flags.isMultiline ? .lineStart : .textStart)]
        case "$": return [.assertion(flags.isMultiline ? .lineEnd : .textEnd)]
        case "\\": return try escape(from: start)
        default: return [literal(scalar.value)]
        }
    }

    private func literal(_ value: UInt32) -> Syntax {
        .set(flags.ignoresCase ? CaseFolding.closure(of: ScalarSet(value)) : ScalarSet(value))
    }

    private mutating func escape(from start: Int) throws(PatternError) -> [Syntax] {
        switch next {
        case "A": return asserting(.textStart)
        case "z": return asserting(.textEnd)
        case "b": return asserting(.wordBoundary)
        case "B": return asserting(.noWordBoundary)
        case "C": throw PatternError("\\C, a single byte, is not supported", at: start)
        case "Q":
            position += 1
            var items: [Syntax] = []
            while position < scalars.count, !take("\\E") {
                items.append(literal(scalars[position].value))
                position += 1
            }
            return items
        default: break
        }
        if let set = try namedSet(from: start) { return [.set(set)] }
        return [literal(try escapedScalar(from: start))]
    }

    private mutating func asserting(_ assertion: Assertion) -> [Syntax] {
        position += 1
        return [.assertion(assertion)]
    }

    // MARK: Groups

    /// Nothing for `(?i)`: flags for the rest of the group around.
    private mutating func group(from start: Int) throws(PatternError) -> [Syntax] {
        let outer = flags
        if take("?") {
            if take("P<") || take("<") {
                try groupName(from: start)
            } else if try groupFlags(from: start) == ")" {
                return []
            }
        }
        let content = try choice()
        flags = outer
        guard take(")") else { throw PatternError("\"(\" is never closed", at: start) }
        return [content]
    }

    private mutating func groupName(from start: Int) throws(PatternError) {
        let first = position
        while let scalar = next, scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) { position += 1 }
        guard position > first, take(">") else { throw PatternError("the group's name is not a word between < and >", at: start) }
    }

    /// Sets flags up to the `:` or `)` that ends them, and returns it.
    private mutating func groupFlags(from start: Int) throws(PatternError) -> Unicode.Scalar {
        var isOn = true
        var isComplete = true
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesNewline = isOn
            case "U": break
            case "-" where isOn:
                isOn = false
                isComplete = false
                continue
            case ")" where isComplete, ":" where isComplete: return scalar
            default: throw PatternError("\"(?\" begins no group that RE2 knows", at: start)
            }
            isComplete = true
        }
        throw PatternError("\"(\" is never closed", at: start)
    }
}
