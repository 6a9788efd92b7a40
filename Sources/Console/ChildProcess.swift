public import Glibc

/// A program started from this one.
public struct ChildProcess: Sendable {
    public let id: pid_t

    /// - Parameters:
    ///   - program: an absolute path.
    ///   - input: the standard input's text; none when nil.
    ///   - output: the file that standard output and standard error are added to.
    ///   - detached: in a session of its own, so that Ctrl-C at the terminal does not reach it.
    public init(
        _ program: String, _ arguments: [String], input: String? = nil, output: String, detached: Bool = false
    ) throws(FileError) {
        let inputFile = output + ".input"
        try Files.write(input ?? "", to: inputFile, mode: 0o600)
        defer { unsafe unlink(inputFile) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputFile, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        // A child inherits which signals are blocked and ignored; one that blocks SIGTERM could not be stopped.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession = detached ? Self.spawnInNewSession : 0
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | newSession)

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { _ = unsafe words.map { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, program, &actions, &attributes, &words, environ)
        guard code == 0 else {
            throw FileError("start", program, reason: unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")
        }
        self.id = id
    }

    /// POSIX_SPAWN_SETSID of glibc, which shows it only to programs that ask for GNU extensions.
    private static let spawnInNewSession: Int16 = 0x80

    /// The exit code, 128 + signal for one that was killed, nil while it runs. Once it has been told, the process is gone.
    public func poll() -> Int32? {
        wait(options: WNOHANG)
    }

    /// Whether it has ended; it stays to be polled or waited for.
    public var hasEnded: Bool {
        var info = unsafe siginfo_t()
        return unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo == SIGCHLD
    }

    /// Waits for its end. Blocks.
    public func wait() -> Int32 {
        wait(options: 0) ?? 1
    }

    private func wait(options: Int32) -> Int32? {
        var status: Int32 = 0
        var ended: pid_t
        repeat {
            ended = unsafe waitpid(id, &status, options)
        } while ended == -1 && errno == EINTR
        if ended == 0 { return nil }
        guard ended == id else { return 1 }
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 &+ status & 0x7f
    }
}
