public import StandardTypes

/// A message that breaks rules of its .proto file.
public struct ValidationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty.
    public let violations: [Violation]

    public init(_ violations: [Violation]) { self.violations = violations }

    public var description: String {
        let count = violations.count == 1 ? "A field of the message breaks a rule" : "\(violations.count) rules of the message are broken"
        guard let first = violations.first else { return "\(count)." }
        return first.field.isEmpty ? "\(count). \(first.description)" : "\(count). \(first.field): \(first.description)"
    }

    /// What travels to the caller: a field violation each, its reason the name of the rule.
    public var badRequest: BadRequest { BadRequest(violations) }
}

extension BadRequest {
    public init(_ violations: [Violation]) {
        self.init()
        fieldViolations = violations.map { violation in
            var fieldViolation = FieldViolation()
            fieldViolation.field = violation.field
            fieldViolation.description = violation.description
            fieldViolation.reason = violation.rule
            return fieldViolation
        }
    }
}
