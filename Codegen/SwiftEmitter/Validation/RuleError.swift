/// A rule that cannot be checked: an error of the .proto file.
public struct RuleError: Sendable, Hashable {
    public let message: String
    /// The element that has the rule, as a path of SourceCodeInfo.
    public let path: [Int32]
    /// The name of the rule, to be looked for in the element's text.
    public let word: String
}

/// The rules found wrong so far: all of them are reported in one run.
final class RuleLog {
    var errors: [RuleError] = []
}
