/// One thing that an interface demanded or bounded, and does not any more.
public struct Loosening: Sendable, Hashable, Comparable {
    /// `switchboard.lead.v1.LeadService/GetLead`, or `switchboard.lead.v1.Lead.email`.
    public let subject: String
    /// What is different, as the end of a sentence about it.
    public let change: String

    /// As it stands in a file of acknowledgements, before the reason.
    public var text: String { "\(subject): \(change)" }

    public static func < (one: Loosening, other: Loosening) -> Bool { one.text < other.text }
}
