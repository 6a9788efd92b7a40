internal import Glibc

/// What can go wrong below the protocols: a system call that failed, or a limit of this module.
public enum NetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `operation` names the system call and what it was about; `code` is `errno`.
    case system(operation: String, code: Int32)
    /// An address that is neither an IP literal with a port nor a Unix socket path that fits.
    case address(String)
    /// The name did not resolve; the text is getaddrinfo's.
    case resolution(name: String, reason: String)
    /// The blocking pool's queue is full (see `Limits.blockingQueue`).
    case overloaded

    public var description: String {
        switch self {
        case .system(let operation, let code): "\(operation): \(NetError.text(of: code))"
        case .address(let text): text
        case .resolution(let name, let reason): "cannot resolve \(name): \(reason)"
        case .overloaded: "too much blocking work is queued already"
        }
    }

    public static func text(of code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// The failure of the system call that just returned.
    static func last(_ operation: String) -> NetError {
        .system(operation: operation, code: errno)
    }
}
