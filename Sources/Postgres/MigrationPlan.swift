/// Which migrations are to be applied, from what the program has and what the database records. Pure.
struct MigrationPlan {
    /// A row of the table that records migrations.
    struct Applied: RowDecodable, Equatable {
        var service: String
        var number: Int
        var checksum: String

        init(service: String, number: Int, checksum: String) {
            self.service = service
            self.number = number
            self.checksum = checksum
        }

        init(row: Row) throws(PostgresError) {
            service = try row["service"]
            number = try row["number"]
            checksum = try row["checksum"]
        }
    }

    /// In the order of the program's list.
    let pending: [Migration]

    /// Throws `migration` when the list is not in order, when an applied migration was edited, or when the database has one that the
    /// program does not know or that comes after one still to be applied.
    init(known: [Migration], applied: [Applied]) throws(PostgresError) {
        try MigrationPlan.checkOrder(of: known)
        var recorded: [String: [Int: String]] = [:]
        for row in applied { recorded[row.service, default: [:]][row.number] = row.checksum }
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
        for (service, numbers) in recorded {
            let ours = known.filter { $0.service == service }.map(\.number)
            guard !ours.isEmpty else { continue }
            for number in numbers.keys.sorted() where !ours.contains(number) {
                throw .migration("The database has migration \(service) \(number), which this program does not know. Use a newer program.")
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
