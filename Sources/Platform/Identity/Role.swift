/// A role of a token and the scopes it stands for. A role holds those below it.
public enum Role: String, Sendable, CaseIterable {
    case viewer, `operator`, admin

    public var scopes: Set<String> {
        switch self {
        case .viewer: ["lead:read"]
        case .operator: Role.viewer.scopes.union(["lead:write"])
        case .admin: Role.operator.scopes.union([Scopes.reflect, Scopes.jobs, Scopes.operations])
        }
    }
}

/// Scopes that no service of ours owns.
public enum Scopes {
    /// Reading the server's interface definitions by reflection.
    public static let reflect = "admin:reflect"
    /// Looking after jobs.
    public static let jobs = "admin:jobs"
    /// Asking for long-running operations.
    public static let operations = "admin:operations"
}
