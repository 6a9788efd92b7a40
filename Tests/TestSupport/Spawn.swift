internal import Glibc

/// posix_spawn with one end of a socket as standard output.
enum Spawn {
    /// Answers the process's id and the descriptor that its output is read from.
    static func spawn(_ command: [String], joinsErrors: Bool) throws(ProgramFailure) -> (identifier: pid_t, output: Int32) {
        // A pair of sockets where a pipe would do: only they are born close-on-exec here, so that no other child keeps them open.
        var ends: [Int32] = [0, 0]
        let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, stream, 0, &ends) == 0 else {
            throw ProgramFailure("there is no descriptor for the output of \(command[0]): errno \(errno)")
        }
        defer { close(ends[1]) }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        if joinsErrors { unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2) }

        // The code under test blocks and ignores signals in this process; the child begins with none of that.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var texts: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
        unsafe texts.append(nil)
        defer { unsafe texts.forEach { unsafe free($0) } }
        var identifier: pid_t = 0
        let code = unsafe posix_spawnp(&identifier, command[0], &actions, &attributes, texts, environ)
        guard code == 0 else {
            close(ends[0])
            throw ProgramFailure("cannot run \(command[0]): error \(code)")
        }
        return (identifier, ends[0])
    }
}
