public import Crypto
internal import Glibc
internal import Net
public import Postgres

extension TestCluster {
    /// A hot standby that streams from this one, which has to be started with `wal_level = replica`. It is the same cluster otherwise: its
    /// roles and databases come with the stream.
    public func startStandby() async throws -> TestCluster {
        let folder = try await TestCluster.waiting.run { [source = self.folder] in
            let folder = try TestClusterFolder.create()
            try PostgreSQLPrograms.run(
                "pg_basebackup",
                [
                    "--pgdata", folder.data, "--host", source.path, "--username", "postgres", "--write-recovery-conf", "--wal-method",
                    "stream",
                    "--checkpoint", "fast", "--no-sync",
                ], in: folder)
            // The copy's settings are those of the source, its socket included.
            try folder.append("unix_socket_directories = '\(folder.path)'", to: "postgresql.conf")
            return folder
        }
        let standby = TestCluster(folder: folder, isStandby: true)
        try await standby.restart()
        return standby
    }

    /// How clients reach whichever of these clusters takes writes.
    public static func configuration(of clusters: [TestCluster], database: TestDatabase) -> Database.Configuration {
        var configuration = database.application
        configuration.connection = Database.Configuration.connectionString([
            "host": clusters.map(\.folder.path).joined(separator: ","), "dbname": database.name, "user": Administrator.applicationRole,
            "target_session_attrs": "read-write",
        ])
        return configuration
    }

    /// One that is reached over TCP with TLS and passwords alone, on a port of 127.0.0.1, with the certificate `key`.
    public static func startTLS(_ key: CertifiedKey) async throws -> (cluster: TestCluster, port: UInt16) {
        let port = try freePort()
        let cluster = try await start(port: port) { folder in
            try folder.write(key.certificatePEM(), to: "server.crt")
            try folder.write(key.privateKeyPEM(), to: "server.key")
            try folder.append(
                """
                listen_addresses = '127.0.0.1'
                port = \(port)
                ssl = on
                password_encryption = scram-sha-256
                """, to: "postgresql.conf")
            try folder.append("hostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all all all reject", to: "pg_hba.conf", first: true)
        }
        return (cluster, port)
    }

    /// One that no socket has now. Somebody else may take it before the server does; then the test fails to start, and says so.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw TestClusterError("no port is free: error \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}

extension TestClusterFolder {
    /// Adds lines to a file of the data folder, at its end unless `first`.
    func append(_ text: String, to name: String, first: Bool = false) throws {
        try write(first ? text + "\n" + readText(name) : readText(name) + "\n" + text + "\n", to: name)
    }

    /// Writes a file of the data folder that the server's user owns and nobody else reads.
    func write(_ text: String, to name: String) throws {
        let path = data + "/" + name
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TestClusterError("cannot write \(path): error \(errno)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw TestClusterError("cannot write \(path)") }
        if geteuid() == 0, let user = unsafe getpwnam("postgres") {
            _ = unsafe fchown(descriptor, user.pointee.pw_uid, user.pointee.pw_gid)
        }
    }

    private func readText(_ name: String) -> String {
        readFile(data + "/" + name)
    }
}
