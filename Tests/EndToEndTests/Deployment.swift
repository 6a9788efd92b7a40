import Console
import Glibc
import Net
import Postgres
import RPC
import TLS
import TestSupport
import Testing

/// Certificates and keys made by the program itself, and a configuration that names them.
struct Deployment {
    let folder: String
    let database: TestDatabase

    var config: String { "\(folder)/config.json" }

    /// - Parameter cluster: the one of this process, unless another is given.
    init(in folder: TemporaryFolder, on cluster: TestCluster? = nil) async throws {
        self.folder = folder.path
        if let cluster {
            database = try await cluster.freshDatabase()
        } else {
            database = try await TestCluster.shared().freshDatabase()
        }
        for command in [
            ["cert", "authority", "--out", folder.path],
            ["cert", "issue", "server", "--ca", "\(folder.path)/ca.pem", "--ca-key", "\(folder.path)/ca.key", "--names", "127.0.0.1"]
                + ["--out", folder.path],
            ["cert", "issue", "admin", "--ca", "\(folder.path)/ca.pem", "--ca-key", "\(folder.path)/ca.key", "--trust-domain"]
                + ["prod.example.com", "--out", folder.path],
            ["cert", "revoke", "--ca", "\(folder.path)/ca.pem", "--ca-key", "\(folder.path)/ca.key"]
                + ["--list", "\(folder.path)/revoked.pem"],
            ["token", "key", "--out", folder.path],
        ] {
            let outcome = try await Outcome([BuiltPrograms.switchboard] + command)
            try #require(outcome.exitCode == 0, "\(outcome)")
        }
        try Files.write(String(repeating: "0123456789", count: 4), to: "\(folder.path)/secret", mode: 0o600)
        try write(
            """
            {
              "listen": {"port": 0, "loops": 1, "drainGrace": "1s"},
              "certificates": {
                "certificateFile": "server.pem", "keyFile": "server.key", "clientRootsFile": "ca.pem",
                "revocationListFiles": ["revoked.pem"]
              },
              "identity": {
                "trustDomain": "prod.example.com", "issuer": "example", "tokenKeys": [{"id": "k1", "publicKeyFile": "token.pub"}],
                "services": [{"name": "*", "scopes": ["*"]}], "platformTenants": ["acme"]
              },
              "storage": {
                "connection": "\(Self.escaped(database.application.connection))",
                "ownerConnection": "\(Self.escaped(database.owner.connection))"
              },
              "secretFile": "secret"
            }
            """)
    }

    func write(_ text: String) throws {
        try Files.write(text, to: config)
    }

    func text() throws -> String { try Files.text(config) }

    /// What a file of this folder holds.
    func file(_ name: String) throws -> String { try Files.text("\(folder)/\(name)") }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
    }

    /// What `switchctl` needs, in the form of a state folder.
    func client(address: String, token: String) throws -> StateFolder {
        let state = StateFolder("\(folder)/client")
        try Files.makeFolder("\(state.path)/pki")
        try Files.write(try Files.text("\(folder)/ca.pem"), to: state.authorityCertificate)
        try Files.write(try Files.text("\(folder)/admin.pem"), to: state.clientCertificate)
        try Files.write(try Files.text("\(folder)/admin.key"), to: state.clientKey)
        try Files.write(token, to: state.token)
        try Files.write(address, to: state.address)
        return state
    }

    func migrate() async throws {
        let outcome = try await BuiltPrograms.switchboard("migrate", "--config", config)
        try #require(outcome.exitCode == 0, "\(outcome)")
        try await raiseQuotas()
    }

    /// Lets everybody call as often as he likes: what is tested here is another thing.
    func raiseQuotas() async throws {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(database.administrator, loops: loops.loops)
        try await database.batch(Scope(tenant: "_platform", caller: "test", requestID: "test")) { batch in
            batch.enqueue(
                """
                INSERT INTO quota (tenant_id, kind, name, class, per_period, burst)
                SELECT current_tenant(), kind, '', class, 1000000000, 1000000000
                FROM unnest(ARRAY['principal', 'tenant']) AS kind, unnest(ARRAY['read', 'write', 'ingest', 'send', 'admin']) AS class
                """)
        }
        await database.shutdown()
        loops.shutdown()
    }

    /// A token for the admin's certificate: a quarter of an hour.
    func token() async throws -> String {
        let outcome = try await BuiltPrograms.switchboard(
            "token", "issue", "--key", "\(folder)/token.key", "--key-id", "k1", "--issuer", "example", "--certificate",
            "\(folder)/admin.pem", "--subject", "ada", "--tenant", "acme", "--roles", "admin")
        try #require(outcome.exitCode == 0, "\(outcome)")
        return String(outcome.output.prefix { $0 != "\n" })
    }

    /// Starts `serve`, and answers it with its address. What it prints is read to its end, so that it never waits for that.
    func serve() async throws -> (server: Program, address: String) {
        let server = try Program([BuiltPrograms.switchboard, "serve", "--config", config], errors: .amongOutput)
        let started = try #require(try await server.line())
        let address = try #require(started.firstMatch(of: /"event":"server_started","address":"([0-9.:]+)"/)?.output.1, "\(started)")
        Task { _ = try? await server.rest() }
        return (server, String(address))
    }

    /// A way to a server of it, as the admin.
    func channel(to address: String, _ loop: EventLoop) async throws -> (channel: RPC.Channel, metadata: Metadata) {
        var configuration = RPC.Channel.Configuration()
        configuration.tls = try .client(
            roots: .file("\(folder)/ca.pem"), certificateChain: .file("\(folder)/admin.pem"), privateKey: .file("\(folder)/admin.key"))
        configuration.serverName = "127.0.0.1"
        // What is too large is for the server to say.
        configuration.limits.sentMessageBytes = 16 << 20
        let metadata = Metadata([("authorization", "Bearer \(try await token())")])
        return (try RPC.Channel(address, configuration: configuration, loop: loop), metadata)
    }
}
