internal import Glibc
public import Postgres
internal import Synchronization

/// Stands between libpq and a test cluster, knows where a message of PostgreSQL's protocol (section 55.7 of its manual) ends, and strikes
/// once where a test asks for it: the code under test has no hook for that.
///
/// It counts what the extended protocol does since `arm`: each Execute is a statement, each Sync behind one counts, and both are steps.
/// For one connection at a time: with more of them, nobody could say which statement is the third.
public final class PostgresProxy: Sendable {
    public enum Fault: Sendable, Hashable {
        /// The server refuses this statement (from 1 on), after it has executed those before it.
        case fail(statement: Int)
        /// The backend is ended as `pg_terminate_backend` does, before this step reaches it, after it has executed those before it.
        case terminate(step: Int)
        /// The connection is cut when the server has taken this Sync (from 1 on), before its answer is passed on.
        case cut(sync: Int)
    }

    /// What was seen since the last `arm`.
    public struct Course: Sendable, Hashable {
        public var statements = 0
        public var syncs = 0
        public var steps: Int { statements + syncs }
        public var hasStruck = false
        fileprivate var fault: Fault?
    }

    private let folder: String
    private let server: String
    private let listener: Int32
    private let course = Mutex(Course())
    private let requests = Mutex<[String: RequestStatements]>([:])

    /// - Parameter cluster: the folder of its Unix socket.
    init(to cluster: String) throws {
        var template = Array("/tmp/swpx.XXXXXX".utf8CString)
        folder = try unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, unsafe mkdtemp(base) != nil else {
                throw TestClusterError("cannot make a folder in /tmp: error \(errno)")
            }
            return unsafe String(cString: base)
        }
        server = cluster + PostgresProxy.socketName
        listener = UnixSocket.make()
        guard UnixSocket.bind(listener, to: folder + PostgresProxy.socketName), listen(listener, 64) == 0 else {
            throw TestClusterError("cannot listen in \(folder): error \(errno)")
        }
        startThread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                let upstream = UnixSocket.make()
                guard UnixSocket.connect(upstream, to: self.server) else {
                    close(client)
                    close(upstream)
                    continue
                }
                startThread { ProxiedSession(client: client, server: upstream, proxy: self).run() }
            }
        }
    }

    deinit {
        // The thread that accepts sees the end of its socket.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unsafe unlink(folder + PostgresProxy.socketName)
        unsafe rmdir(folder)
    }

    static let socketName = "/.s.PGSQL.5432"

    /// How to reach `database` through this proxy as the role that serves.
    public func application(_ database: TestDatabase) -> Database.Configuration {
        let connection = Database.Configuration.connectionString([
            "host": folder, "dbname": database.name, "user": Administrator.applicationRole,
        ])
        return Database.Configuration(connection: connection)
    }

    /// The text of a configuration that names this proxy where `text` names the cluster.
    public func named(in text: String) -> String { text.replacing(server.dropLast(PostgresProxy.socketName.count), with: folder) }

    /// What was sent on behalf of a request so far, over whichever connections.
    public func statements(of request: String) -> RequestStatements { requests.withLock { $0[request] ?? RequestStatements() } }

    func note(_ event: StatementReader.Event) {
        requests.withLock { requests in
            switch event {
            case .began(let request, let timeout, let statements):
                requests[request, default: RequestStatements()].timeoutsMilliseconds.append(timeout)
                requests[request, default: RequestStatements()].count += statements
            case .executed(let request): requests[request, default: RequestStatements()].count += 1
            }
        }
    }

    /// Counts from zero, and strikes once where `fault` says.
    public func arm(_ fault: Fault?) {
        course.withLock { course in
            course = Course()
            course.fault = fault
        }
    }

    public var seen: Course { course.withLock { $0 } }

    enum Verdict {
        case pass
        case fail
        case terminate
        case cut
    }

    func verdict(isStatement: Bool) -> Verdict {
        course.withLock { course in
            if isStatement { course.statements += 1 } else { course.syncs += 1 }
            guard !course.hasStruck else { return .pass }
            let verdict: Verdict =
                switch course.fault {
                case .fail(let statement) where isStatement && statement == course.statements: .fail
                case .terminate(let step) where step == course.steps: .terminate
                case .cut(let sync) where !isStatement && sync == course.syncs: .cut
                default: .pass
                }
            if case .pass = verdict { return verdict }
            course.hasStruck = true
            return verdict
        }
    }
}

extension TestCluster {
    /// A proxy before this cluster; it ends when nobody holds it any more.
    public func proxy() throws -> PostgresProxy { try PostgresProxy(to: socketFolder) }
}
