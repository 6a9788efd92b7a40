/// A set of scopes as a configuration writes it down: `lead:read`, `lead:*` for all that begin so, `*` for all there are.
public struct ScopePatterns: Sendable, Hashable {
    private var isAll = false
    private var prefixes: Set<String> = []
    private var scopes: Set<String> = []
    private var excluded: Set<String> = []

    public init(_ patterns: some Sequence<String>) {
        for pattern in patterns {
            if pattern == "*" {
                isAll = true
            } else if pattern.hasSuffix(":*") {
                prefixes.insert(String(pattern.dropLast()))
            } else {
                scopes.insert(pattern)
            }
        }
    }

    public static let all = ScopePatterns(["*"])
    public static let none = ScopePatterns([])

    public func contains(_ scope: String) -> Bool {
        !excluded.contains(scope) && (isAll || scopes.contains(scope) || prefixes.contains { scope.hasPrefix($0) })
    }

    /// The same without some, whatever pattern they fit.
    func excluding(_ others: Set<String>) -> ScopePatterns {
        var patterns = self
        patterns.excluded.formUnion(others)
        return patterns
    }
}
