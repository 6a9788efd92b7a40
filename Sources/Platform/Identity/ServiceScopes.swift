/// What each service may do at most, by the name that its certificate gives it: a token in its hands allows no more than that.
public struct ServiceScopes: Sendable, Hashable {
    private let byName: [String: ScopePatterns]

    /// - Parameter byName: `*` stands for every service that has no entry of its own. Who has none may call nothing that needs a scope.
    public init(_ byName: [String: ScopePatterns]) {
        self.byName = byName
    }

    /// Every service may do what its tokens allow.
    public static let unrestricted = ServiceScopes(["*": .all])

    public func allowed(_ service: String) -> ScopePatterns {
        byName[service] ?? byName["*"] ?? .none
    }
}
