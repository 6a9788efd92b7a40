/// Why a customer is written to later, or not at all. The words are the database's.
enum ContactRule: String, CaseIterable, Sendable {
    case quietHours = "quiet_hours"
    case weeklyCap = "weekly_cap"
    case monthlyCap = "monthly_cap"
    case minimumInterval = "minimum_interval"
    case optedOut = "opted_out"
    case consentMissing = "consent_missing"
    case addressMissing = "address_missing"
    case settled
    case tooLate = "too_late"
    case refused
    case notDelivered = "not_delivered"

    /// As a refusal says it.
    var sentence: String {
        switch self {
        case .quietHours: "It is quiet where the customer is. Send it when the quiet hours are over."
        case .weeklyCap: "The customer had as many reminders in seven days as allowed."
        case .monthlyCap: "The customer had as many reminders in thirty days as allowed."
        case .minimumInterval: "The customer was reminded less than an hour ago."
        case .optedOut: "The customer wants no reminders."
        case .consentMissing: "The customer has agreed to none of the channels. Record a consent first, or choose another channel."
        case .addressMissing: "For none of the channels the customer has an address that can be written to from here."
        case .settled: "Nothing of the invoice is open."
        case .tooLate: "Its time has passed for too long."
        case .refused: "Every channel has refused it."
        case .notDelivered: "Its provider could not be reached for too long."
        }
    }
}
