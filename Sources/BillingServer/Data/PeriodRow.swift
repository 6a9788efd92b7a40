internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A month of the books as the database keeps it.
struct PeriodRow: RowDecodable, Hashable {
    let month: CivilDate
    let isClosed: Bool
    let closedBy: String
    let reopeningAskedBy: String
    let reopenedBy: String
    let changedAt: Instant
    /// Its return is filed.
    let isFiled: Bool

    init(row: Row) throws(PostgresError) {
        month = try row["month"]
        isClosed = try row["is_closed"]
        closedBy = try row["closed_by"]
        reopeningAskedBy = try row["reopening_asked_by"]
        reopenedBy = try row["reopened_by"]
        changedAt = try row["changed_at"]
        isFiled = try row["is_filed"]
    }

    /// Two callers are two people by their subjects: one who comes through another service is still the same.
    static func isAnother(than one: String, _ other: String) -> Bool {
        func subject(_ name: String) -> Substring { name.drop { $0 != "/" } }
        return subject(one) != subject(other)
    }

    var message: LedgerPeriod {
        .with {
            $0.month = Month(of: month).description
            $0.isClosed = isClosed
            $0.closedBy = closedBy
            $0.reopeningAskedBy = reopeningAskedBy
            $0.reopenedBy = reopenedBy
            $0.changedAt = changedAt.timestamp
        }
    }
}
