/// How, when and how often a customer may be written to.
struct ContactTerms: Hashable, Sendable {
    let quiet: QuietHours
    /// Empty: the seller's.
    let timeZone: String
    let caps: ContactCaps
    /// What the customer has agreed to.
    let channels: [ContactChannel]
    let isOptedOut: Bool

    /// Of who has said nothing: a bill's contract carries mail about it, and nothing else.
    static let usual = ContactTerms(quiet: .usual, timeZone: "", caps: .usual, channels: [.email], isOptedOut: false)
}
