import Testing

@testable import BillingServer
@testable import Postgres

/// The named statements of returns, for ``StatementTests``.
enum ReturnStatements {
    static let all: [CheckedStatement] = {
        guard let month = try? Month("2025-10") else { return [] }
        return [
            CheckedStatement("returnedInvoices", .returnedInvoices(month, after: nil, limit: 1)),
            CheckedStatement("returnedNotes", .returnedNotes(month, after: nil, limit: 1)),
            CheckedStatement("returnedCodes", .returnedCodes(month), ReturnedCodeRow.self),
            CheckedStatement("returnedSeries", .returnedSeries(month), ReturnedSeriesRow.self),
            CheckedStatement("taxSums", .taxSums(month), TaxSumRow.self),
            CheckedStatement("taxPeriod", .taxPeriod(month), TaxPeriodRow.self),
            CheckedStatement("fileTaxPeriod", .fileTaxPeriod(month, acknowledgement: "", by: "ada")),
        ]
    }()
}
