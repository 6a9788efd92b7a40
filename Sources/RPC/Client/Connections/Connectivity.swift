public import Net

/// What a channel, or the way to one address, is able to do (grpc/doc/connectivity-semantics-and-api.md).
public enum ConnectivityState: String, Sendable, Hashable, CustomStringConvertible {
    /// No connection, and nobody who needs one.
    case idle = "IDLE"
    case connecting = "CONNECTING"
    case ready = "READY"
    /// The last attempt failed: calls fail, unless they wait for ready, until one succeeds.
    case transientFailure = "TRANSIENT_FAILURE"
    /// The channel was closed, for good.
    case shutdown = "SHUTDOWN"

    public var description: String { rawValue }
}

/// A channel's state, and how it came to be.
public struct Connectivity: Sendable, CustomStringConvertible {
    public let state: ConnectivityState
    /// An English sentence: what happened.
    public let reason: String
    /// The same for programs, when it was a failure.
    public let cause: RPCError.Cause?
    /// When the next attempt begins, in TRANSIENT_FAILURE.
    public let nextAttempt: MonotonicTime?

    init(_ state: ConnectivityState, _ reason: String, cause: RPCError.Cause? = nil, nextAttempt: MonotonicTime? = nil) {
        self.state = state
        self.reason = reason
        self.cause = cause
        self.nextAttempt = nextAttempt
    }

    public var description: String { "\(state): \(reason)" }
}
