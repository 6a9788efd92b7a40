import Console
import Glibc
import TestSupport
import Testing

/// `switchboard dev` as a new user meets it.
struct DevTests {
    @Test("what it prints can be pasted: the first line creates a lead")
    func pastedLine() async throws {
        try await DevServer.with { (server) async throws in
            #expect(server.screen.first?.hasPrefix("Switchboard is ready on 127.0.0.1:") == true)
            let line = try #require(server.screen.first { $0.hasPrefix("  ") })
            let outcome = try await Outcome(["/bin/sh", "-c", line])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains("\"firstName\": \"Ada\""))
            #expect(outcome.output.contains("idempotency-key: "))
        }
    }

    @Test("after kill -9 the next start finds the data, and one PostgreSQL runs, not two")
    func killed() async throws {
        try await DevServer.with { (server) async throws in
            let created = try await server.createLead(email: "ada@example.com")
            #expect(created.exitCode == 0, "\(created)")
            let orphan = try #require(server.postmaster)
            #expect(try await server.stop(SIGKILL) == .killed(signal: SIGKILL))
            #expect(server.postmaster == orphan)

            let again = try await DevServer(server.state)
            #expect(again.postmaster != orphan)
            // Gone, or waiting for its new parent to hear of it.
            #expect(Files.resolved("/proc/\(orphan)/exe") == nil)
            let list = try await again.call("ListLeads")
            #expect(list.output.contains("ada@example.com"), "\(list)")
            #expect(try await again.stop() == .exited(0))
            #expect(again.postmaster == nil)
        }
    }

    @Test("Ctrl-C and SIGTERM stop everything, PostgreSQL included, and lose nothing", arguments: [SIGINT, SIGTERM])
    func stopped(signal: Int32) async throws {
        try await DevServer.with { (server) async throws in
            #expect(try await server.createLead(email: "ada@example.com").exitCode == 0)
            #expect(try await server.stop(signal) == .exited(0))
            #expect(server.postmaster == nil)
            let again = try await DevServer(server.state)
            #expect(try await again.call("ListLeads").output.contains("ada@example.com"))
            let fresh = try await freshStart(after: again)
            #expect(try await !fresh.call("ListLeads").output.contains("ada@example.com"))
            #expect(try await fresh.stop() == .exited(0))
        }
    }

    private func freshStart(after server: DevServer) async throws -> DevServer {
        _ = try await server.stop()
        return try await DevServer(server.state, "--fresh")
    }

    @Test("it works in a folder with a long path, a space and a quote")
    func longPath() async throws {
        try await DevServer.with("it's a \(String(repeating: "long ", count: 20))path") { server in
            let created = try await server.createLead(email: "ada@example.com")
            #expect(created.exitCode == 0, "\(created)")
            let line = try #require(server.screen.first { $0.hasPrefix("  ") })
            #expect(try await Outcome(["/bin/sh", "-c", line]).exitCode == 0)
            #expect(try await server.stop() == .exited(0))
        }
    }

    @Test("a second start on one state folder, or on one port, ends with a sentence that says so")
    func secondStart() async throws {
        try await DevServer.with { (server) async throws in
            let sameFolder = try await BuiltPrograms.switchboard("dev", "--state", server.state.path, "--port", "0")
            #expect(sameFolder.exitCode == 1)
            #expect(sameFolder.output.contains("already runs on \(server.state.path): stop it first"), "\(sameFolder)")

            let port = String(try Files.text(server.state.address).split(separator: "\n")[0].split(separator: ":")[1])
            let other = server.state.path + "-other"
            let samePort = try await BuiltPrograms.switchboard("dev", "--state", other, "--port", port)
            #expect(samePort.exitCode == 1)
            #expect(samePort.output.contains("Port \(port) of 127.0.0.1 is taken"), "\(samePort)")
            #expect(!Files.exists(other))
        }
    }

    @Test("keys and token are for their owner alone; certificates and the public key are not secret")
    func modes() async throws {
        try await DevServer.with { (server) async throws in
            let state = server.state
            for path in [state.authorityKey, state.serverKey, state.clientKey, state.tokenPrivateKey, state.token, state.secret] {
                #expect(try mode(of: path) == 0o600, "\(path)")
            }
            for path in [state.authorityCertificate, state.serverCertificate, state.clientCertificate, state.tokenPublicKey] {
                #expect(try mode(of: path) == 0o644, "\(path)")
            }
            #expect(try Files.read(state.token).count <= 400)
        }
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test("when PostgreSQL stops in the middle, calls say UNAVAILABLE, and the server goes on")
    func databaseLost() async throws {
        try await DevServer.with { (server) async throws in
            #expect(try await server.createLead(email: "ada@example.com").exitCode == 0)
            let postmaster = try #require(server.postmaster)
            kill(postmaster, SIGINT)
            try await eventually { server.postmaster == nil }
            for _ in 0..<3 {
                let outcome = try await server.createLead(email: "grace@example.com")
                #expect(outcome.exitCode == 78, "\(outcome)")
                #expect(outcome.output.contains("reason: DB_UNAVAILABLE"), "\(outcome)")
                #expect(outcome.output.contains("request id: "))
            }
            try await eventually { try await server.call("Check").output.contains("NOT_SERVING") }
            #expect(try await server.stop() == .exited(0))
        }
    }

    @Test("a call that is repeated under its key gets the first answer")
    func repeated() async throws {
        try await DevServer.with { (server) async throws in
            let first = try await server.createLead(email: "ada@example.com", key: "my-own-key")
            let second = try await server.createLead(email: "ada@example.com", key: "my-own-key")
            #expect(first.exitCode == 0, "\(first)")
            #expect(first.output == second.output)
            let reused = try await server.createLead(email: "grace@example.com", key: "my-own-key")
            #expect(reused.exitCode == 73)
            #expect(reused.output.contains("reason: IDEMPOTENCY_KEY_REUSED"), "\(reused)")
        }
    }
}
