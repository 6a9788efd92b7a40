internal import Glibc
internal import Net
public import Postgres

/// A PgBouncer in front of a test cluster, in transaction mode: each transaction may run on another backend.
public final class TestPgBouncer: Sendable {
    private let process: ChildProcess
    private let folder: String
    private static let port = 6432

    /// `backends` are all that its clients share.
    public static func start(before cluster: TestCluster, backends: Int) throws -> TestPgBouncer {
        try TestPgBouncer(cluster, backends)
    }

    private init(_ cluster: TestCluster, _ backends: Int) throws {
        folder = cluster.folder.path + "/bouncer.\(UInt32.random(in: .min ... .max))"
        guard unsafe mkdir(folder, 0o777) == 0, unsafe chmod(folder, 0o777) == 0 else {
            throw TestClusterError("cannot make \(folder): error \(errno)")
        }
        let settings = """
            [databases]
            * = host=\(cluster.folder.path)
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = \(backends)
            unix_socket_dir = \(folder)
            listen_port = \(Self.port)
            auth_type = trust
            auth_file = \(folder)/users
            pidfile = \(folder)/pid
            """
        try Self.write("\"postgres\" \"\"\n\"\(Administrator.applicationRole)\" \"\"\n", to: folder + "/users")
        try Self.write(settings + "\n", to: folder + "/pgbouncer.ini")
        // The service's own user; it refuses to run as root.
        let user = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
        process = try ChildProcess.spawn(
            user + ["/usr/sbin/pgbouncer", "--quiet", folder + "/pgbouncer.ini"], output: cluster.folder.logPath)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw TestClusterError("cannot write \(path): error \(errno)") }
        unsafe fputs(text, file)
        unsafe fclose(file)
        _ = unsafe chmod(path, 0o644)
    }

    /// The same role and database through it.
    public func configuration(_ database: TestDatabase, user: String = Administrator.applicationRole) -> Database.Configuration {
        var configuration = database.cluster.configuration(user: user, database: database.name)
        configuration.directConnection = configuration.connection
        configuration.connection = Database.Configuration.connectionString([
            "host": folder, "port": "\(Self.port)", "dbname": database.name, "user": user,
        ])
        configuration.prepared = false
        return configuration
    }

    public func stop() {
        process.signal(SIGINT)
        _ = process.wait(until: .now() + .seconds(60))
    }
}
