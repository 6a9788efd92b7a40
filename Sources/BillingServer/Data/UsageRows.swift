internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// What was used of one meter in a period, as the database keeps it.
struct UsageTotalRow: Hashable, Sendable {
    let subscription: RecordID
    let meter: String
    let from: CivilDate
    let through: CivilDate
    let units: Int64
    let billedUnits: Int64

    static let columns: SQL = "subscription_id, meter, period_from, period_through, units, billed_units"
}

extension UsageTotalRow: RowDecodable {
    init(row: Row) throws(PostgresError) {
        subscription = try row["subscription_id"]
        meter = try row["meter"]
        from = try row["period_from"]
        through = try row["period_through"]
        units = try row["units"]
        billedUnits = try row["billed_units"]
    }
}

/// Something that was used, in the period that it counts in.
struct UsageEventRow: RowDecodable, Hashable {
    let transactionID: String
    let subscription: RecordID
    let meter: String
    let periodFrom: CivilDate
    let units: Int64
    let usedAt: Instant

    static let columns: SQL = "transaction_id, subscription_id, meter, period_from, units, used_at"

    init(row: Row) throws(PostgresError) {
        transactionID = try row["transaction_id"]
        subscription = try row["subscription_id"]
        meter = try row["meter"]
        periodFrom = try row["period_from"]
        units = try row["units"]
        usedAt = try row["used_at"]
    }

    init(_ transactionID: String, of subscription: RecordID, _ meter: String, from day: CivilDate, units: Int64, at time: Instant) {
        self.transactionID = transactionID
        self.subscription = subscription
        self.meter = meter
        periodFrom = day
        self.units = units
        usedAt = time
    }

    var message: UsageEvent {
        .with {
            $0.transactionID = transactionID
            $0.subscriptionID = subscription.description
            $0.meter = meter
            $0.units = units
            $0.time = usedAt.timestamp
        }
    }
}
