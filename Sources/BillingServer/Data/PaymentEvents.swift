internal import BillingAPI
internal import Platform
internal import Protobuf

/// What others are told of payments.
extension Event {
    static func paymentCompleted(_ payment: PaymentRow) -> Event {
        Event(
            PaymentCompleted.with {
                $0.paymentID = payment.id.description
                $0.customerID = payment.customer.description
            }, about: payment.id.description)
    }

    static func paymentReversed(_ payment: PaymentRow) -> Event {
        Event(
            PaymentReversed.with {
                $0.paymentID = payment.id.description
                $0.customerID = payment.customer.description
            }, about: payment.id.description)
    }

    static func paymentRefunded(_ refund: RefundRow) -> Event {
        Event(
            PaymentRefunded.with {
                $0.paymentID = refund.payment.description
                $0.refundID = refund.id.description
            }, about: refund.payment.description)
    }

    static func creditApplied(of customer: RecordID) -> Event {
        Event(CreditApplied.with { $0.customerID = customer.description }, about: customer.description)
    }

    static func receiptUnmatched(_ receipt: RecordID) -> Event {
        Event(ReceiptUnmatched.with { $0.receiptID = receipt.description }, about: receipt.description)
    }
}
