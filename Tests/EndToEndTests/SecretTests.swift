import Console
import Glibc
import Net
import Platform
import Postgres
import TestSupport
import Testing

/// Where a server takes its secrets from, and where it does not.
struct SecretTests {
    @Test(
        "SEC-3 · E3 · R23 · A server whose secrets others may read does not start, and says how to mend it",
        arguments: ["server.key", "secret", "ring", "app.password"])
    func openFiles(name: String) async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try await withRingAndPassword(deployment)
            let good = try await BuiltPrograms.switchboard("config", "check", deployment.config)
            #expect(good.exitCode == 0, "\(good)")
            let path = "\(folder.path)/\(name)"
            try #require(unsafe chmod(path, 0o644) == 0)
            for command in [["config", "check", deployment.config], ["serve", "--config", deployment.config]] {
                let outcome = try await Outcome([BuiltPrograms.switchboard] + command)
                #expect(outcome.exitCode == 1)
                #expect(
                    outcome.output.contains("\(path) is open to others (mode 0644), and holds a secret: chmod 0600 \(path)"), "\(outcome)")
            }
        }
    }

    @Test("SEC-3 · E3 · In production a secret in the environment stops the start by its name, and its value is not shown")
    func environment() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            func check() async throws -> Outcome {
                try await Outcome(
                    ["/usr/bin/env", "PGPASSWORD=hunter2", "SMTP_TOKEN=hunter2", BuiltPrograms.switchboard, "config", "check"]
                        + [deployment.config])
            }
            #expect(try await check().exitCode == 0)
            try deployment.write(
                try Files.text(deployment.config).replacing("\"secretFile\":", with: "\"secrets\": {\"production\": true}, \"secretFile\":")
            )
            let refused = try await check()
            #expect(refused.exitCode == 1)
            #expect(refused.output.contains("The environment holds PGPASSWORD, SMTP_TOKEN, and in production"), "\(refused)")
            #expect(!refused.output.contains("hunter2"))
            let clean = try await Outcome(["/usr/bin/env", "-i", BuiltPrograms.switchboard, "config", "check", deployment.config])
            #expect(clean.exitCode == 0, "\(clean)")
        }
    }

    @Test("E3 · A secret may be a credential of systemd's")
    func credential() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try Files.makeFolder("\(folder.path)/credentials", mode: 0o700)
            try Files.write(String(repeating: "9876543210", count: 4), to: "\(folder.path)/credentials/server-secret", mode: 0o400)
            try deployment.write(
                try Files.text(deployment.config).replacing(
                    "\"secretFile\": \"secret\"", with: "\"secretFile\": \"credential:server-secret\""))
            let check = [BuiltPrograms.switchboard, "config", "check", deployment.config]
            let good = try await Outcome(["/usr/bin/env", "CREDENTIALS_DIRECTORY=\(folder.path)/credentials"] + check)
            #expect(good.exitCode == 0, "\(good)")
            let without = try await Outcome(["/usr/bin/env", "-u", "CREDENTIALS_DIRECTORY"] + check)
            #expect(without.exitCode == 1)
            #expect(without.output.contains("secretFile: There are no credentials"), "\(without)")
        }
    }

    @Test("R4 · A ring of keys is made, gets another key and uses it, in a file that is ours alone")
    func ring() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let path = "\(folder.path)/ring"
            let made = try await BuiltPrograms.switchboard("key-ring", "new", path, "2026-05")
            #expect(made.exitCode == 0 && made.output == "2026-05 primary\n", "\(made)")
            var status = stat()
            #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let again = try await BuiltPrograms.switchboard("key-ring", "new", path, "2026-06")
            #expect(again.exitCode == 1 && again.output.contains("is already there"), "\(again)")
            let added = try await BuiltPrograms.switchboard("key-ring", "add", path, "2026-11")
            #expect(added.output == "2026-05 primary\n2026-11 opening\n", "\(added)")
            let used = try await BuiltPrograms.switchboard("key-ring", "use", path, "2026-11")
            #expect(used.output == "2026-05 opening\n2026-11 primary\n", "\(used)")
            #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            try #require(unsafe chmod(path, 0o640) == 0)
            let open = try await BuiltPrograms.switchboard("key-ring", "show", path)
            #expect(open.exitCode == 1 && open.output.contains("chmod 0600"), "\(open)")
        }
    }

    private func withRingAndPassword(_ deployment: Deployment) async throws {
        let ring = try await BuiltPrograms.switchboard("key-ring", "new", "\(deployment.folder)/ring", "one")
        try #require(ring.exitCode == 0, "\(ring)")
        try Files.write("hunter2\n", to: "\(deployment.folder)/app.password", mode: 0o600)
        try deployment.write(
            try Files.text(deployment.config)
                .replacing("\"secretFile\":", with: "\"secrets\": {\"keyRingFile\": \"ring\"}, \"secretFile\":")
                .replacing("\"storage\": {", with: "\"storage\": {\"passwordFile\": \"app.password\","))
    }
}

extension SecretTests {
    @Test("R4 · SEC-10 · A key of the ring that something is sealed with is not retired; sealed with another one, it is, and servers start")
    func retirement() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try await deployment.migrate()
            try await BuiltPrograms.demand("key-ring", "new", "\(folder.path)/ring", "old")
            try deployment.write(
                try Files.text(deployment.config)
                    .replacing("\"secretFile\":", with: "\"secrets\": {\"keyRingFile\": \"ring\"}, \"secretFile\":"))
            let loops = try EventLoopGroup(count: 1)
            let database = Database(deployment.database.application, loops: loops.loops)
            let ring = KeyRing(try SecretFile.keyRing("\(folder.path)/ring"))
            let place = SealedPlace(tenant: PlatformTenant.name, kind: "signing_key.sealed_private_key", id: "k9")
            let privateKey = try Files.read("\(folder.path)/token.key")
            let sealed = try ring.seal(privateKey, as: place)
            let publicKey = try Files.text("\(folder.path)/token.pub")
            let scope = Scope(tenant: nil, caller: "test", requestID: "test")
            try await database.batch(scope) { batch in
                batch.enqueue(
                    """
                    INSERT INTO signing_key (issuer, kid, algorithm, public_key, sealed_private_key)
                    VALUES ('example', 'k9', 'EdDSA', \(publicKey), \(sealed))
                    """)
            }
            try await BuiltPrograms.demand("key-ring", "add", "\(folder.path)/ring", "new")
            try await BuiltPrograms.demand("key-ring", "use", "\(folder.path)/ring", "new")
            let refused = try await BuiltPrograms.switchboard("key-ring", "retire", "old", "--config", deployment.config)
            #expect(refused.exitCode == 1)
            #expect(refused.output.contains("one value in the database would be lost with the key \"old\""), "\(refused)")

            let rewrapped = try await BuiltPrograms.switchboard("key-ring", "rewrap", "--config", deployment.config)
            #expect(rewrapped.exitCode == 0 && rewrapped.output == "One value is sealed with new now.\n", "\(rewrapped)")
            let retired = try await BuiltPrograms.switchboard("key-ring", "retire", "old", "--config", deployment.config)
            #expect(retired.exitCode == 0 && retired.output == "old retired\nnew primary\n", "\(retired)")
            let value: [UInt8] = try await database.batch(scope) { $0.one("SELECT sealed_private_key FROM signing_key WHERE kid = 'k9'") }
            ring.replace(with: try SecretFile.keyRing("\(folder.path)/ring"))
            #expect(try ring.open(value, at: place) == privateKey)
            await database.shutdown()
            loops.shutdown()

            let (server, _) = try await deployment.serve()
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }
}
