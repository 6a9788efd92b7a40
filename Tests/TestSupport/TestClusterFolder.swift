internal import Glibc
internal import Net
internal import Synchronization

/// Where a test cluster lives: `/tmp/swpg.PID.START.RANDOM`, short enough for a socket's path (107 bytes), and named after the process
/// that made it, so that a later one can tell whether it still lives.
struct TestClusterFolder: Sendable {
    let path: String
    var data: String { path + "/data" }
    private var log: String { path + "/log" }

    private static let parent = "/tmp"
    private static let prefix = "swpg."

    /// Every folder of this process, for the end of it.
    private static let living = Mutex<[TestClusterFolder]>([])

    static func create() throws -> TestClusterFolder {
        let owner = Owner.current
        var template = Array("\(parent)/\(prefix)\(owner.process).\(owner.start).XXXXXX".utf8CString)
        let path = try unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, unsafe mkdtemp(base) != nil else {
                throw TestClusterError("cannot make a folder in \(parent): error \(errno)")
            }
            return unsafe String(cString: base)
        }
        let folder = TestClusterFolder(path: path)
        if geteuid() == 0 {
            guard let user = unsafe getpwnam("postgres"), unsafe chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
                throw TestClusterError("PostgreSQL refuses to run as root, and there is no user postgres to run it as")
            }
        }
        living.withLock { living in
            if living.isEmpty { atexit { TestClusterFolder.removeAllOfThisProcess() } }
            living.append(folder)
        }
        return folder
    }

    /// Settings for a server that may lose everything at any time, or nothing.
    func appendSettings(isDurable: Bool) throws {
        let promise = isDurable ? "on" : "off"
        // All suites run at once on one server, and many of them serve from programs with pools of their own.
        let settings = """
            listen_addresses = ''
            unix_socket_directories = '\(path)'
            fsync = \(promise)
            synchronous_commit = \(promise)
            full_page_writes = \(promise)
            wal_level = minimal
            max_wal_senders = 0
            max_connections = 1000
            shared_buffers = 64MB
            log_destination = stderr
            logging_collector = off
            """
        guard let file = unsafe fopen(data + "/postgresql.conf", "a") else {
            throw TestClusterError("cannot write postgresql.conf: error \(errno)")
        }
        defer { unsafe fclose(file) }
        unsafe fputs("\n" + settings + "\n", file)
    }

    /// Where the server writes what it has to say.
    var logPath: String { log }

    func logTail() -> String {
        String(readFile(log).suffix(2000))
    }

    /// Stops the server that runs on this folder, if any, and removes the folder.
    private func remove() {
        let process = readFile(data + "/postmaster.pid").prefix { $0.isNumber }
        // The process id may have been given to somebody else since: its command line has to name this folder.
        if let process = pid_t(process), readFile("/proc/\(process)/cmdline").contains(data) {
            kill(process, SIGQUIT)
            let deadline = MonotonicTime.now() + .seconds(60)
            while readFile("/proc/\(process)/cmdline").contains(data), MonotonicTime.now() < deadline {
                _ = waitpid(process, nil, WNOHANG)
                usleep(5_000)
            }
        }
        _ = try? ChildProcess.spawn(["/bin/rm", "-rf", path], output: "/dev/null").wait(until: .now() + .seconds(120))
    }

    private static func removeAllOfThisProcess() {
        for folder in living.withLock({ $0 }) { folder.remove() }
    }

    /// Removes what processes left that no longer live.
    static func removeOrphans() {
        guard let directory = unsafe opendir(parent) else { return }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasPrefix(prefix) else { continue }
            let parts = name.dropFirst(prefix.count).split(separator: ".")
            guard parts.count == 3, let process = pid_t(parts[0]), let start = UInt64(parts[1]) else { continue }
            if Owner(process: process, start: start).isAlive { continue }
            TestClusterFolder(path: "\(parent)/\(name)").remove()
        }
    }

    /// A process, told from a later one with the same id by its start in clock ticks since boot.
    private struct Owner {
        var process: pid_t
        var start: UInt64

        static var current: Owner {
            Owner(process: getpid(), start: startTime(of: getpid()) ?? 0)
        }

        var isAlive: Bool { Owner.startTime(of: process) == start }

        private static func startTime(of process: pid_t) -> UInt64? {
            // proc(5): the second field is the name in brackets, which may hold anything; the start is the 22nd.
            let stat = readFile("/proc/\(process)/stat")
            guard let end = stat.lastIndex(of: ")") else { return nil }
            let fields = stat[end...].split(separator: " ")
            return fields.count > 20 ? UInt64(fields[20]) : nil
        }
    }
}

/// The text of a small file; empty when it cannot be read.
func readFile(_ path: String) -> String {
    guard let file = unsafe fopen(path, "r") else { return "" }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
}
