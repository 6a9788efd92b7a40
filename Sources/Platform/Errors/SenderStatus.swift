public import RPC
public import Senders
internal import StandardTypes

/// What a peer may know of a message that did not leave the house. A sender's own sentences name relays and destinations: for the log.
extension SenderError: RPCErrorConvertible {
    public var rpcError: RPCError {
        switch self {
        case .message: RPCError(reason: .fieldViolation, "The message cannot be sent as it is: its address or its text breaks a rule.")
        case .oneTimePassword(.tooMany(let seconds)):
            RPCError(reason: .rateLimited, description, details: [ErrorDetail(RetryInfo(after: .seconds(seconds)))])
        case .oneTimePassword(.notSent), .connection, .peer:
            RPCError(reason: .unavailable, details: [ErrorDetail(RetryInfo(after: Limits.unavailableRetry))])
        case .configuration, .template: RPCError(reason: .internal)
        }
    }
}
