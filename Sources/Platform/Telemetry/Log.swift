internal import Glibc
internal import Net
internal import Synchronization

/// What happens in the server, one JSON object a line: `{"time":…,"level":…,"event":…, …}`.
///
/// A line never holds a token, a key or a body. Writing one never blocks a loop: lines are gathered for some milliseconds and written by another thread, and when
/// the reader of the log is too slow some are dropped and counted.
public final class Log: Sendable {
    public enum Level: Int, Sendable, Comparable {
        case info, warning, error

        var name: String {
            switch self {
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }

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
        /// What was written last, for its memory.
        var spare: [UInt8] = []
        var clock = LogClock()
        var dropped = 0
        var isWriting = false

        /// What each line begins with.
        mutating func begin(_ level: Level, _ event: String) {
            waiting.append(contentsOf: "{\"time\":\"".utf8)
            clock.append(to: &waiting)
            waiting.append(contentsOf: "\",\"level\":\"".utf8)
            waiting.append(contentsOf: level.name.utf8)
            waiting.append(contentsOf: "\",\"event\":".utf8)
            JSONText.append(event, to: &waiting)
        }

        mutating func add(_ name: StaticString, _ value: Value) { LogFields.append(name, value, to: &waiting) }

        mutating func end() { waiting.append(contentsOf: "}\n".utf8) }
    }

    private let descriptor: Int32
    private let minimum: Level
    private let state = Mutex(State())
    /// One at a time: lines stay in order, and who flushes knows that all are written.
    private let writer = Mutex(())

    /// - Parameters:
    ///   - descriptor: where lines go; standard error unless told otherwise. It stays the caller's.
    ///   - minimum: lines below this level are not written.
    public init(to descriptor: Int32 = 2, minimum: Level = .info) {
        self.descriptor = descriptor
        self.minimum = minimum
    }

    /// - Parameters:
    ///   - event: what happened, past tense, in snake case: `server_started`.
    ///   - common: what many lines have in common, in front of what only this one has.
    public func write(_ level: Level, _ event: String, common: LogFields? = nil, _ fields: KeyValuePairs<StaticString, Value> = [:]) {
        guard level >= minimum else { return }
        let startsWriter = state.withLock { state in
            let before = state.waiting.count
            state.begin(level, event)
            if let common { state.waiting.append(contentsOf: common.json) }
            for (name, value) in fields { state.add(name, value) }
            state.end()
            guard state.waiting.count <= Limits.logBytesWaiting else {
                state.waiting.removeLast(state.waiting.count - before)
                state.dropped += 1
                return false
            }
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if startsWriter {
            BlockingPool.shared.start {
                self.flush(gatheringFor: Limits.logGathering)
            } orElse: { _ in
                // No thread now: the next line asks again.
                self.state.withLock { $0.isWriting = false }
            }
        }
    }

    /// Writes what waits. Blocks; the end of a process calls it, so that the last lines are not lost.
    public func flush() { flush(gatheringFor: .zero) }

    private func flush(gatheringFor pause: Duration) {
        repeat {
            if pause > .zero { BlockingPool.pause(pause) }
        } while writer.withLock { _ in writeWaiting() }
    }

    /// False when there was nothing.
    private func writeWaiting() -> Bool {
        var bytes = state.withLock { state -> [UInt8] in
            if state.dropped > 0 {
                state.begin(.warning, "log_lines_dropped")
                state.add("count", .number(state.dropped))
                state.end()
            }
            state.dropped = 0
            state.isWriting = !state.waiting.isEmpty
            let bytes = state.waiting
            (state.waiting, state.spare) = (state.spare, [])
            return bytes
        }
        guard !bytes.isEmpty else { return false }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        bytes.removeAll(keepingCapacity: true)
        state.withLock { [bytes] in $0.spare = bytes }
        return true
    }
}
