internal import Console
internal import Glibc
internal import Postgres

/// A PostgreSQL cluster of the development server's own: made, started and stopped here, reached by its Unix socket alone.
struct PrivateCluster {
    static let databaseName = "switchboard"
    static let ownerRole = Administrator.ownerRole
    static let serverRole = Administrator.applicationRole

    let folder: ClusterFolder
    private let programs: String

    /// Finds the programs of the PostgreSQL that the cluster was made with, or the newest for a new one.
    init(_ folder: ClusterFolder) throws {
        self.folder = folder
        let root = "/usr/lib/postgresql"
        let installed = Files.names(in: root).filter { Files.isProgram("\(root)/\($0)/bin/postgres") }
        let version = (try? Files.text("\(folder.data)/PG_VERSION")).flatMap { $0.split(separator: "\n").first.map(String.init) }
        if let version, !installed.contains(version) {
            throw Failure(
                "The data in \(folder.data) is PostgreSQL \(version)'s, which is not installed: apt-get install postgresql-\(version).")
        }
        guard let chosen = version ?? installed.max(by: { (Int($0) ?? 0) < (Int($1) ?? 0) }) else {
            throw Failure("PostgreSQL is not installed: apt-get install postgresql.")
        }
        programs = "\(root)/\(chosen)/bin"
    }

    /// A libpq connection string. The socket's folder lets nobody else in, so the role's name is enough.
    func connection(role: String) -> String {
        "host=\(folder.socketFolder) port=5432 dbname=\(Self.databaseName) user=\(role)"
    }

    /// Makes the cluster, if it is not there: superuser, the role that owns, the role that serves, one database.
    ///
    /// It comes into being under another name, so that an interrupted start leaves nothing that looks finished.
    func makeIfMissing() throws {
        if Files.exists("\(folder.data)/PG_VERSION") { return }
        let draft = "\(folder.path)/draft"
        try Files.makeFolder(folder.path, mode: 0o700)
        try Files.remove(draft)
        if let account = folder.account { unsafe lchown(folder.path, account.userID, account.groupID) }
        unsafe chmod(folder.path, 0o700)
        try run(
            "initdb",
            [
                "--pgdata=\(draft)", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
                "--no-instructions",
            ])
        try run("postgres", ["--single", "-D", draft, "postgres"], input: Self.roles)
        guard unsafe rename(draft, folder.data) == 0 else { throw Failure("Cannot rename \(draft): \(systemErrorText(errno)).") }
    }

    /// One statement a line, as the single-user mode of PostgreSQL reads them.
    private static let roles = """
        CREATE ROLE \(ownerRole) LOGIN NOSUPERUSER NOBYPASSRLS
        CREATE ROLE \(serverRole) LOGIN NOSUPERUSER NOBYPASSRLS
        CREATE DATABASE \(databaseName) OWNER \(ownerRole)
        REVOKE ALL ON DATABASE \(databaseName) FROM PUBLIC
        GRANT CONNECT ON DATABASE \(databaseName) TO \(serverRole)

        """

    /// Starts the server and waits until it takes connections.
    func start() throws -> ChildProcess {
        try stopOrphan()
        try folder.makeSocketFolder()
        let (program, arguments) = command(
            "postgres",
            [
                "-D", folder.data, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder.socketFolder)", "-c",
                "unix_socket_permissions=0700", "-c", "port=5432", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
            ])
        let server = try ChildProcess(program, arguments, output: folder.log, detached: true)
        let isReady = wait(forAtMost: 60) { server.hasEnded || PostmasterFile(in: folder.data)?.isReady(for: server.id) == true }
        guard isReady, !server.hasEnded else {
            if !server.hasEnded { stop(server) }
            throw Failure("PostgreSQL did not start. Its log, \(folder.log), ends with:\n\(logTail())")
        }
        return server
    }

    /// Lets open transactions roll back and writes everything to disk ("fast" shutdown).
    func stop(_ server: ChildProcess) {
        kill(server.id, SIGINT)
        if !wait(forAtMost: 60, until: { server.poll() != nil }) {
            kill(server.id, SIGQUIT)
            _ = server.wait()
        }
        // Empty now, and nobody would know whose it was.
        unsafe rmdir(folder.socketFolder)
    }

    /// After a `kill -9` of the development server its PostgreSQL is still there: it is told to stop before a new one starts.
    func stopOrphan() throws {
        guard let file = PostmasterFile(in: folder.data), file.isAlive else { return }
        kill(file.processID, SIGINT)
        guard wait(forAtMost: 60, until: { !file.isAlive }) else {
            throw Failure("The PostgreSQL of an earlier start (process \(file.processID)) does not stop: end it by hand.")
        }
    }

    private func run(_ name: String, _ arguments: [String], input: String? = nil) throws {
        let (program, words) = command(name, arguments)
        let child = try ChildProcess(program, words, input: input, output: folder.log, detached: true)
        guard child.wait() == 0 else { throw Failure("PostgreSQL's \(name) failed. \(folder.log) ends with:\n\(logTail())") }
    }

    /// The programs run in the root folder: their user may not be able to enter the one that we were started in.
    private func command(_ name: String, _ arguments: [String]) -> (program: String, arguments: [String]) {
        let words = ["--chdir=/", "\(programs)/\(name)"] + arguments
        guard let account = folder.account else { return ("/usr/bin/env", words) }
        let become = ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--", "/usr/bin/env"]
        return ("/usr/bin/setpriv", become + words)
    }

    private func logTail() -> String {
        let lines = ((try? Files.text(folder.log)) ?? "").split(separator: "\n")
        return lines.suffix(8).map { "  \($0)" }.joined(separator: "\n")
    }

    /// Looks every 10 ms. False when the time is over. Blocks: nothing else runs yet, or any more.
    private func wait(forAtMost seconds: Int, until condition: () -> Bool) -> Bool {
        for _ in 0..<(seconds * 100) {
            if condition() { return true }
            usleep(10_000)
        }
        return condition()
    }
}
