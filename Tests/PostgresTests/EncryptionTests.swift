import Net
import Postgres
import TestSupport
import Testing

/// TLS and passwords, over TCP.
@Suite struct EncryptionTests {
    @Test("With verify-full and channel binding, only the server with the right name and authority is connected to")
    func verifies() async throws {
        let files = try TestPKIFiles()
        let (cluster, port) = try await TestCluster.startTLS(TestPKI.shared.server)
        let loops = try EventLoopGroup(count: 1)
        // A socket has no TLS; it is there for the superuser.
        let superuser = Database(cluster.administrator, loops: loops.loops)
        try await superuser.batch(.anyone) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'correct horse'") }
        await superuser.shutdown()
        func outcome(host: String = "localhost", root: String? = nil, password: String = "correct horse", mode: String = "verify-full")
            async throws -> PostgresError?
        {
            var configuration = Database.Configuration(
                connection: Database.Configuration.connectionString([
                    "host": host, "hostaddr": "127.0.0.1", "port": "\(port)", "dbname": "postgres", "user": Administrator.applicationRole,
                    "sslmode": mode, "sslrootcert": root ?? files.authority, "channel_binding": mode == "disable" ? "disable" : "require",
                ]))
            configuration.password = Database.Password(password)
            configuration.connectTimeout = .seconds(300)
            configuration.longestWait = .seconds(300)
            let database = Database(configuration, loops: loops.loops)
            let error = await postgresError {
                let (isEncrypted, long): (Bool, String) = try await database.batch(.anyone) { batch in
                    (batch.one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), batch.one("SELECT repeat('x', 300000)"))
                }
                #expect(isEncrypted)
                #expect(long.utf8.count == 300_000)
            }
            await database.shutdown()
            return error
        }
        let right = try await outcome()
        #expect(right == nil)
        let wrongName = try await outcome(host: "other.example")
        #expect(wrongName?.kind == .unavailable)
        #expect(wrongName?.report?.contains("does not match host name") == true)
        let wrongAuthority = try await outcome(root: files.foreignAuthority)
        #expect(wrongAuthority?.kind == .unavailable)
        #expect(wrongAuthority?.report?.contains("certificate verify failed") == true)
        let wrongPassword = try await outcome(password: "wrong")
        #expect(wrongPassword?.kind == .unavailable)
        #expect(wrongPassword?.report?.contains("password authentication failed") == true)
        // The message is for anyone; none of this is in it.
        #expect(wrongPassword?.message == "The database is not available. Try again shortly.")
        let plain = try await outcome(mode: "disable")
        #expect(plain?.kind == .unavailable)
        loops.shutdown()
        try await cluster.stop()
    }
}
