/// A non-deterministic automaton over sets of code points (Thompson's construction).
struct NFA {
    enum Node {
        /// Both ways, without taking a character.
        case split(Int, Int)
        /// Takes a character of `sets[set]`.
        case take(set: Int, next: Int)
        case assert(Assertion, next: Int)
        case match
    }

    private(set) var nodes: [Node] = [.match]
    /// Each once.
    private(set) var sets: [ScalarSet] = []
    private(set) var start = 0
    private var setNumbers: [ScalarSet: Int] = [:]

    init(_ syntax: Syntax) throws(PatternError) { start = try add(syntax, before: 0) }

    /// Builds backwards: what matches `syntax` and then goes on at `next`. Returns where it begins.
    private mutating func add(_ syntax: Syntax, before next: Int) throws(PatternError) -> Int {
        switch syntax {
        case .empty: return next
        case .set(let set): return try add(.take(set: number(of: set), next: next))
        case .assertion(let assertion): return try add(.assert(assertion, next: next))
        case .sequence(let items):
            var next = next
            for item in items.reversed() { next = try add(item, before: next) }
            return next
        case .choice(let branches):
            var start = try add(branches[branches.count - 1], before: next)
            for branch in branches.dropLast().reversed() { start = try add(.split(try add(branch, before: next), start)) }
            return start
        case .repetition(let item, let least, let most): return try add(item, least, most, before: next)
        }
    }

    private mutating func add(_ item: Syntax, _ least: Int, _ most: Int?, before end: Int) throws(PatternError) -> Int {
        var next = end
        if let most {
            for _ in least..<max(least, most) { next = try add(.split(try add(item, before: next), end)) }
        } else {
            let loop = try add(.split(end, end))
            nodes[loop] = .split(try add(item, before: loop), end)
            next = loop
        }
        for _ in 0..<least { next = try add(item, before: next) }
        return next
    }

    private mutating func add(_ node: Node) throws(PatternError) -> Int {
        guard nodes.count < Limits.nodes else {
            throw PatternError("the repetitions multiply to an automaton of more than \(Limits.nodes) nodes; make their bounds smaller")
        }
        nodes.append(node)
        return nodes.count - 1
    }

    private mutating func number(of set: ScalarSet) -> Int {
        if let number = setNumbers[set] { return number }
        setNumbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }

    var assertions: Set<Assertion> {
        Set(nodes.compactMap { if case .assert(let assertion, _) = $0 { assertion } else { nil } })
    }
}
