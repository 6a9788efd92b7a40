/// What a migration will do to a database that is at work: its statements, the locks they take, how large the tables are.
public struct MigrationForecast: Sendable {
    public struct Step: Sendable, Hashable {
        public let sql: String
        /// The locks on tables that are there already, worked out from the statement; nil when it does not tell.
        public let locks: [TableLock]?
    }

    public struct Size: Sendable, Hashable, RowDecodable {
        /// With its indexes.
        public var bytes: Int64
        /// As PostgreSQL estimates them.
        public var rows: Int64

        public init(row: Row) throws(PostgresError) {
            bytes = try row["bytes"]
            rows = try row["rows"]
        }

        init(bytes: Int64, rows: Int64) {
            self.bytes = bytes
            self.rows = rows
        }
    }

    public let migration: Migration
    public let steps: [Step]
    /// Of the tables that are there already, by name.
    public let sizes: [String: Size]
    /// See `Migration.objections`.
    public let objections: [String]

    init(_ migration: Migration, sizes: [String: Size], objections: [String]) {
        self.migration = migration
        self.sizes = sizes
        self.objections = objections
        // A table that it makes itself, or that a migration before it makes, is nobody's yet.
        steps = migration.statements.map { statement in
            Step(sql: statement.text, locks: statement.locks?.filter { sizes[$0.table] != nil })
        }
    }
}

extension MigrationForecast: CustomStringConvertible {
    /// For a terminal.
    public var description: String {
        var lines = ["-- \(migration)\(migration.needsNoTransaction ? ", in no transaction" : "")"]
        for step in steps {
            lines.append("\(step.sql);")
            lines += Self.remarks(step.locks, sizes).map { "--     \($0)" }
        }
        return (lines + objections.map { "-- CAREFUL: \($0)" }).joined(separator: "\n")
    }

    private static func remarks(_ locks: [TableLock]?, _ sizes: [String: Size]) -> [String] {
        guard let locks else { return ["locks: unknown"] }
        return locks.map { lock in
            let size = sizes[lock.table].map { " (about \($0.rows) rows, \(Self.text(bytes: $0.bytes)))" } ?? ""
            return "locks \(lock.table)\(size): \(lock.mode.sqlName), which \(lock.mode.effect)"
        }
    }

    private static func text(bytes: Int64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var (amount, unit) = (bytes, 0)
        while amount >= 10_240, unit < units.count - 1 {
            amount /= 1_024
            unit += 1
        }
        return "\(amount) \(units[unit])"
    }
}
