/// A deterministic automaton: for each state and letter the next state.
struct StateTable {
    /// Nothing that follows can make it a match.
    static let dead = 0
    /// Nothing that follows can undo the match.
    static let matched = 1
    static let firstState = 2

    let alphabet: Alphabet
    var start = Self.dead
    /// Rows of `alphabet.examples.count` cells; the two fixed states come first.
    private(set) var rows: [[Int]]
    /// Whether the text may end there.
    private(set) var accepts = [false, true]

    init(alphabet: Alphabet) {
        self.alphabet = alphabet
        rows = [Self.dead, Self.matched].map { [Int](repeating: $0, count: alphabet.examples.count) }
    }

    mutating func add(_ row: [Int], accepts: Bool) {
        rows.append(row)
        self.accepts.append(accepts)
    }

    /// The least automaton that does the same (Moore's partition refinement).
    var minimized: StateTable {
        var blocks = accepts.map { $0 ? 1 : 0 }
        var count = 2
        while true {
            var numbers: [[Int]: Int] = [:]
            // The fixed states are the first two, so that their blocks keep their numbers.
            let refined = rows.indices.map { state in
                let signature = [blocks[state]] + rows[state].map { blocks[$0] }
                let number = numbers[signature] ?? numbers.count
                numbers[signature] = number
                return number
            }
            blocks = refined
            if numbers.count == count { break }
            count = numbers.count
        }
        var result = StateTable(alphabet: alphabet)
        result.start = blocks[start]
        var next = Self.firstState
        for (state, block) in blocks.enumerated() where block == next {
            result.add(rows[state].map { blocks[$0] }, accepts: accepts[state])
            next += 1
        }
        return result
    }
}
