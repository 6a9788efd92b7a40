internal import Postgres

extension BillingError {
    /// Why the database does not take something, where that is the caller's business; nil where it is the server's own mistake. The rules are
    /// checked before anything is written, so that mostly only who comes second at the same moment hears of these.
    init?(_ error: PostgresError) {
        switch error.constraint {
        case "product_sku_taken": self = .productCodeTaken(field: "sku")
        case "product_barcode_taken": self = .productCodeTaken(field: "barcode")
        case "tax_rate_once": self = .taxRateExists
        case "plan_code_taken": self = .planCodeTaken
        case "usage_total_units": self = .amountOutOfRange
        case "subscription_of_customer": self = .customerSubscribed
        case "meeting_calendar_event_taken": self = .calendarEventTaken
        default:
            guard let refusal = BillingError(invoicing: error) else { return nil }
            self = refusal
        }
    }
}
