/// Bounds of what a pattern may become. All of them are met when the pattern is compiled, never when it is matched.
enum Limits {
    /// What a person writes into a rule; more is a program in the wrong language.
    static let patternScalars = 4_096
    /// Groups in groups: bounds the parser's recursion.
    static let nesting = 200
    /// RE2's own bound for `{n,m}`.
    static let repetition = 1_000
    /// Nodes of the non-deterministic automaton: `((a{100}){100}){100}` ends here instead of eating the machine.
    static let nodes = 50_000
    /// A state is a `UInt16`, and a table of this many is more than any rule that somebody can read needs.
    static let states = 4_000
    /// Cells of the transition table, two bytes each in memory.
    static let cells = 400_000
}
