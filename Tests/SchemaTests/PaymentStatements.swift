import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of payments, for ``StatementTests``.
enum PaymentStatements {
    static let all: [CheckedStatement] = {
        let id = RecordID(1)
        let time = Instant(unixMicroseconds: 0)
        return [
            CheckedStatement("lockOpenInvoices", .lockOpenInvoices(of: id, in: .inr, limit: 1), OpenInvoiceRow.self),
            CheckedStatement("lockInvoices", .lockInvoices([id], of: id), OpenInvoiceRow.self),
            CheckedStatement("settleInvoices", .settleInvoices([Allocation(invoice: id, amount: 1)], at: time)),
        ]
    }()
}
