/// A role of a token and the scopes it stands for. `viewer`, `operator` and `admin` are a tenant's, and each holds those below it.
public enum Role: String, Sendable, CaseIterable {
    case viewer, `operator`, admin
    /// A program: what it may do stands in its token, scope by scope.
    case service
    /// Who looks after the platform, for all tenants.
    case platformAdmin = "platform_admin"

    public var scopes: Set<String> {
        switch self {
        case .viewer: ["lead:read", "crew:read", "voice:read", "billing:read"]
        case .operator: Role.viewer.scopes.union(["lead:write", "lead:send", "crew:run", "crew:approve", "voice:use", "billing:write"])
        case .admin:
            Role.operator.scopes.union([
                "lead:erase", "crew:admin", "billing:cancel", "billing:override", "billing:file", "admin:deliveries", "admin:jobs",
                "admin:operations",
                Scopes.reflect,
            ])
        case .service: []
        case .platformAdmin:
            Role.admin.scopes.union(["admin:tenants", "admin:tokens", "admin:keys", "admin:quotas", "admin:server", "webhook:ingest"])
        }
    }
}

extension Scopes {
    /// Those that are named, and those of roles; a role that nobody knows has none.
    public static func named(_ scopes: [String], roles: [String]) -> Set<String> {
        roles.compactMap(Role.init(rawValue:)).reduce(into: Set(scopes)) { $0.formUnion($1.scopes) }
    }

    /// All that some role holds: what `*` stands for.
    public static let all = Role.allCases.reduce(into: Set<String>()) { $0.formUnion($1.scopes) }

    /// Those that reach over all tenants: nobody has them who may act in some tenants only.
    public static let platform = Role.platformAdmin.scopes.subtracting(Role.admin.scopes)
}

/// Scopes that Swift code names; all others stand in the policies of .proto files only.
public enum Scopes {
    /// Reading the server's interface definitions by reflection.
    public static let reflect = "admin:reflect"
}
