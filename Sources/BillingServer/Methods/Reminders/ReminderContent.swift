internal import Resources
internal import Senders

/// What a reminder says, as it is when it is sent.
struct ReminderContent {
    private let subject: String
    private let text: String
    private let customer: CustomerRow?
    private let business: String

    init(_ row: ReminderRow, _ facts: ReminderFacts) {
        let hasInvoice = row.invoiceID != nil
        let source = row.text.isEmpty ? row.subject.usualText(hasInvoice: hasInvoice) ?? "" : row.text
        customer = facts.customer
        business = facts.seller?.legalName ?? ""
        let (business, name) = (business, facts.customer?.name ?? "")
        // It was read when it was written.
        text =
            (try? ReminderText(source, hasInvoice: hasInvoice))?.filled { place in
                switch place {
                case .customer: name
                case .business: business
                case .invoice: facts.invoice?.number ?? ""
                case .amount: facts.invoice.map { "\($0.open.currency) \(IndianNumber.text($0.open))" } ?? ""
                case .dueOn: facts.invoice?.dueOn.map(\.description) ?? ""
                }
            } ?? source
        subject = row.subject.headline + (facts.invoice.map { $0.number.isEmpty ? "" : ": \($0.number)" } ?? "")
    }

    /// Nil when the customer cannot be reached so, or nobody sends so.
    func message(by channel: ContactChannel, from mailbox: Mailbox?) -> OutboundMessage? {
        guard let customer, !text.isEmpty else { return nil }
        switch channel {
        case .email:
            guard let mailbox, let address = try? MailAddress(customer.email),
                let to = (try? Mailbox(name: customer.name, address)) ?? (try? Mailbox(address)),
                let email = try? Email(from: mailbox, to: to, subject: subject, text: text)
            else { return nil }
            return .email(email)
        case .sms:
            guard let to = try? PhoneNumber(customer.phone), let message = try? TextMessage(to: to, text: text) else { return nil }
            return .textMessage(message)
        case .whatsapp:
            guard let to = try? PhoneNumber(customer.phone), let message = try? WhatsAppMessage(to: to, .text(text)) else { return nil }
            return .whatsApp(message)
        }
    }
}
