internal import LeadAPI
internal import Platform
internal import RPC
internal import Resources
internal import StandardTypes

/// Everything for which this service refuses a call. Handlers throw it as it is.
enum LeadError: Error, Hashable, RPCErrorConvertible {
    /// Never empty.
    case invalid([Violation])
    case pageTokenInvalid
    /// Also what another tenant's lead is.
    case notFound(id: String)
    case emailExists(String)
    case etagMismatch(id: String)
    case illegalTransition(from: LeadStatus, to: LeadStatus)
    case importInProgress(String)
    case importChanged(String)
}

extension LeadError {
    /// A request with one violation.
    static func invalid(_ field: String, _ description: String) -> LeadError {
        .invalid([Violation(field: field, description: description)])
    }

    /// The status with its google.rpc details. No sentence repeats what a caller wrote, apart from words of our own.
    var rpcError: RPCError {
        switch self {
        case .invalid(let violations):
            RPCError(
                reason: .fieldViolation, Self.sentence(violations), details: [ErrorDetail(BadRequest(violations))])
        case .pageTokenInvalid:
            RPCError(
                reason: .pageTokenInvalid, "The page token does not fit this list. \(Self.pageTokenAdvice)",
                details: [ErrorDetail(BadRequest([Violation(field: "page_token", description: Self.pageTokenAdvice)]))])
        case .notFound(let id):
            RPCError(
                reason: .resourceNotFound, "There is no lead with this id.", details: [ErrorDetail(ResourceInfo(lead: id))])
        case .emailExists(let email):
            RPCError(
                reason: .emailExists,
                "Another lead has this e-mail address. Update that lead, or use another address.",
                details: [ErrorDetail(ResourceInfo(lead: email))])
        case .etagMismatch(let id):
            RPCError(
                reason: .etagMismatch,
                "The lead is no longer the version that this etag names. Get it again and repeat the change on it.",
                details: [ErrorDetail(ResourceInfo(lead: id))])
        case .illegalTransition(let from, let to):
            Self.illegalTransition(from.word ?? "unknown", to.word ?? "unknown")
        case .importInProgress(let importID):
            RPCError(
                reason: .importInProgress,
                "Another stream carries this import. Wait until it has ended, then send the import again.",
                metadata: ["import_id": importID])
        case .importChanged(let importID):
            RPCError(
                reason: .importChanged,
                "An import of this name has brought another header or other rows. Send the same ones again, or use a new import id.",
                metadata: ["import_id": importID])
        }
    }

    private static let pageTokenAdvice =
        "Send the token of the page before, with the same filter and the same order, or none for the first page."

    private static func sentence(_ violations: [Violation]) -> String {
        let count = violations.count == 1 ? "A field of the request breaks a rule" : "\(violations.count) fields of the request break rules"
        guard let first = violations.first else { return "\(count)." }
        return "\(count). \(first.field): \(first.description)"
    }

    private static func illegalTransition(_ from: String, _ to: String) -> RPCError {
        let sentence = "A lead cannot go from \(from) to \(to)."
        var violation = PreconditionFailure.Violation()
        violation.type = ErrorReason.leadIllegalTransition.rawValue
        violation.subject = "lead.status"
        violation.description = sentence
        var failure = PreconditionFailure()
        failure.violations = [violation]
        return RPCError(
            reason: .leadIllegalTransition, sentence, metadata: ["from": from, "to": to],
            details: [ErrorDetail(failure)])
    }
}

extension ResourceInfo {
    /// - Parameter name: the id or the address that the caller itself has sent.
    init(lead name: String) {
        self.init("switchboard.lead.v1.Lead", name)
    }
}
