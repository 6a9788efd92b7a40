/// A rule that a request breaks: where, and what is wrong, as a sentence that never repeats the value.
struct Violation: Hashable, Sendable {
    /// The path of the field from the request's root, such as `lead.tags[3]`.
    let field: String
    let description: String
}

/// The violations found so far in one request. All are collected before any is reported.
struct Violations: Sendable {
    private(set) var all: [Violation] = []
    private let limit: Int
    /// What stands before every path at present, such as `lead.`.
    private var prefix: String

    init(under prefix: String = "", limit: Int = Limits.violations) {
        self.prefix = prefix
        self.limit = limit
    }

    var isEmpty: Bool { all.isEmpty }

    /// Notes a violation. Those above the limit are dropped: mending the first ones shows the rest.
    mutating func add(_ field: String, _ description: String) {
        guard all.count < limit else { return }
        all.append(Violation(field: prefix + field, description: description))
    }

    /// Runs a check whose paths begin within a field.
    mutating func within<Result>(_ field: String, _ check: (inout Violations) -> Result) -> Result {
        let outer = prefix
        prefix += field + "."
        defer { prefix = outer }
        return check(&self)
    }
}
