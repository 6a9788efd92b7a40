internal import Protobuf

/// What of one method's policy is looser than before.
enum MethodDiff {
    static func loosened(_ old: DeclaredPolicy?, _ new: DeclaredPolicy?) -> [String] {
        guard let old else { return [] }
        guard let new else { return ["has no policy any more"] }
        var changes: [String] = []
        if new.isPublic, !old.isPublic { changes.append("may be called by everybody: \(new.publicReason)") }
        if !new.isPublic {
            for scope in old.scopes where !new.scopes.contains(scope) { changes.append("does not ask for the scope \(scope) any more") }
        }
        if new.tenant == .platform, old.tenant != .platform { changes.append("is not held to the caller's tenant any more") }
        if old.rateClass != new.rateClass {
            changes.append("draws on the quota of \(name(new.rateClass)), not of \(name(old.rateClass))")
        }
        if (new.cost ?? 1) < (old.cost ?? 1) { changes.append("costs \(new.cost ?? 1), not \(old.cost ?? 1)") }
        compare("timeout_max", old.longestTimeout, new.longestTimeout, &changes)
        compare("request_bytes_max", old.requestBytes, new.requestBytes, &changes)
        compare("concurrency_max", old.concurrency, new.concurrency, &changes)
        compare("queries_max", old.queries, new.queries, &changes)
        if old.idempotency == .keyed, new.idempotency != .keyed { changes.append("does not ask for an idempotency key any more") }
        let (before, now) = (old.audit?.rawValue ?? 1, new.audit?.rawValue ?? 1)
        if now < before { changes.append("is recorded as \(name(new.audit)), not as \(name(old.audit))") }
        return changes
    }

    /// Somebody may call it who might not.
    static func opens(_ old: DeclaredPolicy, _ new: DeclaredPolicy?) -> Bool {
        guard !old.isPublic, let new, !new.isPublic else { return !old.isPublic }
        return !Set(old.scopes).isSubset(of: new.scopes)
    }

    /// None is more than any.
    private static func compare<Limit: Comparable>(_ word: String, _ old: Limit?, _ new: Limit?, _ changes: inout [String]) {
        guard let old else { return }
        guard let new else { return changes.append("has no \(word) any more, which was \(old)") }
        if new > old { changes.append("has a \(word) of \(new), not \(old)") }
    }

    private static func name<Choice>(_ choice: Choice?) -> String { choice.map { "\($0)" } ?? "none" }
}
