/// What a pattern says, after parsing. Groups and greed are gone: they say what is captured, not whether something matches.
indirect enum Syntax {
    case empty
    case set(ScalarSet)
    case sequence([Syntax])
    case choice([Syntax])
    /// `most` is nil for no bound.
    case repetition(Syntax, least: Int, most: Int?)
    case assertion(Assertion)
}

/// Matches a place between two characters.
enum Assertion: Hashable {
    case textStart
    case textEnd
    case lineStart
    case lineEnd
    case wordBoundary
    case noWordBoundary
}
