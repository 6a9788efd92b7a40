internal import Glibc

/// What a program tells its caller when it ends.
public enum ExitStatus: Equatable, Sendable {
    case success
    /// Something failed that is neither of the following.
    case failure
    /// The command line cannot be understood.
    case usage
    /// No connection: address, TLS, or nobody there.
    case unreachable
    /// A call that ended with this gRPC status.
    case status(Int)

    public var code: Int32 {
        switch self {
        case .success: 0
        case .failure: 1
        case .usage: 2
        case .unreachable: 3
        case .status(let status): 64 &+ Int32(truncatingIfNeeded: status)
        }
    }

    /// Ends the process.
    public func exit() -> Never {
        Glibc.exit(code)
    }

    /// Ends a process that has threads of its own, which has written what it has to write: without the libraries' own tidying up, which
    /// takes from under those threads what they still use.
    public func exitAtOnce() -> Never {
        _exit(code)
    }
}
