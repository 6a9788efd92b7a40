/// PostgreSQL's table locks (table 13.2 of its manual), weakest first: who waits for whom.
public enum LockMode: Int, Sendable, Hashable, Comparable, CaseIterable {
    case accessShare
    case rowShare
    case rowExclusive
    case shareUpdateExclusive
    case share
    case shareRowExclusive
    case exclusive
    case accessExclusive

    public static func < (left: LockMode, right: LockMode) -> Bool { left.rawValue < right.rawValue }

    /// As LOCK TABLE and the manual write it.
    public var sqlName: String {
        switch self {
        case .accessShare: "ACCESS SHARE"
        case .rowShare: "ROW SHARE"
        case .rowExclusive: "ROW EXCLUSIVE"
        case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
        case .share: "SHARE"
        case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
        case .exclusive: "EXCLUSIVE"
        case .accessExclusive: "ACCESS EXCLUSIVE"
        }
    }

    /// What a server that is at work notices of it.
    public var effect: String {
        switch self {
        case .accessShare, .rowShare, .rowExclusive: "stops nobody"
        case .shareUpdateExclusive: "stops VACUUM and other migrations"
        case .share, .shareRowExclusive, .exclusive: "stops writes"
        case .accessExclusive: "stops reads and writes"
        }
    }
}

/// A lock that a statement takes on a table that is there before it.
public struct TableLock: Sendable, Hashable {
    public var table: String
    public var mode: LockMode
}

extension SQLScript.Statement {
    /// The strongest lock that it takes on each table it names, worked out from its words; nil when they do not tell. A table that it
    /// creates is not among them, and what functions and triggers do neither.
    var locks: [TableLock]? {
        var rest = words[...]
        switch rest.popFirst() {
        case "create": return locksOfCreate(&rest)
        case "alter": return locksOfAlter(&rest)
        case "drop": return locksOfDrop(&rest)
        case "comment": return rest.starts(with: ["on", "table"]) ? lock(rest.dropFirst(2), .shareUpdateExclusive) : nil
        case "grant", "revoke", "set", "reset": return []
        case "truncate": return lock(rest.first == "table" ? rest.dropFirst() : rest, .accessExclusive)
        case "insert": return rest.popFirst() == "into" ? lock(rest, .rowExclusive) : nil
        case "update": return lock(rest.first == "only" ? rest.dropFirst() : rest, .rowExclusive)
        case "delete": return rest.popFirst() == "from" ? lock(rest.first == "only" ? rest.dropFirst() : rest, .rowExclusive) : nil
        case "analyze", "vacuum": return rest.isEmpty || rest.first == "(" || rest.first == "full" ? nil : lock(rest, .shareUpdateExclusive)
        default: return nil
        }
    }

    private func locksOfCreate(_ rest: inout ArraySlice<String>) -> [TableLock]? {
        if rest.starts(with: ["or", "replace"]) { rest = rest.dropFirst(2) }
        if rest.first == "unique" { rest = rest.dropFirst() }
        switch rest.popFirst() {
        case "table":
            // One that is made of a query, of a type or of another table locks what the words do not show.
            guard let (_, behind) = Self.name(skippingWords(["if", "not", "exists"], in: rest)), Self.isOneParenthesis(behind) else {
                return nil
            }
            return references(.shareRowExclusive)
        case "index":
            let mode: LockMode = rest.first == "concurrently" ? .shareUpdateExclusive : .share
            guard var table = behind("on", in: rest) else { return nil }
            if table.first == "only" { table = table.dropFirst() }
            return lock(table, mode)
        case "trigger": return behind("on", in: rest).flatMap { lock($0, .shareRowExclusive) }
        case "policy": return behind("on", in: rest).flatMap { lock($0, .accessExclusive) }
        case "function", "procedure", "type", "domain", "schema", "sequence", "extension", "role": return []
        default: return nil
        }
    }

