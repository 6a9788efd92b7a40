public import StandardTypes

/// A rule that a request breaks: where, and what is wrong, as a sentence that never repeats the value.
public struct Violation: Hashable, Sendable {
    /// The path of the field from the request's root, such as `lead.tags[3]`.
    public let field: String
    public let description: String

    public init(field: String, description: String) {
        self.field = field
        self.description = description
    }
}

/// The violations found so far in one request. All are collected before any is reported.
public struct Violations: Sendable {
    public private(set) var all: [Violation] = []
    private let limit: Int
    /// What stands before every path at present, such as `lead.`.
    private var prefix: String

    /// - Parameter limit: violations travel in a trailer, and common clients refuse trailers above 8 KiB.
    public init(under prefix: String = "", limit: Int = 32) {
        self.prefix = prefix
        self.limit = limit
    }

    public var isEmpty: Bool { all.isEmpty }

    /// Notes a violation. Those above the limit are dropped: mending the first ones shows the rest.
    public mutating func add(_ field: String, _ description: String) {
        guard all.count < limit else { return }
        all.append(Violation(field: prefix + field, description: description))
    }

    /// Runs a check whose paths begin within a field.
    public mutating func within<Result>(_ field: String, _ check: (inout Violations) -> Result) -> Result {
        let outer = prefix
        prefix += field + "."
        defer { prefix = outer }
        return check(&self)
    }
}

extension BadRequest {
    public init(_ violations: [Violation]) {
        self.init()
        fieldViolations = violations.map { violation in
            var fieldViolation = FieldViolation()
            fieldViolation.field = violation.field
            fieldViolation.description = violation.description
            return fieldViolation
        }
    }
}

extension ResourceInfo {
    /// - Parameters:
    ///   - type: the full name of the message.
    ///   - name: the id or the name that the caller itself has sent.
    public init(_ type: String, _ name: String) {
        self.init()
        resourceType = type
        resourceName = name
    }
}
