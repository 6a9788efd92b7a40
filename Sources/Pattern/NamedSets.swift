/// Sets that a pattern calls by name: `\d`, `[:alpha:]`, `\p{Lu}`.
enum NamedSets {
    static let digit = ScalarSet([0x30...0x39])
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// Without the vertical tab, which only `[:space:]` has.
    static let space = ScalarSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let newline = ScalarSet(0x0A)

    /// `\d` and its like, ASCII only, as in RE2.
    static func perl(_ letter: Unicode.Scalar) -> ScalarSet? {
        switch letter {
        case "d": digit
        case "D": digit.inverted
        case "s": space
        case "S": space.inverted
        case "w": word
        case "W": word.inverted
        default: nil
        }
    }

    static func posix(_ name: String) -> ScalarSet? {
        let ranges: [ClosedRange<UInt32>]
        switch name {
        case "alnum": ranges = [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
        case "alpha": ranges = [0x41...0x5A, 0x61...0x7A]
        case "ascii": ranges = [0x00...0x7F]
        case "blank": ranges = [0x09...0x09, 0x20...0x20]
        case "cntrl": ranges = [0x00...0x1F, 0x7F...0x7F]
        case "digit": ranges = [0x30...0x39]
        case "graph": ranges = [0x21...0x7E]
        case "lower": ranges = [0x61...0x7A]
        case "print": ranges = [0x20...0x7E]
        case "punct": ranges = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
        case "space": ranges = [0x09...0x0D, 0x20...0x20]
        case "upper": ranges = [0x41...0x5A]
        case "word": return word
        case "xdigit": ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
        default: return nil
        }
        return ScalarSet(ranges)
    }

    /// A general category of Unicode, or one of its groups: `L`, `Lu`, `Any`. Nil for all else, scripts among it.
    static func unicode(_ name: String) -> ScalarSet? {
        if name == "Any" { return .all }
        let members = categories.filter { $0.key == name || (name.count == 1 && $0.key.hasPrefix(name)) }
        return members.isEmpty ? nil : ScalarSet(members.flatMap(\.value))
    }

    private static let categories: [String: [ClosedRange<UInt32>]] = {
        var result: [String: [ClosedRange<UInt32>]] = ["Cs": [0xD800...0xDFFF]]
        for value in 0...ScalarSet.last {
            guard let scalar = Unicode.Scalar(value), let name = abbreviation(scalar.properties.generalCategory) else { continue }
            if let last = result[name]?.last, last.upperBound + 1 == value {
                result[name]?.removeLast()
                result[name]?.append(last.lowerBound...value)
            } else {
                result[name, default: []].append(value...value)
            }
        }
        return result
    }()

    private static func abbreviation(_ category: Unicode.GeneralCategory) -> String? {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .privateUse: "Co"
        default: nil
        }
    }
}
