import Console
import Glibc
import LeadAPI
import Net
import Postgres
import RPC
import Synchronization
import TestSupport
import Testing

/// Every secret of a server becomes another one while clients call it.
struct RotationTests {
    /// Clients that call all the time, each over a connection of its own, and what came of it.
    private final class Load: Sendable {
        let token: Mutex<String>
        let isOver = Atomic(false)
        let calls = Atomic(0)
        let failures = Mutex<[String]>([])

        init(_ token: String) { self.token = Mutex(token) }

        func call(_ client: LeadServiceClient) async {
            var request = ListLeadsRequest()
            request.pageSize = 1
            let metadata = Metadata([("authorization", "Bearer \(token.withLock { $0 })")])
            do {
                _ = try await client.listLeads(request, CallOptions(metadata: metadata, timeout: .seconds(300)))
                calls.add(1, ordering: .relaxed)
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }

        /// Returns when this many more calls have been made.
        func more(_ count: Int = 20) async throws {
            let target = calls.load(ordering: .relaxed) + count
            try await eventually { calls.load(ordering: .relaxed) >= target || failures.withLock { !$0.isEmpty } }
        }
    }

    private static func connection(_ deployment: Deployment, _ port: UInt16) -> String {
        "host=localhost hostaddr=127.0.0.1 port=\(port) dbname=\(deployment.database.name) user=switchboard_app sslmode=require"
    }

    private static func config(_ deployment: Deployment, _ port: UInt16, keys: [(id: String, file: String)]) throws {
        let owner = deployment.database.owner.connection.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
        let keys = keys.map { "{\"id\": \"\($0.id)\", \"publicKeyFile\": \"\($0.file)\"}" }.joined(separator: ", ")
        try deployment.write(
            """
            {
              "listen": {"port": 0, "loops": 1, "drainGrace": "1s"},
              "certificates": {"certificateFile": "server.pem", "keyFile": "server.key", "clientRootsFile": "ca.pem"},
              "identity": {
                "trustDomain": "prod.example.com", "issuer": "example", "tokenKeys": [\(keys)],
                "services": [{"name": "admin", "scopes": ["*"]}]
              },
              "storage": {
                "connection": "\(connection(deployment, port))", "passwordFile": "app.password", "ownerConnection": "\(owner)"
              },
              "secretFile": "secret",
              "secrets": {"keyRingFile": "ring", "production": true}
            }
            """)
    }

    /// SIGHUP, and what the server says of it.
    private static func reload(_ server: Program) async throws -> String {
        server.signal(SIGHUP)
        while let line = try await server.line() {
            if line.contains("\"event\":\"configuration_") { return line }
        }
        return ""
    }

    private static func run(_ words: String...) async throws {
        let outcome = try await Outcome(["/usr/bin/env", "-i", BuiltPrograms.switchboard] + words)
        try #require(outcome.exitCode == 0, "\(outcome)")
    }

    private static func token(_ deployment: Deployment, _ key: String, _ id: String) async throws -> String {
        let outcome = try await BuiltPrograms.switchboard(
            "token", "issue", "--key", key, "--key-id", id, "--issuer", "example", "--certificate", "\(deployment.folder)/admin.pem",
            "--subject", "ada", "--tenant", "acme", "--roles", "admin")
        try #require(outcome.exitCode == 0, "\(outcome)")
        return String(outcome.output.prefix { $0 != "\n" })
    }

    @Test("SEC-10 · E3 · Certificate, token key, database password and key ring change under load, and no call fails")
    func underLoad() async throws {
        let (cluster, port) = try await TestCluster.startTLS(TestPKI.shared.server)
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder, on: cluster)
            let loops = try EventLoopGroup(count: 1)
            let superuser = Database(cluster.administrator, loops: loops.loops)
            let scope = Scope(tenant: nil, caller: "test", requestID: "test")
            try await superuser.batch(scope) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'first'") }
            try Files.write("first\n", to: "\(folder.path)/app.password", mode: 0o600)
            try await Self.run("key-ring", "new", "\(folder.path)/ring", "one")
            try Self.config(deployment, port, keys: [("k1", "token.pub")])
            try await Self.run("migrate", "--config", deployment.config)
            try await deployment.raiseQuotas()

