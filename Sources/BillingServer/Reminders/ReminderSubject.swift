/// What a reminder is about. The words are the database's.
enum ReminderSubject: String, CaseIterable, Sendable {
    case paymentDue = "payment_due"
    case paymentOverdue = "payment_overdue"
    case followUp = "follow_up"
    case orderReady = "order_ready"
    case appointment, renewal, custom

    /// It has nothing to say any more once the invoice is settled.
    var isOfPayment: Bool { self == .paymentDue || self == .paymentOverdue }

    /// What a mail's reader sees first.
    var headline: String {
        switch self {
        case .paymentDue: "A payment will be due"
        case .paymentOverdue: "A payment is overdue"
        case .followUp: "We come back to you"
        case .orderReady: "Your order is ready"
        case .appointment: "Your appointment"
        case .renewal: "Your renewal"
        case .custom: "A reminder"
        }
    }

    /// The text when none is written. Nil where only the author knows it.
    func usualText(hasInvoice: Bool) -> String? {
        switch (self, hasInvoice) {
        case (.paymentDue, true):
            "Dear {{customer}}, {{amount}} of invoice {{invoice}} will be due on {{due_on}}. If it is paid already, thank you. {{business}}"
        case (.paymentDue, false): "Dear {{customer}}, a payment to us will be due soon. If it is paid already, thank you. {{business}}"
        case (.paymentOverdue, true):
            "Dear {{customer}}, {{amount}} of invoice {{invoice}} was due on {{due_on}}. If it is paid already, thank you. {{business}}"
        case (.paymentOverdue, false): "Dear {{customer}}, a payment to us is overdue. If it is paid already, thank you. {{business}}"
        case (.followUp, _): "Dear {{customer}}, we wanted to come back to you. Please call us or answer this message. {{business}}"
        case (.orderReady, _): "Dear {{customer}}, your order is ready and can be collected. {{business}}"
        case (.appointment, _): "Dear {{customer}}, this is to remind you of your appointment with us. {{business}}"
        case (.renewal, _): "Dear {{customer}}, your service with us is to be renewed soon. {{business}}"
        case (.custom, _): nil
        }
    }
}
