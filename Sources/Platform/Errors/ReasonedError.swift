internal import Protobuf
public import RPC
internal import StandardTypes

extension RPCError {
    /// The `domain` of every `google.rpc.ErrorInfo` of ours.
    public static let domain = "switchboard"

    /// An error with a `google.rpc.ErrorInfo` ahead of its other details; its status is the reason's.
    ///
    /// - Parameters:
    ///   - message: a sentence for people, which says what to do; without one it is the reason's own.
    ///   - metadata: of the ErrorInfo, for programs.
    public init(
        reason: ErrorReason, _ message: String? = nil, metadata: KeyValuePairs<String, String> = [:], details: [ErrorDetail] = []
    ) {
        self.init(reason.code, message ?? reason.sentence, details: [ErrorDetail(ErrorInfo(reason, metadata))] + details)
    }

    /// The reason of the `google.rpc.ErrorInfo`, if there is one.
    public var reason: String? { detail(ErrorInfo.self)?.reason }

    /// The same error with an ErrorInfo, unless it has one.
    func named(_ reason: ErrorReason) -> RPCError {
        self.reason == nil ? with(details: [ErrorDetail(ErrorInfo(reason))] + details) : self
    }

    /// The same error with the name under which the log tells of its call: as a `google.rpc.RequestInfo`, and as a trailer for those who
    /// read no details.
    func underRequest(_ id: String) -> RPCError {
        var request = RequestInfo()
        request.requestID = id
        var error = with(details: details + [ErrorDetail(request)])
        if error.trailers["x-request-id"] == nil { error.trailers.append("x-request-id", id) }
        return error
    }

    private func with(details: [ErrorDetail]) -> RPCError {
        var error = RPCError(code, message, details: details, trailers: trailers, cause: cause)
        error.pushback = pushback
        return error
    }
}

extension ErrorInfo {
    init(_ reason: ErrorReason, _ metadata: KeyValuePairs<String, String> = [:]) {
        self.init()
        self.reason = reason.rawValue
        domain = RPCError.domain
        self.metadata = Map(metadata)
    }
}
