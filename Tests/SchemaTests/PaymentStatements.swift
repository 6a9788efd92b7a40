import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of payments, for ``StatementTests``.
enum PaymentStatements {
    private static let payment = ["status": "completed", "held_method": "upi"]
    private static let receipt = ["status": "unmatched", "method": "bank"]
    private static let method = ["method": "cash"]

    static let all: [CheckedStatement] = {
        let id = RecordID(1)
        let time = Instant(unixMicroseconds: 0)
        guard let day = CivilDate("2025-10-01"), let series = try? NumberSeries(prefix: "RCP", year: FinancialYear(of: day)),
            let number = try? VoucherNumber(1, of: series)
        else { return [] }
        let allocation = Allocation(invoice: id, amount: 1)
        let tender = TenderDraft(tender: Tender(method: .cash, amount: Money(minorUnits: 1, .inr)), reference: "")
        let row = PaymentRow(id: id, customer: id, currency: .inr, note: "", at: time, by: "ada")
        let refund = RefundRow(id: id, of: id, number: number.text, tender, reason: "why", on: day, by: id)
        let money = ReceiptRow(id: id, from: "razorpay", event: "1", tender, on: day, payer: "", journal: id, at: time, by: "ada")
        return [
            CheckedStatement("lockOpenInvoices", .lockOpenInvoices(of: id, in: .inr, limit: 1), OpenInvoiceRow.self),
            CheckedStatement("lockInvoices", .lockInvoices([id], of: id), OpenInvoiceRow.self),
            CheckedStatement("settleInvoices", .settleInvoices([allocation], at: time)),
            CheckedStatement("payment", .payment(id), PaymentRow.self, words: payment),
            CheckedStatement("paymentCustomer", .paymentCustomer(id), RecordID.self),
            CheckedStatement("lockPayment", .lockPayment(id), PaymentRow.self, words: payment),
            CheckedStatement("paymentTenders", .paymentTenders(of: id), TenderRow.self, words: method),
            CheckedStatement("paymentAllocations", .paymentAllocations(of: id), AllocationRow.self),
            CheckedStatement("paymentRefunds", .paymentRefunds(of: id), RefundRow.self, words: method),
            CheckedStatement("insertPayment", .insertPayment(row, nil)), CheckedStatement("insertPayment", .insertPayment(row, number)),
            CheckedStatement("updatePayment", .updatePayment(row)), CheckedStatement("updatePayment", .updatePayment(row, number)),
            CheckedStatement("insertTenders", .insertTenders([tender], of: id)),
            CheckedStatement(
                "insertAllocations", .insertAllocations([AllocationRow(of: id, number: 1, allocation, by: id, at: time)], at: time)),
            CheckedStatement("insertRefund", .insertRefund(refund, number, at: time, by: "ada")),
            CheckedStatement("expireHold", .expireHold(id, at: time)), CheckedStatement("holdEnd", .holdEnd(id), Instant.self),
            CheckedStatement("expireHolds", .expireHolds(of: id, at: time)),
            CheckedStatement("lockAdvances", .lockAdvances(of: id, in: .inr, limit: 1), PaymentRow.self, words: payment),
            CheckedStatement("lockPayments", .lockPayments([id], of: id), PaymentRow.self, words: payment),
            CheckedStatement("lockAllocations", .lockAllocations(on: id), AllocationRow.self),
            CheckedStatement("releaseAllocations", .releaseAllocations([1], of: id, by: id, at: time)),
            CheckedStatement("standingJournals", .standingJournals(of: .init(kind: .payment, id: id))),
            CheckedStatement("lockReceipt", .lockReceipt(id), ReceiptRow.self, words: receipt),
            CheckedStatement("receipt", .receipt(from: "razorpay", event: "1"), ReceiptRow.self, words: receipt),
            CheckedStatement("insertReceipt", .insertReceipt(money)), CheckedStatement("updateReceipt", .updateReceipt(money)),
            CheckedStatement("unmatchedReceipts", .unmatchedReceipts(after: nil, limit: 1), ReceiptRow.self, words: receipt),
            CheckedStatement("payments", .payments(paying: id), PaymentRow.self, words: payment),
        ]
            + [nil, .pending, .expired, .completed].map { status in
                CheckedStatement(
                    "payments", .payments(of: status.map { _ in id }, status, at: time, before: status.map { _ in id }, limit: 1),
                    PaymentRow.self, words: payment)
            }
    }()
}
