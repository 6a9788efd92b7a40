internal import Resources
internal import StandardTypes
internal import Validation

/// What a message breaks of the rules in its .proto, to be reported among the rules that only this service knows.
struct DeclaredRules {
    private let found: [Validation.Violation]

    init(_ message: some Validated, now: Instant, limit: Int) {
        found = message.violations(now: now.timestamp, limit: limit)
    }

    /// True for a list that is too long: its elements are not looked at then, however many a caller has sent.
    func breaks(_ field: String) -> Bool { found.contains { $0.field == field } }

    /// Reports what is declared about a field; what is not, `flaw` says.
    func check(_ field: String, _ flaw: @autoclosure () -> String?, _ violations: inout Resources.Violations) {
        // What a good lead costs counts: it has none.
        if found.isEmpty {
            if let flaw = flaw() { violations.add(field, flaw) }
            return
        }
        let declared = found.filter { $0.field == field }
        for violation in declared { violations.add(field, violation.description) }
        if declared.isEmpty, let flaw = flaw() { violations.add(field, flaw) }
    }
}
