import Console
import Crypto
import Platform
import TestSupport
import Testing

/// Callers who may not, each refused in its own way. One server for all: none of them changes it.
struct RefusalTests {
    /// A copy of what a client needs, in which a test replaces the token or the certificate.
    private struct Impostor {
        let state: StateFolder

        init(of server: DevServer, named name: String) throws {
            state = StateFolder("\(server.state.path)-\(name)")
            try Files.makeFolder("\(state.path)/pki")
            for (from, to) in [
                (server.state.authorityCertificate, state.authorityCertificate), (server.state.clientCertificate, state.clientCertificate),
                (server.state.clientKey, state.clientKey), (server.state.token, state.token), (server.state.address, state.address),
            ] {
                try Files.write(try Files.text(from), to: to)
            }
        }

        /// Presents the certificate that `switchboard cert issue` made in `folder`.
        func take(certificate name: String, from folder: String) throws {
            try Files.write(try Files.text("\(folder)/\(name).pem"), to: state.clientCertificate)
            try Files.write(try Files.text("\(folder)/\(name).key"), to: state.clientKey)
        }
    }

    @Test(
        "R16 · R25 · E1 · a token that is missing, malformed, forged or of another tenant or role is refused for its own reason; an expired one renewed"
    )
    func tokens() async throws {
        try await DevServer.with { (server) async throws in
            let created = try await server.createLead(email: "ada@example.com")
            let id = try #require(created.output.firstMatch(of: /"id": "([0-9a-f-]{36})"/)).output.1

            func refusal(_ token: String, _ words: [String] = ["ListLeads"]) async throws -> Outcome {
                let impostor = try Impostor(of: server, named: "token")
                try Files.write(token, to: impostor.state.token)
                return try await Outcome([BuiltPrograms.switchctl, "call"] + words + ["--state", impostor.state.path])
            }
            func demand(_ outcome: Outcome, _ status: Int32, _ reason: String) {
                #expect(outcome.exitCode == 64 + status, "\(outcome)")
                #expect(outcome.output.contains("reason: \(reason)"), "\(outcome)")
            }

            demand(try await refusal(""), 16, "TOKEN_MISSING")
            demand(try await refusal("a.b.c"), 16, "TOKEN_MALFORMED")
            let valid = try Files.text(server.state.token)
            demand(try await refusal("\(valid.dropLast(4))AAAA"), 16, "TOKEN_SIGNATURE_INVALID")
            // The certificate is good for another one.
            let renewed = try await refusal(
                try token(of: server) {
                    $0.issuedAt -= 1_000; $0.expires -= 1_000
                })
            #expect(renewed.exitCode == 0, "\(renewed)")
            demand(try await refusal(try token(of: server) { $0.issuer = "elsewhere" }), 16, "TOKEN_ISSUER_UNKNOWN")
            demand(try await refusal(try token(of: server) { $0.expires += 3_600 }), 16, "TOKEN_LIFETIME_TOO_LONG")
            demand(try await refusal(try token(of: server) { $0.roles = [] }), 7, "SCOPE_MISSING")
            let viewer = try token(of: server) { $0.roles = ["viewer"] }
            #expect(try await refusal(viewer).exitCode == 0)
            demand(try await refusal(viewer, ["DeleteLead", "-d", "{\"id\": \"\(id)\", \"etag\": \"v1\"}"]), 7, "SCOPE_MISSING")
            let stranger = try token(of: server) { $0.tenant = "another" }
            demand(try await refusal(stranger, ["GetLead", "-d", "{\"id\": \"\(id)\"}"]), 5, "RESOURCE_NOT_FOUND")
        }
    }

    /// A token signed with the server's own key.
    private func token(of server: DevServer, _ change: (inout TokenClaims) -> Void) throws -> String {
        let now = UnixTime.now()
        var claims = TokenClaims(
            issuer: "dev", subject: "test", tenant: "demo", roles: ["admin"], id: "1", issuedAt: now, expires: now + 900,
            certificateDigest: try Certificate(pem: Files.read(server.state.clientCertificate)).fingerprint)
        change(&claims)
        let key = try Ed25519PrivateKey(pem: Files.read(server.state.tokenPrivateKey))
        return try TokenSigner(key: key, keyID: "dev").sign(claims)
    }

    @Test("E9 · SEC-5 · R25 · a certificate of another service, trust domain or authority is refused for its own reason")
    func certificates() async throws {
        try await DevServer.with { (server) async throws in
            let folder = "\(server.state.path)-made"
            let made = try await [
                BuiltPrograms.switchboard("cert", "issue", "other", "--state", server.state.path, "--out", folder),
                BuiltPrograms.switchboard(
                    "cert", "issue", "foreigner", "--state", server.state.path, "--trust-domain", "elsewhere.example", "--out", folder),
                BuiltPrograms.switchboard(
                    "cert", "issue", "host", "--state", server.state.path, "--names", "localhost,127.0.0.1", "--out", folder),
                BuiltPrograms.switchboard("cert", "authority", "--out", folder),
                BuiltPrograms.switchboard(
                    "cert", "issue", "stranger", "--ca", "\(folder)/ca.pem", "--ca-key", "\(folder)/ca.key", "--trust-domain",
                    "dev.switchboard.internal", "--out", folder),
            ]
            for outcome in made { #expect(outcome.exitCode == 0, "\(outcome)") }

            func call(with certificate: String) async throws -> Outcome {
                let impostor = try Impostor(of: server, named: certificate)
                try impostor.take(certificate: certificate, from: folder)
                return try await server.call("ListLeads", state: impostor.state)
            }
            let other = try await call(with: "other")
            #expect(other.exitCode == 80, "\(other)")
            #expect(other.output.contains("reason: TOKEN_BINDING_MISMATCH"), "\(other)")
            let foreigner = try await call(with: "foreigner")
            #expect(foreigner.exitCode == 80, "\(foreigner)")
            #expect(foreigner.output.contains("reason: TRUST_DOMAIN_UNKNOWN"), "\(foreigner)")
            // A server's certificate is not for clients; another authority's is nobody's: neither gets through the handshake.
            for name in ["host", "stranger"] {
                let outcome = try await call(with: name)
                #expect(outcome.exitCode == 3, "\(outcome)")
                #expect(outcome.output.contains("No connection"), "\(outcome)")
            }
            #expect(try await server.call("ListLeads").exitCode == 0)
        }
    }

    @Test("a token that was issued on the command line opens its own tenant")
    func issuedToken() async throws {
        try await DevServer.with { (server) async throws in
            let issued = try await BuiltPrograms.switchboard(
                "token", "issue", "--state", server.state.path, "--tenant", "acme", "--roles", "operator", "--minutes", "1")
            #expect(issued.exitCode == 0, "\(issued)")
            let client = try Impostor(of: server, named: "acme")
            try Files.write(issued.output, to: client.state.token)
            let created = try await server.createLead(email: "ada@example.com", state: client.state)
            #expect(created.exitCode == 0, "\(created)")
            #expect(try await server.call("ListLeads", state: client.state).output.contains("ada@example.com"))
            #expect(try await !server.call("ListLeads").output.contains("ada@example.com"))
        }
    }
}
