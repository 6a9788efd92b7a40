public import Protobuf
public import StandardTypes

/// A message with rules in its .proto file, or with one in a field of its own that has some. Conformances are generated.
public protocol Validated: Message {
    /// Adds every rule that the message, or a message in it, breaks.
    func validate(_ violations: inout Violations)
}

extension Validated {
    /// Every rule that the message breaks; empty when it keeps them all.
    ///
    /// - Parameters:
    ///   - now: the present for `lt_now`, `gt_now` and `within`.
    ///   - limit: violations to report; nil for as many as a trailer has room for.
    public func violations(now: Timestamp, limit: Int? = nil) -> [Violation] {
        var violations = Violations(clock: { now }, limit: limit)
        validate(&violations)
        return violations.all
    }

    /// - Throws: `ValidationError` with every rule that the message breaks.
    public func validate(now: Timestamp) throws(ValidationError) {
        try validate(clock: { now })
    }

    /// The same; the clock is asked only if a rule is about the present.
    public func validate(clock: @escaping @Sendable () -> Timestamp) throws(ValidationError) {
        var violations = Violations(clock: clock)
        validate(&violations)
        if !violations.isEmpty { throw ValidationError(violations.all) }
    }
}
