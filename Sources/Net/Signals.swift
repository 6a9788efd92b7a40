internal import CNet
internal import Glibc

/// Signals as values: a handler puts each into a pipe, from which one thread takes them.
public enum Signals {
    public static let interrupt = SIGINT
    public static let terminate = SIGTERM
    public static let hangUp = SIGHUP

    /// Every arrival of one of `signals` from now on, in order; of two streams of one signal the later has it. Also ignores SIGPIPE: a
    /// peer that went away is an error code, not a signal.
    public static func stream(_ signals: [Int32]) throws(NetError) -> AsyncStream<Int32> {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        // Neither end is ever closed: a handler may run at any time.
        guard unsafe pipe(&ends) == 0 else { throw .last("pipe") }
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A full pipe means that 64 Ki signals wait: the next one may be lost, but the handler must not block.
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        try Thread.start(name: "signals") {
            var byte: UInt8 = 0
            while true {
                if unsafe read(reading, &byte, 1) == 1 { continuation.yield(Int32(byte)) }
            }
        }
        for signal in signals {
            guard switchboard_watch_signal(signal, writing) == 0 else { throw .last("sigaction \(signal)") }
        }
        return stream
    }
}
