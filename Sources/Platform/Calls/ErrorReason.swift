internal import Protobuf
public import RPC
internal import StandardTypes

extension RPCError {
    /// The `domain` of every `google.rpc.ErrorInfo` of ours.
    public static let domain = "switchboard"

    /// An error with a `google.rpc.ErrorInfo` ahead of its other details.
    ///
    /// - Parameters:
    ///   - reason: what a program decides by, in capitals: `TOKEN_EXPIRED`.
    ///   - message: a sentence for people, which says what to do.
    public init(
        _ code: StatusCode, reason: String, _ message: String, metadata: KeyValuePairs<String, String> = [:], details: [ErrorDetail] = []
    ) {
        var info = ErrorInfo()
        info.reason = reason
        info.domain = Self.domain
        info.metadata = Map(metadata)
        self.init(code, message, details: [ErrorDetail(info)] + details)
    }

    /// The reason of the `google.rpc.ErrorInfo`, if there is one.
    public var reason: String? { detail(ErrorInfo.self)?.reason }

    /// The same error with one more detail.
    func adding(_ detail: ErrorDetail) -> RPCError {
        RPCError(code, message, details: details + [detail], trailers: trailers)
    }
}
