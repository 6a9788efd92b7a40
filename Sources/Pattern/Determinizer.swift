/// Makes of an NFA a deterministic automaton that says whether a text contains a match (the subset construction).
///
/// An assertion that looks back is settled when its state is made; one that looks ahead waits in the state for the next letter.
struct Determinizer {
    private let nfa: NFA
    private let alphabet: Alphabet
    private let kinds: [Neighbour]
    private let accepts: [[Bool]]
    private var numbers: [Key: Int] = [:]
    private var keys: [Key] = []

    /// What an assertion sees on one side.
    private enum Neighbour: Hashable {
        case edge
        case newline
        case word
        case other
    }

    /// A state: nodes that take a letter or wait for one, in order, and what came before if any of them waits.
    private struct Key: Hashable {
        var nodes: [Int]
        var before: Neighbour
    }

    private init(_ nfa: NFA, _ alphabet: Alphabet) {
        self.nfa = nfa
        self.alphabet = alphabet
        kinds = alphabet.examples.map { $0 == 0x0A ? .newline : NamedSets.word.contains($0) ? .word : .other }
        accepts = nfa.sets.map { set in alphabet.examples.map(set.contains) }
    }

    static func table(of nfa: NFA) throws(PatternError) -> StateTable {
        var sets = nfa.sets
        if !nfa.assertions.isEmpty { sets += [NamedSets.newline, NamedSets.word] }
        var determinizer = Determinizer(nfa, Alphabet(sets))
        return try determinizer.run()
    }

    private mutating func run() throws(PatternError) -> StateTable {
        var table = StateTable(alphabet: alphabet)
        let start = close([nfa.start], after: .edge, before: nil)
        table.start = start.isMatch ? StateTable.matched : try number(of: start.key)
        var done = 0
        while done < keys.count {
            let key = keys[done]
            done += 1
            var row: [Int] = []
            for letter in alphabet.examples.indices { row.append(try step(key, letter)) }
            let atEnd = close(key.nodes, after: key.before, before: .edge)
            table.add(row, accepts: atEnd.isMatch)
        }
        return table
    }

    private mutating func step(_ key: Key, _ letter: Int) throws(PatternError) -> Int {
        let here = close(key.nodes, after: key.before, before: kinds[letter])
        if here.isMatch { return StateTable.matched }
        // A match may begin anywhere: the start joins every state.
        var targets = [nfa.start]
        for node in here.key.nodes {
            if case .take(let set, let next) = nfa.nodes[node], accepts[set][letter] { targets.append(next) }
        }
        let there = close(targets, after: kinds[letter], before: nil)
        return there.isMatch ? StateTable.matched : try number(of: there.key)
    }

    private mutating func number(of key: Key) throws(PatternError) -> Int {
        if let number = numbers[key] { return number }
        guard keys.count < Limits.states, keys.count * alphabet.examples.count < Limits.cells else {
            throw PatternError("the pattern needs an automaton of more than \(Limits.states) states; make its repetitions smaller")
        }
        keys.append(key)
        let number = keys.count - 1 + StateTable.firstState
        numbers[key] = number
        return number
    }

    /// All nodes that can be reached without taking a letter. With `ahead` nil, what looks ahead stays and waits.
    private func close(_ seeds: [Int], after before: Neighbour, before ahead: Neighbour?) -> (key: Key, isMatch: Bool) {
        var seen: Set<Int> = []
        var kept: [Int] = []
        var pending = seeds
        var waits = false
        while let node = pending.popLast() {
            guard seen.insert(node).inserted else { continue }
            switch nfa.nodes[node] {
            case .match: return (Key(nodes: [], before: .other), true)
            case .take: kept.append(node)
            case .split(let first, let second): pending += [first, second]
            case .assert(let assertion, let next):
                switch Self.holds(assertion, before, ahead) {
                case true?: pending.append(next)
                case false?: break
                case nil:
                    kept.append(node)
                    waits = true
                }
            }
        }
        return (Key(nodes: kept.sorted(), before: waits ? before : .other), false)
    }

    /// Nil when it depends on what comes.
    private static func holds(_ assertion: Assertion, _ before: Neighbour, _ ahead: Neighbour?) -> Bool? {
        switch assertion {
        case .textStart: before == .edge
        case .lineStart: before == .edge || before == .newline
        case .textEnd: ahead.map { $0 == .edge }
        case .lineEnd: ahead.map { $0 == .edge || $0 == .newline }
        case .wordBoundary: ahead.map { ($0 == .word) != (before == .word) }
        case .noWordBoundary: ahead.map { ($0 == .word) == (before == .word) }
        }
    }
}
