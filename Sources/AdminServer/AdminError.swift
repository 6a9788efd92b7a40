internal import AdminAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

/// Everything for which the services of this module refuse a call.
enum AdminError: Error, Hashable, RPCErrorConvertible {
    case invalid(field: String, String)
    case pageTokenInvalid
    case jobNotFound(id: String)
    case operationNotFound(name: String)
    case deliveryNotFound(id: String)
    /// What became of the message is known already.
    case deliveryKnown(id: String, state: String)
    /// What was asked for cannot be done with a job in this state.
    case unfit(id: String, state: String, wanted: String)
    /// Another job with the same unique key has not ended.
    case uniqueKeyTaken(id: String)
    case tenantNotFound(name: String)
    case tenantExists(name: String)
    /// Who is of a tenant does not suspend it.
    case ownTenant(name: String)
    case otherTenant(name: String)
    case signingKeyNotFound(id: String)
    case grantNotFound(id: String)
    /// With what is wrong, for who wrote it.
    case configurationUnusable(String)

    var rpcError: RPCError {
        switch self {
        case .invalid(let field, let flaw):
            RPCError(
                reason: .fieldViolation, "A field of the request breaks a rule. \(field): \(flaw)",
                details: [ErrorDetail(BadRequest([Violation(field: field, description: flaw)]))])
        case .pageTokenInvalid:
            RPCError(
                reason: .pageTokenInvalid, "The page token does not fit this list. \(Self.pageTokenAdvice)",
                details: [ErrorDetail(BadRequest([Violation(field: "page_token", description: Self.pageTokenAdvice)]))])
        case .jobNotFound(let id):
            RPCError(
                reason: .resourceNotFound, "There is no job with this id. One that has succeeded is removed.",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.JobRecord", id))])
        case .operationNotFound(let name):
            RPCError(
                reason: .resourceNotFound, "There is no operation of this name (any more).",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.Operation", name))])
        case .deliveryNotFound(let id):
            RPCError(
                reason: .resourceNotFound, "There is no message with this id (any more).",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.DeliveryRecord", id))])
        case .deliveryKnown(let id, let state):
            RPCError(
                reason: .preconditionFailed,
                "The message is \(state), and only of one that is unknown has somebody to say what became of it.",
                metadata: ["delivery": id, "state": state])
        case .unfit(let id, let state, let wanted):
            RPCError(
                reason: .jobStateUnfit, "The job is \(state), and only one that is \(wanted) will do.",
                metadata: ["job": id, "state": state])
        case .uniqueKeyTaken(let id):
            RPCError(
                reason: .jobUnique, "Another job with its unique key has not ended. Let that one end first.",
                metadata: ["job": id])
        case .tenantNotFound(let name):
            RPCError(
                reason: .resourceNotFound, "There is no tenant of this name.",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.Tenant", name))])
        case .tenantExists(let name):
            RPCError(
                reason: .tenantExists, "There is a tenant of this name already.",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.Tenant", name))])
        case .ownTenant(let name):
            RPCError(
                reason: .preconditionFailed,
                "Your own token is for the tenant \(name): nobody of it could resume it. Suspend it with a token for another one.",
                metadata: ["tenant": name])
        case .otherTenant(let name):
            RPCError(
                reason: .tenantMismatch, "Your token is for another tenant than \(name), and lacks the scope admin:tenants.",
                metadata: ["tenant": name, "missing_scope": "admin:tenants"])
        case .signingKeyNotFound(let id):
            RPCError(
                reason: .resourceNotFound, "This platform has no signing key of this name.",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.SigningKey", id))])
        case .grantNotFound(let id):
            RPCError(
                reason: .resourceNotFound, "The tenant has no such grant.",
                details: [ErrorDetail(ResourceInfo("switchboard.admin.v1.Grant", id))])
        case .configurationUnusable(let reason):
            RPCError(reason: .configurationUnusable, "Nothing was changed. \(reason)")
        }
    }

    private static let pageTokenAdvice = "Send the token of the page before, with the same request otherwise, or none for the first page."
}
