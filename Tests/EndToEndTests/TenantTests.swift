import Console
import TestSupport
import Testing

/// Tenants, tokens and keys by the command line, on a development server.
struct TenantTests {
    @Test("a tenant is made, entered with the certificate alone, and closed")
    func life() async throws {
        try await DevServer.with { (server) async throws in
            let made = try await server.call("CreateTenant", "-d", #"{"name": "acme"}"#, "--idempotency-key", "tenant-acme")
            #expect(made.exitCode == 0 && made.output.contains("TENANT_STATE_ACTIVE"), "\(made)")
            let lead = #"{"lead": {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com"}}"#
            let created = try await server.call("CreateLead", "-d", lead, "--tenant", "acme")
            #expect(created.exitCode == 0, "\(created)")
            #expect(try await server.call("ListLeads", "--tenant", "acme").output.contains("ada@example.com"))
            #expect(try await !server.call("ListLeads").output.contains("ada@example.com"))

            let closed = try await server.call("SuspendTenant", "-d", #"{"name": "acme", "reason": "test"}"#)
            #expect(closed.exitCode == 0 && closed.output.contains("TENANT_STATE_SUSPENDED"), "\(closed)")
            let refused = try await server.call("ListLeads", "--tenant", "acme")
            #expect(refused.exitCode == 71, "\(refused)")
            #expect(refused.output.contains("reason: TENANT_SUSPENDED"), "\(refused)")
        }
    }

    @Test("without the token file the certificate is exchanged for a token; the signing key is replaced and calls go on")
    func withoutFile() async throws {
        try await DevServer.with { (server) async throws in
            try Files.remove(server.state.token)
            #expect(try await server.createLead(email: "ada@example.com").exitCode == 0)
            let rotated = try await server.call("RotateSigningKey", "--idempotency-key", "rotate-once")
            #expect(rotated.exitCode == 0 && rotated.output.contains("EdDSA"), "\(rotated)")
            #expect(try await server.call("ListLeads").output.contains("ada@example.com"))
        }
    }
}
