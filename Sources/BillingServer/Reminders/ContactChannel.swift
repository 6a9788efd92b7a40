/// A way to write to a customer. The words are the database's.
enum ContactChannel: String, CaseIterable, Sendable {
    case email, sms, whatsapp
}
