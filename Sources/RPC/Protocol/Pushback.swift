internal import Net
internal import Net
internal import StandardTypes

extension RPCError {
    /// What a server says of trying again (gRFC A6, `grpc-retry-pushback-ms`): clients that do so by themselves keep to it.
    public enum Pushback: Sendable, Hashable {
        /// Not before that much time has passed; then at once, without a wait of the client's own.
        case after(Swift.Duration)
        case never

        /// What is no number of milliseconds, or a negative one, asks for no retry.
        init(_ text: String) {
            if let milliseconds = Int32(text), milliseconds >= 0 {
                self = .after(.milliseconds(milliseconds))
            } else {
                self = .never
            }
        }

        /// The field's value; whole milliseconds, rounded up.
        var text: String {
            switch self {
            case .never: "-1"
            case .after(let delay):
                String(Int32(clamping: max(0, delay.wholeNanoseconds / 1_000_000 + (delay.wholeNanoseconds % 1_000_000 > 0 ? 1 : 0))))
            }
        }
    }

    /// The same error with the wish that nobody tries again before `delay`: as `pushback` for clients that do so by themselves, if they
    /// do for this code, and as `google.rpc.RetryInfo` for those who read details.
    public func tryAgain(after delay: Swift.Duration) -> RPCError {
        let nanoseconds = max(0, delay.wholeNanoseconds)
        var wait = StandardTypes.Duration()
        wait.seconds = nanoseconds / 1_000_000_000
        wait.nanos = Int32(nanoseconds % 1_000_000_000)
        var info = RetryInfo()
        info.retryDelay = wait
        var error = RPCError(code, message, details: details + [ErrorDetail(info)], trailers: trailers, cause: cause)
        error.pushback = .after(delay)
        return error
    }
}
