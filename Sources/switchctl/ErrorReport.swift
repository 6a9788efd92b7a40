internal import Console
internal import Protobuf
internal import RPC
internal import StandardTypes

/// A failed call, for a person to read: status, sentence, and what its `google.rpc` details say.
struct ErrorReport {
    private let error: RPCError

    init(_ error: RPCError) {
        self.error = error
    }

    /// A server of ours explains each refusal with details; an UNAVAILABLE without any comes from this side: nobody answered.
    var exitStatus: ExitStatus {
        error.code == .unavailable && error.details.isEmpty ? .unreachable : .status(error.code.rawValue)
    }

    var text: String {
        ([exitStatus == .unreachable ? "No connection: \(error.message)" : "\(error.code): \(error.message)"]
            + error.details.flatMap(lines).map { "  \($0)" }).joined(separator: "\n")
    }

    private func lines(of detail: ErrorDetail) -> [String] {
        if let info = detail.decoded(as: ErrorInfo.self) {
            return ["reason: \(info.reason)"] + info.metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        }
        if let request = detail.decoded(as: BadRequest.self) {
            return request.fieldViolations.map { "\($0.field): \($0.description)" }
        }
        if let resource = detail.decoded(as: ResourceInfo.self) {
            return ["resource: \(resource.resourceType) \(resource.resourceName)"]
        }
        if let failure = detail.decoded(as: PreconditionFailure.self) {
            return failure.violations.map { "\($0.subject): \($0.description)" }
        }
        if let failure = detail.decoded(as: QuotaFailure.self) {
            return failure.violations.map { "quota of \($0.subject): \($0.description)" }
        }
        if let retry = detail.decoded(as: RetryInfo.self) {
            return ["try again after: \(retry.retryDelay?.seconds ?? 0) s"]
        }
        if let request = detail.decoded(as: RequestInfo.self) {
            return ["request id: \(request.requestID)"]
        }
        if let help = detail.decoded(as: Help.self) {
            return help.links.map { "\($0.description): \($0.url)" }
        }
        if let message = detail.decoded(as: LocalizedMessage.self) {
            return [message.message]
        }
        return ["also: \(detail.typeURL), \(detail.value.count) bytes"]
    }
}
