public import RPC

/// Refuses calls whose token does not allow their method, by the method's policy. It stands behind ``RequireToken``.
public struct RequireScope: CallGuard {
    public init() {}

    public func applies(to method: MethodInfo) -> Bool { method.policy?.isPublic != true }

    public func admit(_ call: Call) throws {
        // No policy can speak of a method that nobody declared: even where a server answers it, this chain lets nobody through to it.
        guard let method = call.method else { throw RPCError(.unimplemented, "this server has no method \(call.path)") }
        try Self.admit(call[Caller.self], to: method)
    }

    public func admission(to method: MethodInfo) -> @Sendable (Call) throws -> Void {
        guard case .scopes(let scopes)? = method.policy?.access, let wanted = ScopeBits.of(scopes) else {
            return { call in try Self.admit(call[Caller.self], to: method) }
        }
        return { call in
            guard let caller = call[Caller.self], caller.scopeBits & wanted == wanted else {
                return try Self.admit(call[Caller.self], to: method)
            }
        }
    }

    static func admit(_ caller: Caller?, to method: MethodInfo) throws(RPCError) {
        switch method.policy?.access {
        case .public: return
        case .scopes(let scopes):
            guard let caller else { throw RPCError(reason: .tokenMissing, "This method needs a token.") }
            guard let missing = scopes.first(where: { !caller.scopes.contains($0) }) else { return }
            throw RPCError(
                reason: .scopeMissing, "The token does not allow this: it needs the scope \(missing).",
                metadata: ["missing_scope": missing, "method": method.fullName])
        case nil:
            throw RPCError(
                reason: .scopeUndeclared, "Nobody may call this method.", metadata: ["method": method.fullName])
        }
    }
}
