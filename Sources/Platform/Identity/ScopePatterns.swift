/// A set of scopes as a configuration writes it down: `lead:read`, `lead:*` for all that begin so, `*` for all there are.
public struct ScopePatterns: Sendable, Hashable {
    private var isAll = false
    private var prefixes: Set<String> = []
    private var scopes: Set<String> = []

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
        isAll || scopes.contains(scope) || prefixes.contains { scope.hasPrefix($0) }
    }
}
