internal import Glibc
internal import Net
public import Postgres
internal import Synchronization

/// A private PostgreSQL: its own data, a Unix socket and nothing else, no fsync. It is gone when the process ends, and after a crash the
/// next run removes it.
///
///     let database = try await TestCluster.shared().freshDatabase(LeadMigrations.all)
///     let connections = Database(database.application, loops: loops)
public final class TestCluster: Sendable {
    let folder: TestClusterFolder
    /// It names the socket, and what listens on TCP if anything does.
    private let port: UInt16
    private let isStandby: Bool
    private let server = Mutex<ChildProcess?>(nil)
    private let templates = Mutex<[[Migration]: Task<String, any Error>]>([:])
    private let databases = Atomic<Int>(0)

    /// Waiting for child processes takes threads for seconds, which connections need.
    static let waiting = BlockingPool()

    private static let sharedStart = Task { try await TestCluster.start() }

    /// The one of this process, started by the first who asks.
    public static func shared() async throws -> TestCluster {
        try await sharedStart.value
    }

    /// One more, for tests that stop the server.
    ///
    /// - Parameters:
    ///   - isDurable: whether a commit is on disk before it is answered, as it is not in other tests.
    ///   - settings: further lines of postgresql.conf, which override those before.
    public static func start(isDurable: Bool = false, settings: String = "") async throws -> TestCluster {
        try await start(isDurable: isDurable) { try $0.append(settings, to: "postgresql.conf") }
    }

    static func start(
        isDurable: Bool = false, port: UInt16 = defaultPort, _ prepare: @escaping @Sendable (TestClusterFolder) throws -> Void
    ) async throws -> TestCluster {
        try await waiting.run {
            TestClusterFolder.removeOrphans()
            let cluster = TestCluster(folder: try TestClusterFolder.create(), port: port)
            try PostgreSQLPrograms.run("initdb", initdbArguments(cluster.folder), in: cluster.folder)
            try cluster.folder.appendSettings(isDurable: isDurable)
            try prepare(cluster.folder)
            return cluster
        }.started()
    }

    static let defaultPort: UInt16 = 5432

    init(folder: TestClusterFolder, port: UInt16 = defaultPort, isStandby: Bool = false) {
        self.folder = folder
        self.port = port
        self.isStandby = isStandby
    }

    private static func initdbArguments(_ folder: TestClusterFolder) -> [String] {
        [
            "--pgdata", folder.data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
            "--no-instructions",
        ]
    }

    private func started() async throws -> TestCluster {
        try await restart()
        return self
    }

    /// Where its Unix socket is.
    var socketFolder: String { folder.path }

    /// The superuser, in the database `postgres`.
    public var administrator: Database.Configuration { configuration(user: "postgres", database: "postgres") }

    // MARK: The server

    /// Starts the server if it is stopped, and waits until it takes connections.
    public func restart() async throws {
        let deadline = MonotonicTime.now() + .seconds(300)
        let folder = self.folder
        try server.withLock { server in
            guard server == nil else { return }
            server = try PostgreSQLPrograms.spawn("postgres", ["-D", folder.data], in: folder)
        }
        let administrator = Administrator(administrator)
        while true {
            do {
                try await administrator.check(on: TestCluster.waiting)
                break
            } catch {
                guard MonotonicTime.now() < deadline, server.withLock({ $0?.isRunning == true }) else {
                    throw TestClusterError("PostgreSQL did not start: \(error)\n\(folder.logTail())")
                }
                try await TestCluster.waiting.run { _ = usleep(10_000) }
            }
        }
        // Those of a standby come from its primary.
        if !isStandby { try await administrator.ensureRoles(on: TestCluster.waiting) }
    }

    /// Adds a line to postgresql.conf, which the running server reads anew in its own time.
    public func reload(adding setting: String) throws {
        try folder.append(setting, to: "postgresql.conf")
        server.withLock { $0?.signal(SIGHUP) }
    }

    /// Makes a standby a server that takes writes, and waits until it is.
    public func promote() async throws {
        try await TestCluster.waiting.run { [folder] in try PostgreSQLPrograms.run("pg_ctl", ["promote", "-D", folder.data], in: folder) }
    }

    /// Ends the server as a power cut would, but for what the kernel has still to write.
    public func crash() async throws {
        try await end(SIGQUIT)
    }

    /// Stops the server as an operator would ("fast": sessions are ended with FATAL 57P01), and waits until it is gone.
    public func stop() async throws {
        try await end(SIGINT)
    }

    /// Kills one backend outright: the server ends all others and recovers, as after a crash.
    public func kill(backend: Int32) throws {
        guard Glibc.kill(backend, SIGKILL) == 0 else { throw TestClusterError("cannot kill backend \(backend): error \(errno)") }
    }

    private func end(_ signal: Int32) async throws {
        guard let process = server.withLock({ server in server.take() }) else { return }
        try await TestCluster.waiting.run {
            process.signal(signal)
            if process.wait(until: .now() + .seconds(60)) { return }
            // One that is told to stop while it recovers from a crash has been seen to miss it on a busy machine.
            process.signal(SIGQUIT)
            guard process.wait(until: .now() + .seconds(60)) else { throw TestClusterError("PostgreSQL did not stop") }
        }
    }

    /// Stops one backend where it is, as a hanging disk or network would, or lets it go on.
    public func freeze(backend: Int32, _ isFrozen: Bool) throws {
        guard Glibc.kill(backend, isFrozen ? SIGSTOP : SIGCONT) == 0 else {
            throw TestClusterError("cannot signal backend \(backend): error \(errno)")
        }
    }

    // MARK: Databases

    /// A new database with these migrations applied: a copy of a template that the first such call makes.
    public func freshDatabase(_ migrations: [Migration] = []) async throws -> TestDatabase {
        let template = try await template(migrations)
        let name = "test_\(databases.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await Administrator(administrator).ensureDatabase(name, template: template, on: TestCluster.waiting)
        return TestDatabase(name: name, cluster: self)
    }

    private func template(_ migrations: [Migration]) async throws -> String {
        let task = templates.withLock { templates in
            if let task = templates[migrations] { return task }
            let name = "template_\(templates.count + 1)"
            let task = Task {
                try await Administrator(administrator).ensureDatabase(name, on: TestCluster.waiting)
                let owner = configuration(user: Administrator.ownerRole, database: name)
                _ = try await Migrator(owner, migrations: migrations).run(on: TestCluster.waiting)
                return name
            }
            templates[migrations] = task
            return task
        }
        return try await task.value
    }

    /// What `pg_dump` writes.
    func dump(_ arguments: [String]) async throws -> String {
        let folder = folder
        return try await TestCluster.waiting.run {
            let path = "\(folder.path)/dump.\(UInt64.random(in: 0 ... .max))"
            let options = ["--host", folder.path, "--username", "postgres", "--file", path]
            try PostgreSQLPrograms.run("pg_dump", options + arguments, in: folder)
            defer { unsafe unlink(path) }
            return readFile(path)
        }
    }

    public func configuration(user: String, database: String) -> Database.Configuration {
        let connection = Database.Configuration.connectionString(["host": folder.path, "port": "\(port)", "dbname": database, "user": user])
        var configuration = Database.Configuration(connection: connection)
        configuration.applicationName = "switchboard-test"
        return configuration
    }
}

public struct TestClusterError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
