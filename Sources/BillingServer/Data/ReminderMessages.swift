internal import BillingAPI

/// Words of the core and of the interface.
extension ContactChannel {
    var message: BillingAPI.ReminderChannel {
        switch self {
        case .email: .email
        case .sms: .sms
        case .whatsapp: .whatsapp
        }
    }

    /// Nil for what this version does not know.
    init?(_ message: BillingAPI.ReminderChannel) {
        guard let known = Self.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }
}

extension ReminderSubject {
    var kind: BillingAPI.ReminderKind {
        switch self {
        case .paymentDue: .paymentDue
        case .paymentOverdue: .paymentOverdue
        case .followUp: .followUp
        case .orderReady: .orderReady
        case .appointment: .appointment
        case .renewal: .renewal
        case .custom: .custom
        }
    }

    /// Nil for what this version does not know.
    init?(_ kind: BillingAPI.ReminderKind) {
        guard let known = Self.allCases.first(where: { $0.kind == kind }) else { return nil }
        self = known
    }
}

extension OccurrenceState {
    var message: BillingAPI.ReminderState {
        switch self {
        case .pending: .pending
        case .sending: .sending
        case .sent: .sent
        case .failed: .failed
        case .unknown: .unknown
        case .cancelled: .cancelled
        case .expired: .expired
        }
    }

    /// Nil for what this version does not know.
    init?(_ message: BillingAPI.ReminderState) {
        guard let known = Self.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }
}

extension ContactRule {
    var message: BillingAPI.ReminderRule {
        switch self {
        case .quietHours: .quietHours
        case .weeklyCap: .weeklyCap
        case .monthlyCap: .monthlyCap
        case .minimumInterval: .minimumInterval
        case .optedOut: .optedOut
        case .consentMissing: .consentMissing
        case .addressMissing: .addressMissing
        case .settled: .settled
        case .tooLate: .tooLate
        case .refused: .refused
        case .notDelivered: .notDelivered
        }
    }
}