            let server = try Program(
                ["/usr/bin/env", "-i", BuiltPrograms.switchboard, "serve", "--config", deployment.config], errors: .amongOutput)
            let started = try #require(try await server.line())
            let address = String(try #require(started.firstMatch(of: /"address":"([0-9.:]+)"/)?.output.1, "\(started)"))
            let first = try await Self.token(deployment, "\(folder.path)/token.key", "k1")
            let load = Load(first)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let (channel, _) = try await deployment.channel(to: address, loops.loops[0])
                        while !load.isOver.load(ordering: .relaxed) { await load.call(LeadServiceClient(channel)) }
                        await channel.close()
                    }
                }
                defer { load.isOver.store(true, ordering: .relaxed) }
                try await load.more()

                // The certificate.
                for name in ["server.pem", "server.key"] { try Files.remove("\(folder.path)/\(name)") }
                try await Self.run(
                    "cert", "issue", "server", "--ca", "\(folder.path)/ca.pem", "--ca-key", "\(folder.path)/ca.key", "--names", "127.0.0.1",
                    "--out", folder.path)
                let certificate = try await Self.reload(server)
                #expect(certificate.contains("\"changed\":\"certificates.certificateFile certificates.keyFile\""), "\(certificate)")
                #expect(certificate.contains("\"connections_ended\":0"), "\(certificate)")
                try await load.more()
                let (fresh, _) = try await deployment.channel(to: address, loops.loops[0])
                await load.call(LeadServiceClient(fresh))

                // The key of tokens: both are good, then the new one alone.
                try await Self.run("token", "key", "--out", "\(folder.path)/second")
                try Self.config(deployment, port, keys: [("k1", "token.pub"), ("k2", "second/token.pub")])
                let added = try await Self.reload(server)
                #expect(added.contains("\"changed\":\"identity.tokenKeys\""), "\(added)")
                let second = try await Self.token(deployment, "\(folder.path)/second/token.key", "k2")
                load.token.withLock { $0 = second }
                try await load.more()
                try Self.config(deployment, port, keys: [("k2", "second/token.pub")])
                _ = try await Self.reload(server)
                let refused = await #expect(throws: RPCError.self) {
                    _ = try await LeadServiceClient(fresh).listLeads(
                        ListLeadsRequest(),
                        CallOptions(metadata: Metadata([("authorization", "Bearer \(first)")]), timeout: .seconds(300)))
                }
                #expect(refused?.code == .unauthenticated)

                // The password: the file first, since a server that knows both finds its way.
                try Files.write("second\n", to: "\(folder.path)/app.password", mode: 0o600)
                let password = try await Self.reload(server)
                #expect(password.contains("\"changed\":\"storage.passwordFile\""), "\(password)")
                try await load.more()
                try await superuser.batch(scope) { $0.enqueue("ALTER ROLE switchboard_app PASSWORD 'second'") }
                // As many at once as need connections that were not open before.
                await withTaskGroup { burst in
                    for _ in 0..<64 { burst.addTask { await load.call(LeadServiceClient(fresh)) } }
                }

                // The key ring.
                try await Self.run("key-ring", "add", "\(folder.path)/ring", "two")
                try await Self.run("key-ring", "use", "\(folder.path)/ring", "two")
                let ring = try await Self.reload(server)
                #expect(ring.contains("\"changed\":\"secrets.keyRingFile\""), "\(ring)")

                // What cannot be used changes nothing, and what cannot change says so.
                let good = try Files.text(deployment.config)
                try #require(unsafe chmod("\(folder.path)/ring", 0o644) == 0)
                let kept = try await Self.reload(server)
                #expect(kept.contains("configuration_kept") && kept.contains("chmod 0600"), "\(kept)")
                try #require(unsafe chmod("\(folder.path)/ring", 0o600) == 0)
                try deployment.write(good.replacing("prod.example.com", with: "other.example.com"))
                let restart = try await Self.reload(server)
                #expect(restart.contains("\"needs_restart\":\"identity.trustDomain\""), "\(restart)")
                try await load.more()
                await fresh.close()
            }
            #expect(load.failures.withLock { $0 } == [])
            server.signal(SIGTERM)
            _ = try await server.rest()
            #expect(try await server.end() == .exited(0))
            await superuser.shutdown()
            loops.shutdown()
        }
        try await cluster.stop()
    }
}
