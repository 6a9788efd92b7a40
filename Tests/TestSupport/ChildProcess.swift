internal import Glibc
internal import Net
internal import Synchronization

/// A program that this process started, in a session of its own, so that Ctrl-C does not reach it.
final class ChildProcess: Sendable {
    private let identifier: pid_t
    private let status = Mutex<Int32?>(nil)

    private init(identifier: pid_t) {
        self.identifier = identifier
    }

    /// `output` takes both standard output and standard error.
    static func spawn(_ arguments: [String], folder: String = "/", output: String) throws -> ChildProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A socket of a test that lived on in the server would never be seen to close.
        // Other tests open more of them meanwhile.
        let last = OpenDescriptor.all(of: getpid()).map(\.number).max() ?? 0
        for descriptor in 3...max(last, 1024) + 1024 { unsafe posix_spawn_file_actions_addclose(&actions, descriptor) }
        // Nor may signals that the code under test blocks stay blocked in a server that is to be stopped by one.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // Swift does not see the GNU extensions of posix_spawn; these two programs replace themselves by the next, so the id stays.
        let command = ["setsid", "env", "--chdir=\(folder)"] + arguments
        var texts: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
        unsafe texts.append(nil)
        defer {
            for index in unsafe texts.indices { unsafe free(texts[index]) }
        }
        var identifier: pid_t = 0
        let code = unsafe posix_spawnp(&identifier, "setsid", &actions, &attributes, texts, environ)
        guard code == 0 else { throw TestClusterError("cannot run \(arguments[0]): error \(code)") }
        return ChildProcess(identifier: identifier)
    }

    var isRunning: Bool { exitStatus() == nil }

    /// What waitpid reported, once it has ended.
    func exitStatus() -> Int32? {
        status.withLock { status in
            if status != nil { return status }
            var code: Int32 = 0
            if unsafe waitpid(identifier, &code, WNOHANG) == identifier { status = code }
            return status
        }
    }

    func signal(_ signal: Int32) {
        // Under the lock, so that the id cannot have been reaped and given away.
        status.withLock { status in
            if status == nil { kill(identifier, signal) }
        }
    }

    /// False when it still ran at the deadline.
    func wait(until deadline: MonotonicTime) -> Bool {
        while isRunning {
            guard MonotonicTime.now() < deadline else { return false }
            usleep(2_000)
        }
        return true
    }
}

/// The programs of the PostgreSQL that is installed.
enum PostgreSQLPrograms {
    /// Debian keeps them out of the PATH.
    private static let folder = "/usr/lib/postgresql/15/bin"

    /// Starts one, as the user `postgres` when this process is root.
    static func spawn(_ program: String, _ arguments: [String], in cluster: TestClusterFolder) throws -> ChildProcess {
        var command = ["\(folder)/\(program)"] + arguments
        if geteuid() == 0 {
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + command
        }
        return try ChildProcess.spawn(command, folder: cluster.path, output: cluster.logPath)
    }

    /// Runs one to its end.
    static func run(_ program: String, _ arguments: [String], in cluster: TestClusterFolder) throws {
        let process = try spawn(program, arguments, in: cluster)
        guard process.wait(until: .now() + .seconds(300)), process.exitStatus() == 0 else {
            process.signal(SIGKILL)
            throw TestClusterError("\(program) failed:\n\(cluster.logTail())")
        }
    }
}
