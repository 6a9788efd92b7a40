internal import HTTP2
internal import Net
public import RPC
internal import Postgres
internal import Protobuf
internal import StandardTypes

/// The one funnel from any error to the status that a peer sees; the outermost interceptor.
///
/// A peer gets what an ``RPCError`` says, and the request id. What a database or a defect has to say goes to the log under the same id.
public struct MapErrors: ErrorFunnel {
    private let log: Log

    public init(log: Log) {
        self.log = log
    }

    public func status(of error: any Error, _ call: Call) -> RPCError {
        let answer = Self.answer(to: error)
        if let level = Self.level(of: answer) {
            let caller = call[Caller.self]
            log.write(
                level, "call_failed",
                [
                    "request_id": .text(call.requestID), "method": .text(call.path), "peer": "\(call.peer.address)",
                    "service": .text(call[ServiceIdentity.self]?.name ?? ""), "tenant": .text(caller?.tenant ?? ""),
                    "caller": .text(caller?.subject ?? ""), "status": "\(answer.code)", "reason": .text(answer.reason ?? ""),
                    "error": "\(error)",
                ])
        }
        var request = RequestInfo()
        request.requestID = call.requestID
        return answer.adding(ErrorDetail(request))
    }

    /// What a peer may know of an error.
    static func answer(to error: any Error) -> RPCError {
        switch error {
        case let error as RPCError where error.reason == nil && error.detail(BadRequest.self) != nil:
            RPCError(error.code, reason: "FIELD_VIOLATION", error.message, details: error.details)
        case let error as RPCError: error
        case let error as any RPCErrorConvertible: error.rpcError
        case let error as PostgresError: RPCError(error)
        case is CancellationError: RPCError(.cancelled, "The call was cancelled.")
        default: RPCError(.internal, reason: "INTERNAL", "Something went wrong in the server. Its log knows more under the request id.")
        }
    }

    /// Calls that fail by the caller's doing are its business, refused credentials are the operator's, too, and the rest is a fault here.
    static func level(of error: RPCError) -> Log.Level? {
        switch error.code {
        case .internal, .unknown, .dataLoss: .error
        case .unavailable, .resourceExhausted, .unauthenticated, .permissionDenied: .warning
        default: nil
        }
    }
}
