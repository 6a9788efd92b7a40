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

    /// What holds for one who was two: who wanted nothing, at some hours or that often, is not asked again by becoming one with who did not
    /// mind. The zone is this one's when it is said.
    func joined(_ other: ContactTerms) -> ContactTerms {
        let common = quiet.joined(other.quiet)
        return ContactTerms(
            quiet: common ?? quiet, timeZone: timeZone.isEmpty ? other.timeZone : timeZone,
            caps: ContactCaps(
                perWeek: min(caps.perWeek, other.caps.perWeek), perMonth: min(caps.perMonth, other.caps.perMonth)),
            channels: channels.filter(other.channels.contains),
            // Without an hour that suits both there is none.
            isOptedOut: isOptedOut || other.isOptedOut || common == nil)
    }
}
