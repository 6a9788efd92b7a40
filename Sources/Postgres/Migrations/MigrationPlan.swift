/// Which migrations are to be applied, from what the program has and what the database records. Pure.
struct MigrationPlan {
    /// A row of the table that records migrations.
    struct Applied: RowDecodable, Equatable {
        var service: String
        var number: Int
        var checksum: String
        /// Programs that do not know it can work on.
        var expands = false

        init(service: String, number: Int, checksum: String, expands: Bool = false) {
            self.service = service
            self.number = number
            self.checksum = checksum
            self.expands = expands
        }

        init(row: Row) throws(PostgresError) {
            service = try row["service"]
            number = try row["number"]
            checksum = try row["checksum"]
            expands = try row["expands"]
        }
    }

    /// In the order of the program's list.
    let pending: [Migration]

    /// Throws `migration` when the list is not in order, when an applied migration was edited, or when the database has one that comes
    /// after one still to be applied, or that the program does not know and cannot work with.
    init(known: [Migration], applied: [Applied]) throws(PostgresError) {
        try MigrationPlan.checkOrder(of: known)
        var recorded: [String: [Int: String]] = [:]
        for row in applied { recorded[row.service, default: [:]][row.number] = row.checksum }
        let lastKnown = known.reduce(into: [:]) { last, migration in last[migration.service] = migration.number }
        var pending: [Migration] = []
        for migration in known {
            let ofService = recorded[migration.service] ?? [:]
            if let checksum = ofService[migration.number] {
                guard checksum == migration.checksum else {
                    throw .migration(
                        "Migration \(migration) was changed after it had been applied. Put its text back and write a new migration.")
                }
            } else if let later = ofService.keys.filter({ $0 > migration.number }).min() {
                throw .migration("Migration \(migration) was never applied, but number \(later) was. Give it a number after that.")
            } else {
                pending.append(migration)
            }
        }
        for row in applied.sorted(by: { ($0.service, $0.number) < ($1.service, $1.number) }) {
            guard let last = lastKnown[row.service] else { continue }
            let isOurs = known.contains { $0.service == row.service && $0.number == row.number }
            guard isOurs || (row.expands && row.number > last) else {
                throw .migration(
                    "The database has migration \(row.service) \(row.number), which this program does not know. Use a newer program.")
            }
        }
        self.pending = pending
    }

    private static func checkOrder(of known: [Migration]) throws(PostgresError) {
        var last: [String: Int] = [:]
        for migration in known {
            guard migration.number > last[migration.service] ?? 0 else {
                throw .migration("Migration \(migration) is out of order. Number the migrations of a service from 1, ascending.")
            }
            last[migration.service] = migration.number
        }
    }
}

extension PostgresError {
    static func migration(_ message: String, _ cause: PostgresError? = nil) -> PostgresError {
        PostgresError(
            .migration, message, sqlstate: cause?.sqlstate, constraint: cause?.constraint, table: cause?.table, column: cause?.column,
            report: cause?.report ?? cause?.message)
    }
}
