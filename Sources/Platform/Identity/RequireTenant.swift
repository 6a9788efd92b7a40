public import RPC

/// Refuses callers of other tenants methods that are the platform's: those whose policy has `tenant: TENANT_PLATFORM`. What they do is bounded
/// by no tenant, so that a scope alone is not enough for them. It stands behind ``RequireScope``.
///
/// All other methods work on the tenant that the token names, and there is no token without one.
public struct RequireTenant: CallGuard {
    private let platform: Set<String>

    /// - Parameter platform: the tenants of those who look after the platform.
    public init(platform: Set<String>) {
        self.platform = platform
    }

    public func applies(to method: MethodInfo) -> Bool { method.policy?.tenant == .platform && method.policy?.isPublic != true }

    public func admit(_ call: Call) throws {
        // Calls of unknown methods pass everywhere.
        guard let method = call.method, method.policy?.tenant == .platform else { return }
        guard let caller = call[Caller.self], platform.contains(caller.tenant) else {
            throw RPCError(
                reason: .tenantMismatch,
                "The method is for those who look after the platform: it needs a token of their tenant.",
                metadata: ["method": method.fullName])
        }
    }
}
