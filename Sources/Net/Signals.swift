internal import CNet
internal import Glibc

/// Signals as values: the process blocks them everywhere and one thread waits for them.
public enum Signals {
    public static let interrupt = SIGINT
    public static let terminate = SIGTERM
    public static let hangUp = SIGHUP

    /// Every arrival of one of `signals`, in order. Call it before any other thread is started, since a thread inherits the
    /// mask of the one that starts it. Also ignores SIGPIPE: a peer that went away is an error code, not a signal.
    public static func stream(_ signals: [Int32]) throws(NetError) -> AsyncStream<Int32> {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        let waited = set
        try Thread.start(name: "signals") {
            var set = waited
            while true {
                var signal: Int32 = 0
                if unsafe sigwait(&set, &signal) == 0 { continuation.yield(signal) }
            }
        }
        return stream
    }

}
