/// A rule that a message breaks.
public struct Violation: Sendable, Hashable {
    /// The path of the field from the message's root: `items[3].name`, `labels["key"].value`. Empty for the message itself.
    public internal(set) var field: String
    /// What the rule is called in protovalidate: `string.min_len`.
    public let rule: String
    /// A sentence that says what would be right; it never repeats the value.
    public let description: String
}
