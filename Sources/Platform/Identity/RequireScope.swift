public import RPC

/// Refuses calls whose token does not allow their method. It stands behind ``RequireToken``.
public struct RequireScope: CallGuard {
    private let scopes: MethodScopes

    public init(_ scopes: MethodScopes) {
        self.scopes = scopes
    }

    public func admit(_ call: Call) throws {
        // No table can name a method that nobody declared: even where a server answers it, this chain lets nobody through to it.
        guard let method = call.method else { throw RPCError(.unimplemented, "this server has no method \(call.path)") }
        try scopes.admit(call[Caller.self], to: method)
    }
}

/// Which scope each method demands.
public struct MethodScopes: Sendable {
    /// What one method demands.
    public enum Demand: Sendable, Hashable {
        case scope(String)
        /// Every caller that a certificate names: for probes.
        case nothing
    }

    private let demands: [String: Demand]

    /// - Parameter demands: by path, `/switchboard.lead.v1.LeadService/GetLead`.
    public init(_ demands: [String: Demand]) {
        self.demands = demands
    }

    /// The tables of several services in one.
    public init(merging tables: [MethodScopes]) {
        demands = tables.reduce(into: [:]) { all, table in all.merge(table.demands) { first, _ in first } }
    }

    subscript(path: String) -> Demand? { demands[path] }

    /// Paths of methods that no table names. A server with one must not start: what is not declared would be open, or dead.
    public func undeclared(in services: [any Service]) -> [String] {
        services.flatMap { $0.routes.map(\.method.path) }.filter { demands[$0] == nil }.sorted()
    }

    func admit(_ caller: Caller?, to method: MethodInfo) throws(RPCError) {
        switch demands[method.path] {
        case .nothing: return
        case .scope(let scope):
            guard let caller else { throw RPCError(reason: .tokenMissing, "This method needs a token.") }
            guard caller.scopes.contains(scope) else {
                throw RPCError(
                    reason: .scopeMissing, "The token does not allow this: it needs the scope \(scope).",
                    metadata: ["missing_scope": scope, "method": method.fullName])
            }
        case nil:
            throw RPCError(
                reason: .scopeUndeclared, "Nobody may call this method.", metadata: ["method": method.fullName])
        }
    }
}
