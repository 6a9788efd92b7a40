/// How late what is open is, in the steps of an aging report.
enum AgingBucket: Int, CaseIterable, Sendable {
    case notDue, days0to30, days31to60, days61to90, days91andMore

    /// - Parameter daysLate: below zero before the day that it is due.
    init(daysLate: Int) {
        self = Self.allCases.last { $0.firstDay.map { $0 <= daysLate } ?? true } ?? .notDue
    }

    /// How many days late the first is of those in it; nil for what has no first.
    private var firstDay: Int? {
        switch self {
        case .notDue: nil
        case .days0to30: 0
        case .days31to60: 31
        case .days61to90: 61
        case .days91andMore: 91
        }
    }

    /// Of all buckets but the first: a bucket's number is how many of these a number of days reaches.
    static let firstDays: [Int32] = allCases.compactMap { $0.firstDay.map { Int32($0) } }
}

/// What is open in one currency, by how late it is.
struct Aging: Hashable, Sendable {
    let currency: Currency
    private var amounts: [AgingBucket: Int64] = [:]

    init(in currency: Currency) { self.currency = currency }

    subscript(bucket: AgingBucket) -> Int64 { amounts[bucket] ?? 0 }

    /// - Throws: `amountOutOfRange`.
    mutating func add(_ amount: Int64, _ bucket: AgingBucket) throws(BillingError) { amounts[bucket] = try self[bucket].plus(amount) }

    /// - Throws: `amountOutOfRange`.
    func total() throws(BillingError) -> Int64 { try Int64(checked: amounts.values.reduce(Int128(0)) { $0 + Int128($1) }) }
}
