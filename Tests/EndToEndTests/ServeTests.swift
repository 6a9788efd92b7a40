import Console
import Glibc
import Postgres
import TestSupport
import Testing

/// `serve` and `migrate` on a PostgreSQL of the user's own.
struct ServeTests {
    @Test("from nothing to a served call: migrate, issue a token for the first admin, serve, call, SIGTERM")
    func wholeWay() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            let check = try await BuiltPrograms.switchboard("config", "check", deployment.config)
            #expect(check.exitCode == 0, "\(check)")

            let early = try await BuiltPrograms.switchboard("serve", "--config", deployment.config)
            #expect(early.exitCode == 1)
            #expect(early.output.contains("run `switchboard migrate --config FILE`"), "\(early)")

            let first = try await BuiltPrograms.switchboard("migrate", "--config", deployment.config)
            #expect(first.exitCode == 0 && first.output.contains("Applied platform 1"), "\(first)")
            let second = try await BuiltPrograms.switchboard("migrate", "--config", deployment.config)
            #expect(second.exitCode == 0 && second.output.contains("Nothing to do"), "\(second)")

            let token = try await BuiltPrograms.switchboard(
                "token", "issue", "--key", "\(folder.path)/token.key", "--key-id", "k1", "--issuer", "example", "--certificate",
                "\(folder.path)/admin.pem", "--subject", "ada", "--tenant", "acme", "--roles", "admin")
            #expect(token.exitCode == 0, "\(token)")

            let server = try Program([BuiltPrograms.switchboard, "serve", "--config", deployment.config], errors: .amongOutput)
            let started = try #require(try await server.line())
            let address = try #require(started.firstMatch(of: /"event":"server_started","address":"([0-9.:]+)"/)?.output.1, "\(started)")
            let client = try deployment.client(address: String(address), token: String(token.output.prefix { $0 != "\n" }))
            let list = try await Outcome([BuiltPrograms.switchctl, "call", "ListLeads", "--state", client.path])
            #expect(list.exitCode == 0, "\(list)")

            // Who is on the list is out after SIGHUP, without a restart; a list that cannot be read changes nothing.
            let revoked = try await BuiltPrograms.switchboard(
                "cert", "revoke", "\(folder.path)/admin.pem", "--ca", "\(folder.path)/ca.pem", "--ca-key", "\(folder.path)/ca.key",
                "--list",
                "\(folder.path)/revoked.pem")
            #expect(revoked.exitCode == 0, "\(revoked)")
            server.signal(SIGHUP)
            #expect(try await server.line()?.contains("\"event\":\"configuration_reloaded\"") == true)
            try Files.write("no list", to: "\(folder.path)/revoked.pem")
            server.signal(SIGHUP)
            #expect(try await server.line()?.contains("the revocation list in \(folder.path)/revoked.pem: no readable PEM block") == true)
            let refused = try await Outcome([BuiltPrograms.switchctl, "call", "ListLeads", "--state", client.path])
            #expect(refused.exitCode != 0 && refused.output.contains("our certificate is revoked"), "\(refused)")

            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
            #expect(try await server.rest().contains("\"event\":\"server_stopped\""))
        }
    }

    @Test("a role that row-level security does not hold is refused")
    func unboundRole() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            let migrated = try await BuiltPrograms.switchboard("migrate", "--config", deployment.config)
            #expect(migrated.exitCode == 0, "\(migrated)")
            let text = try Files.text(deployment.config)
            let owner = text.split(separator: "\"ownerConnection\": \"").last?.split(separator: "\"").first ?? ""
            let application = text.split(separator: "\"connection\": \"").last?.split(separator: "\"").first ?? ""
            try deployment.write(text.replacing(application, with: owner))
            let outcome = try await BuiltPrograms.switchboard("serve", "--config", deployment.config)
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.contains("row-level security would not keep tenants apart"), "\(outcome)")
        }
    }

    @Test("a field that does not exist is refused with its place and the nearest name")
    func unknownField() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let path = "\(folder.path)/config.json"
            try Files.write("{\n  \"listen\": {\"prt\": 7443}\n}\n", to: path)
            let outcome = try await BuiltPrograms.switchboard("config", "check", path)
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.contains("line 2, column 14"), "\(outcome)")
            #expect(outcome.output.contains("did you mean \"port\"?"), "\(outcome)")
        }
    }

    @Test("the example is a configuration that lacks nothing but its files")
    func example() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let example = try await BuiltPrograms.switchboard("config", "example")
            #expect(example.exitCode == 0)
            let path = "\(folder.path)/config.json"
            try Files.write(example.output, to: path)
            let outcome = try await BuiltPrograms.switchboard("config", "check", path)
            #expect(outcome.exitCode == 1)
            #expect(outcome.output.contains("\(folder.path)/pki/server.key"), "\(outcome)")
        }
    }

    @Test("what a configuration lacks is told all at once, field by field")
    func lacking() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let path = "\(folder.path)/config.json"
            try Files.write("{\"storage\": {\"connection\": \"password=x\"}}", to: path)
            let outcome = try await BuiltPrograms.switchboard("serve", "--config", path)
            #expect(outcome.exitCode == 1)
            for field in ["certificates.keyFile: ", "identity.trustDomain: ", "storage.connection: It holds a password", "secretFile: "] {
                #expect(outcome.output.contains(field), "\(outcome)")
            }
        }
    }

    @Test("without its PostgreSQL a server does not start, and says why")
    func noDatabase() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            let text = try Files.text(deployment.config)
            let wrong = text.split(separator: deployment.database.name).joined(separator: "no_such_database")
            try deployment.write(wrong)
            for command in ["serve", "migrate"] {
                let outcome = try await BuiltPrograms.switchboard(command, "--config", deployment.config)
                #expect(outcome.exitCode == 1, "\(outcome)")
                #expect(!outcome.output.contains("Fatal error"), "\(outcome)")
            }
        }
    }
}
