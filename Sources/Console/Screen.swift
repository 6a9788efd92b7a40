internal import Glibc

/// The two streams of a terminal program.
public enum Screen {
    /// The answer that was asked for: one line, or several, on standard output. Somebody else may have written it: see ``TerminalText``.
    public static func show(_ text: String) {
        write(TerminalText.harmless(text) + "\n", to: STDOUT_FILENO)
    }

    /// Everything else that a person should read, on standard error.
    public static func tell(_ text: String) {
        write(TerminalText.harmless(text) + "\n", to: STDERR_FILENO)
    }

    /// Whole, however the other end reads; given up when the other end is gone.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                return
            }
        }
    }
}
