internal import Glibc
internal import Net
internal import Synchronization

/// What happens in the server, one JSON object a line: `{"time":…,"level":…,"event":…, …}`.
///
/// A line never holds a token, a key or a body. Writing one never blocks a loop: lines are gathered and written by another thread, and when
/// the reader of the log is too slow some are dropped and counted.
public final class Log: Sendable {
    public enum Level: Int, Sendable, Comparable {
        case info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    public enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
        case text(String)
        case number(Int)

        public init(stringLiteral value: String) { self = .text(value) }
        public init(integerLiteral value: Int) { self = .number(value) }
    }

    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var isWriting = false
    }

    private let descriptor: Int32
    private let minimum: Level
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: where lines go; standard error unless told otherwise. It stays the caller's.
    ///   - minimum: lines below this level are not written.
    public init(to descriptor: Int32 = 2, minimum: Level = .info) {
        self.descriptor = descriptor
        self.minimum = minimum
    }

    /// - Parameter event: what happened, past tense, in snake case: `server_started`.
    public func write(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, Value> = [:]) {
        guard level >= minimum else { return }
        var line = "{\"time\":\"\(Self.timestamp())\",\"level\":\"\(level)\",\"event\":\(JSONText.quoted(event))"
        for (name, value) in fields {
            line += ",\(JSONText.quoted(name)):"
            switch value {
            case .text(let text): line += JSONText.quoted(text)
            case .number(let number): line += "\(number)"
            }
        }
        line += "}\n"
        let startsWriter = state.withLock { state in
            guard state.waiting.count + line.utf8.count <= Limits.logBytesWaiting else {
                state.dropped += 1
                return false
            }
            state.waiting += Array(line.utf8)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if startsWriter {
            Task {
                do {
                    try await BlockingPool.shared.run { self.flush() }
                } catch {
                    // No thread now: the next line asks again.
                    self.state.withLock { $0.isWriting = false }
                }
            }
        }
    }

    /// Writes what waits. Blocks; the end of a process calls it, so that the last lines are not lost.
    public func flush() {
        while true {
            let bytes = state.withLock { state -> [UInt8] in
                var bytes = state.waiting
                if state.dropped > 0 {
                    bytes += Array("{\"time\":\"\(Self.timestamp())\",\"level\":\"warning\",\"event\":\"log_lines_dropped\",".utf8)
                    bytes += Array("\"count\":\(state.dropped)}\n".utf8)
                }
                state.waiting = []
                state.dropped = 0
                state.isWriting = !bytes.isEmpty
                return bytes
            }
            if bytes.isEmpty { return }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
        }
    }

    /// RFC 3339 in UTC, with milliseconds.
    private static func timestamp() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var parts = unsafe tm()
        unsafe gmtime_r(&now.tv_sec, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(unsafe parts.tm_year &+ 1900)-\(two(unsafe parts.tm_mon &+ 1))-\(two(unsafe parts.tm_mday))"
        let time = "\(two(unsafe parts.tm_hour)):\(two(unsafe parts.tm_min)):\(two(unsafe parts.tm_sec))"
        let milliseconds = "\(1_000 + now.tv_nsec / 1_000_000)".dropFirst()
        return "\(date)T\(time).\(milliseconds)Z"
    }
}