    private func locksOfAlter(_ rest: inout ArraySlice<String>) -> [TableLock]? {
        switch rest.popFirst() {
        case "policy": return behind("on", in: rest).flatMap { lock($0, .accessExclusive) }
        case "function", "procedure", "type", "role": return []
        case "table":
            guard let table = Self.name(skippingWords(["if", "exists", "only"], in: rest)) else { return nil }
            let modes = actions(behind: table.rest).map { Self.mode(ofTableAction: $0) }
            guard let strongest = modes.max() else { return nil }
            return [TableLock(table: table.name, mode: strongest)] + (references(.shareRowExclusive) ?? [])
        default: return nil
        }
    }

    private func locksOfDrop(_ rest: inout ArraySlice<String>) -> [TableLock]? {
        switch rest.popFirst() {
        case "table": return lock(skippingWords(["if", "exists"], in: rest), .accessExclusive)
        case "policy", "trigger": return behind("on", in: rest).flatMap { lock($0, .accessExclusive) }
        case "function", "procedure", "type": return words.contains("cascade") ? nil : []
        // Of an index the words do not say whose it is.
        default: return nil
        }
    }

    /// ALTER TABLE's own page lists what needs less than everything.
    private static func mode(ofTableAction action: ArraySlice<String>) -> LockMode {
        if action.starts(with: ["validate", "constraint"]) { return .shareUpdateExclusive }
        if action.starts(with: ["set", "("]) || action.starts(with: ["reset", "("]) { return .shareUpdateExclusive }
        if action.starts(with: ["alter"]), action.contains("statistics") { return .shareUpdateExclusive }
        if action.starts(with: ["enable", "trigger"]) || action.starts(with: ["disable", "trigger"]) { return .shareRowExclusive }
        if action.starts(with: ["add"]), action.contains("foreign") { return .shareRowExclusive }
        return .accessExclusive
    }

    /// What an ALTER TABLE does, action by action; empty for any other statement.
    var tableActions: [ArraySlice<String>] {
        guard words.starts(with: ["alter", "table"]) else { return [] }
        let table = Self.name(skippingWords(["if", "exists", "only"], in: words.dropFirst(2)))
        return table.map { actions(behind: $0.rest) } ?? []
    }

    /// Parts that commas outside of parentheses separate.
    private func actions(behind rest: ArraySlice<String>) -> [ArraySlice<String>] {
        var depth = 0
        return rest.split { word in
            if word == "(" { depth += 1 }
            if word == ")" { depth -= 1 }
            return word == "," && depth == 0
        }
    }

    /// The tables that foreign keys point at.
    private func references(_ mode: LockMode) -> [TableLock]? {
        var locks: [TableLock] = []
        for position in words.indices where words[position] == "references" {
            guard let name = Self.name(words[(position + 1)...])?.name else { return nil }
            let lock = TableLock(table: name, mode: mode)
            if !locks.contains(lock) { locks.append(lock) }
        }
        return locks
    }

    private static func isOneParenthesis(_ words: ArraySlice<String>) -> Bool {
        guard words.first == "(" else { return false }
        var depth = 0
        for (position, word) in zip(words.indices, words) {
            if word == "(" { depth += 1 }
            if word == ")" { depth -= 1 }
            if depth == 0 { return position == words.endIndex - 1 }
        }
        return false
    }

    private func lock(_ rest: ArraySlice<String>, _ mode: LockMode) -> [TableLock]? {
        guard let (name, rest) = Self.name(rest), rest.first != "," else { return nil }
        return [TableLock(table: name, mode: mode)]
    }

    private func behind(_ word: String, in rest: ArraySlice<String>) -> ArraySlice<String>? {
        rest.firstIndex(of: word).map { rest[($0 + 1)...] }
    }

    private func skippingWords(_ skipped: Set<String>, in rest: ArraySlice<String>) -> ArraySlice<String> {
        rest.drop { skipped.contains($0) }
    }

    /// A table's name, without the schema that everything here is in.
    static func name(_ rest: ArraySlice<String>) -> (name: String, rest: ArraySlice<String>)? {
        var rest = rest
        guard var name = rest.popFirst() else { return nil }
        if rest.first == "." {
            rest = rest.dropFirst()
            let schema = name
            guard let inner = rest.popFirst() else { return nil }
            name = schema == "public" ? inner : "\(schema).\(inner)"
        }
        return (name, rest)
    }
}
