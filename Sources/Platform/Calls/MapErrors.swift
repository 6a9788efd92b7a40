internal import HTTP2
internal import Net
public import RPC

/// The one funnel from any error to the status that a peer sees; the outermost interceptor.
///
/// A peer gets what an ``RPCError`` says, a reason of ``ErrorReason``, and the request id. What a database or a defect has to say goes to the
/// log under the same id.
public struct MapErrors: ErrorFunnel {
    private let log: Log
    private let attempts: FailedAttempts?

    /// - Parameter attempts: what slows down those who come with one bad token after another; nil: nothing does.
    public init(log: Log, attempts: FailedAttempts? = nil) {
        self.log = log
        self.attempts = attempts
    }

    public func status(of error: any Error, _ call: Call) -> RPCError {
        let id = call.requestID
        var answer = ErrorAnswer.answer(to: error)
        if let attempts { answer = attempts.noted(answer, call) }
        if let level = ErrorAnswer.level(of: answer) {
            let caller = call[Caller.self]
            log.write(
                level, "call_failed",
                [
                    "request_id": .text(id), "method": .text(call.path), "peer": "\(call.peer.address)",
                    "service": .text(call.identity?.service.name ?? ""), "tenant": .text(caller?.tenant ?? ""),
                    "caller": .text(caller?.subject ?? ""), "status": "\(answer.code)", "reason": .text(answer.reason ?? ""),
                    "error": "\(error)",
                ])
        }
        return answer.underRequest(id)
    }
}
