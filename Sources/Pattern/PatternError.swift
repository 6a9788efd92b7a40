/// Why a pattern cannot be used.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the pattern, counted in Unicode scalars from zero; nil when it is about the pattern as a whole.
    public let offset: Int?
    /// A sentence without a full stop, such as `"(" is never closed`.
    public let reason: String

    init(_ reason: String, at offset: Int? = nil) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String {
        offset.map { "\(reason) (at character \($0 + 1) of the pattern)" } ?? reason
    }
}
