import Testing

@testable import BillingServer
@testable import Postgres

/// The named statements of reports, for ``StatementTests``.
enum ReportStatements {
    static let all: [CheckedStatement] = {
        guard let days = try? DayRange(from: "2025-10-01", to: "2025-10-31", atMost: 31) else { return [] }
        return [
            CheckedStatement("ledgerSums", .ledgerSums(days), BalanceRow.self),
            CheckedStatement("daySummaries", .daySummaries(days), DaySummaryRow.self),
            CheckedStatement("topSelling", .topSelling(days, limit: 1), SoldProductRow.self),
            CheckedStatement("comparedInvoices", .comparedInvoices(days, after: nil, limit: 1), ComparedInvoiceRow.self),
        ]
    }()
}
