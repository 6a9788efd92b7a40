internal import Postgres
internal import RPC
internal import StandardTypes

/// What a peer may know of an error, and how loudly the log tells of it: the one place that decides so.
///
/// An ``RPCError`` was written for the peer and says what it says. All others are known by their kind alone: what a database, a file or a
/// defect has to say is for the log.
enum ErrorAnswer {
    static func answer(to error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: written(error)
        case let error as any RPCErrorConvertible: written(error.rpcError)
        case let error as PostgresError: RPCError(error)
        case is CancellationError: RPCError(reason: .cancelled)
        default: RPCError(reason: .internal)
        }
    }

    /// An error with a status. One that a client of this process made itself, when it called another server, tells of addresses and of
    /// connections: the peer hears that something behind this server is away.
    private static func written(_ error: RPCError) -> RPCError {
        // What is wrong with the client's bytes is the client's to hear, whoever found it.
        switch error.cause?.kind {
        case .messageTooLarge: return error.named(.messageTooLarge)
        case .metadataTooLarge: return error.named(.metadataTooLarge)
        case .encodingUnknown: return error.named(.encodingUnknown)
        case .malformed: return error.named(.requestMalformed)
        default: break
        }
        if let cause = error.cause, cause.kind != .server {
            switch error.code {
            case .cancelled: return RPCError(reason: .cancelled)
            case .deadlineExceeded: return RPCError(reason: .deadlineExceeded)
            default: return RPCError(reason: .unavailable).tryAgain(after: Limits.unavailableRetry)
            }
        }
        return error.named(ErrorReason(error.code))
    }

    /// Calls that fail by the caller's doing are its business, refused credentials are the operator's, too, and the rest is a fault here.
    static func level(of error: RPCError) -> Log.Level? {
        if error.reason == ErrorReason.databaseRefused.rawValue { return .error }
        if error.reason == ErrorReason.requestMalformed.rawValue { return nil }
        return switch error.code {
        case .internal, .unknown, .dataLoss: .error
        case .unavailable, .resourceExhausted, .unauthenticated, .permissionDenied: .warning
        default: nil
        }
    }
}
