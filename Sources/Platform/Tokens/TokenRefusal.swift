public import RPC

/// Why somebody gets no token.
public enum TokenRefusal: Error, Hashable, RPCErrorConvertible {
    /// The configuration does not name the service.
    case serviceUnknown(service: String)
    /// It may not act in that tenant, or the subject is of another one.
    case tenantNotAllowed(service: String, tenant: String)
    /// It may act in its own name only.
    case exchangeNotAllowed(service: String)
    /// Of all that was asked for nothing is allowed.
    case nothingAllowed(service: String, wanted: [String])
    /// Who hands out a token does not hold all of its scopes himself.
    case notOwnScopes([String])
    case tooDeep
    case grantNotFound
    /// The token comes of a grant itself.
    case grantOfGrant
    /// Who hands out a token was handed his own by somebody, or acts for somebody.
    case handedOn
    case tenantSuspended(tenant: String)
    /// There is no key to sign with.
    case notIssued

    /// Whether it has nothing to do with who asks, or for what: the same may go well in a while, or at another server.
    var mayPass: Bool { self == .notIssued }

    public var rpcError: RPCError {
        switch self {
        case .serviceUnknown(let service):
            RPCError(
                reason: .serviceUnknown,
                "This platform gives the service \(service) no tokens: its configuration has to name it under identity.services.",
                metadata: ["service": service])
        case .tenantNotAllowed(let service, let tenant):
            RPCError(
                reason: .tenantMismatch,
                tenant.isEmpty
                    ? "Say in which tenant the service \(service) wants to act."
                    : "The service \(service) may not act in the tenant \(tenant).",
                metadata: ["service": service, "tenant": tenant])
        case .exchangeNotAllowed(let service):
            RPCError(
                reason: .exchangeNotAllowed, "The service \(service) may not act for others.",
                metadata: ["service": service])
        case .nothingAllowed(let service, let wanted):
            RPCError(
                reason: .scopeMissing,
                wanted.isEmpty
                    ? "There is nothing that both the subject and the service \(service) may do."
                    : "The subject and the service \(service) may not both do any of \(wanted.joined(separator: ", ")).",
                metadata: ["missing_scope": wanted.joined(separator: " "), "service": service])
        case .notOwnScopes(let scopes):
            RPCError(
                reason: .scopeMissing,
                "Nobody hands out what he may not do himself: your own token lacks \(scopes.joined(separator: ", ")).",
                metadata: ["missing_scope": scopes.joined(separator: " ")])
        case .tooDeep:
            RPCError(
                reason: .delegationTooDeep,
                "The token has passed through \(Limits.delegationDepth) services already: call with it from fewer of them in a row.")
        case .grantNotFound:
            RPCError(
                reason: .resourceNotFound, "The service has no such grant in this tenant, or it has ended or was revoked.")
        case .grantOfGrant:
            RPCError(
                reason: .exchangeNotAllowed,
                "A token that comes of a grant makes no other grant: ask for one with a token of the user's own.")
        case .handedOn:
            RPCError(
                reason: .exchangeNotAllowed,
                "A token that was handed out by somebody, or that acts for somebody, hands out no others: call with one of your own.")
        case .tenantSuspended(let tenant):
            RPCError(
                reason: .tenantSuspended, "The tenant \(tenant) is suspended.", metadata: ["tenant": tenant])
        case .notIssued:
            RPCError(
                reason: .keyRingMissing,
                "This server has no key ring, so that it cannot sign tokens: ask one that has, or name a key ring in its configuration.")
        }
    }
}
