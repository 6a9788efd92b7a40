/// What the configuration lets one service ask for.
public struct ServiceRights: Sendable, Hashable {
    /// As its certificate has it.
    public let name: String
    /// What it may do: scopes, `lead:*` for all that begin so, `*` for all.
    public let scopes: [String]
    /// The tenants that it may act in by itself; `*` is all of them.
    public let tenants: [String]
    /// Whether it may exchange others' tokens for its own.
    public let mayActForOthers: Bool

    public init(name: String, scopes: [String], tenants: [String] = [], mayActForOthers: Bool = false) {
        self.name = name
        self.scopes = scopes
        self.tenants = tenants
        self.mayActForOthers = mayActForOthers
    }

    func allowed(among wanted: Set<String>) -> Set<String> {
        wanted.filter { scope in
            scopes.contains { $0 == "*" || $0 == scope || ($0.hasSuffix(":*") && scope.hasPrefix($0.dropLast())) }
        }
    }

    func mayActIn(_ tenant: String) -> Bool {
        !tenant.isEmpty && (tenants.contains("*") || tenants.contains(tenant))
    }
}
