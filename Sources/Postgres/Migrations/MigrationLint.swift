extension Migration {
    /// What a reviewer would object to: a tenant's table without its walls, and what stops a server that is at work. Empty for a good one.
    ///
    /// - Parameter released: the migrations before it, whose tables may be large by now.
    public func objections(after released: [Migration]) -> [String] {
        let lint = MigrationLint(statements)
        let earlier = released.filter { $0.service != service || $0.number < number }
        return lint.missingWalls + lint.hazards(on: Set(earlier.flatMap { MigrationLint($0.statements).createdTables }))
    }
}

/// The checks of one migration, over the words of its statements. Pure.
struct MigrationLint {
    private let statements: [SQLScript.Statement]

    init(_ statements: [SQLScript.Statement]) {
        self.statements = statements
    }

    var createdTables: [String] {
        statements.compactMap { statement in
            guard statement.words.starts(with: ["create", "table"]) else { return nil }
            return SQLScript.Statement.name(statement.words.dropFirst(2).drop { ["if", "not", "exists"].contains($0) })?.name
        }
    }

    /// A table with a tenant needs row-level security that holds its owner, too, a policy, and a grant, or nobody can use it.
    var missingWalls: [String] {
        zip(createdTables, statements.filter { $0.words.starts(with: ["create", "table"]) }).flatMap { table, statement -> [String] in
            guard statement.words.contains("tenant_id") else { return [] }
            var objections: [String] = []
            func demand(_ isThere: Bool, _ what: String) {
                if !isThere { objections.append("Table \(table) has tenant_id, but \(what).") }
            }
            demand(has(["alter", "table", table, "enable", "row", "level", "security"]), "no ENABLE ROW LEVEL SECURITY")
            demand(has(["alter", "table", table, "force", "row", "level", "security"]), "no FORCE ROW LEVEL SECURITY")
            let policies = statements.map(\.words).filter { $0.starts(with: ["create", "policy"]) }
            demand(
                policies.contains { words in words.firstIndex(of: "on").map { words[($0 + 1)...].first == table } ?? false }, "no POLICY")
            let grants = statements.map(\.words).filter { $0.first == "grant" }
            demand(grants.contains { words in words.firstIndex(of: "on").map { words[($0 + 1)...].contains(table) } ?? false }, "no GRANT")
            return objections
        }
    }

    /// What locks a table for as long as it has rows, or fails on the first of them.
    func hazards(on tables: Set<String>) -> [String] {
        statements.flatMap { statement -> [String] in
            let words = statement.words
            var found: [String] = []
            if words.first == "create", words.contains("index"), !words.contains("concurrently"),
                let table = statement.locks?.first?.table, tables.contains(table)
            {
                found.append("An index on \(table) stops its writes: CREATE INDEX CONCURRENTLY in a -- no-transaction file does not.")
            }
            if words.starts(with: ["alter", "table"]), let table = statement.locks?.first?.table, tables.contains(table) {
                found += statement.tableActions.flatMap { Self.hazards(of: Array($0), on: table) }
            }
            if words.first == "create", words.contains("function") || words.contains("procedure"),
                Self.contains(words, ["security", "definer"]), !Self.contains(words, ["set", "search_path"])
            {
                found.append("A SECURITY DEFINER function without SET search_path runs what its caller puts in its way.")
            }
            return found
        }
    }

    private static func hazards(of action: [String], on table: String) -> [String] {
        let adds = action.first == "add"
        if adds, contains(action, ["not", "null"]), !action.contains("default"), !action.contains("generated") {
            return ["A column NOT NULL without DEFAULT cannot be added to \(table), which may have rows."]
        }
        if contains(action, ["set", "not", "null"]) {
            return ["SET NOT NULL reads all of \(table) under its lock: add CHECK (… IS NOT NULL) NOT VALID and VALIDATE it first."]
        }
        if action.first == "alter", action.contains("type") {
            return ["Another TYPE for a column may write all of \(table) anew under its lock: add a column instead."]
        }
        let isConstraint = adds && (action.contains("check") || action.contains("foreign"))
        if isConstraint, !contains(action, ["not", "valid"]) {
            return [
                "A constraint on \(table) is checked on all its rows under its lock: add it NOT VALID, and VALIDATE it in a further migration."
            ]
        }
        return []
    }

    private func has(_ beginning: [String]) -> Bool {
        statements.contains { $0.words.starts(with: beginning) }
    }

    private static func contains(_ words: [String], _ part: [String]) -> Bool {
        words.indices.contains { words[$0...].starts(with: part) }
    }
}
