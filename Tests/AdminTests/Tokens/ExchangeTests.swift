import AdminAPI
import Crypto
import Postgres
import Protobuf
import RPC
import StandardTypes
import SwitchboardAPI
import TestSupport
import Testing

@testable import Platform

/// TokenService over TLS: who gets a token, for what, and who does not.
@Suite("Tokens are exchanged", .timeLimit(.minutes(10))) struct ExchangeTests {
    @Test("E1 · a certificate alone is good for a token of the service itself, in a tenant that it is listed for, and it works")
    func own() async throws {
        try await TokenWorld.with { world in
            let voice = try world.client("voice")
            let reply = try await voice.exchange(tenant: "acme")
            #expect((reply.subject, reply.actors, reply.tenant) == ("voice", [], "acme"))
            #expect(reply.scopes == ["crew:run", "lead:read", "lead:write"])
            #expect(try await voice.whoAmI(reply.token) == "voice for voice, by , in acme: crew:run lead:read lead:write")
            let few = try await voice.exchange(tenant: "acme", scopes: ["lead:read", "admin:tokens"])
            #expect(few.scopes == ["lead:read"])
        }
    }

    @Test("SEC-1 · a token that is handed on is refused; exchanged, it names the user and who acts, and allows what both may do")
    func forwarded() async throws {
        try await TokenWorld.with { world in
            let (web, voice) = (try world.client("web"), try world.client("voice"))
            let token = try await world.token(at: web, scopes: ["lead:read", "lead:write", "admin:tokens"])
            #expect(try await web.whoAmI(token) == "web for ada, by , in acme: admin:tokens lead:read lead:write")
            #expect(await refusal { try await voice.whoAmI(token) }?.reason == "TOKEN_BINDING_MISMATCH")

            let exchanged = try await voice.exchange(token)
            #expect((exchanged.subject, exchanged.actors, exchanged.tenant) == ("ada", ["voice"], "acme"))
            #expect(exchanged.scopes == ["lead:read", "lead:write"])
            #expect(try await voice.whoAmI(exchanged.token) == "voice for ada, by voice, in acme: lead:read lead:write")
            // And that one is not handed on either.
            let crew = try world.client("crew")
            #expect(await refusal { try await crew.whoAmI(exchanged.token) }?.reason == "TOKEN_BINDING_MISMATCH")
            let second = try await crew.exchange(exchanged.token)
            #expect((second.actors, second.scopes) == (["crew", "voice"], ["lead:read"]))
            #expect(try await crew.whoAmI(second.token) == "crew for ada, by crew for voice, in acme: lead:read")
        }
    }

    @Test("a channel gets tokens for itself, and in the name of who called: its calls need no word of them")
    func credentials() async throws {
        try await TokenWorld.with { world in
            let own = try world.client("voice") { .exchanged(over: $0, tenant: "acme", scopes: ["lead:read"]) }
            #expect(try await own.whoAmI() == "voice for voice, by , in acme: lead:read")
            let token = try await world.token(at: try world.client("web"))
            let forAda = try world.client("crew") { .exchanged(over: $0, for: token) }
            #expect(try await forAda.whoAmI() == "crew for ada, by crew, in acme: lead:read")
            // What refuses the exchange refuses the call.
            let stranger = try world.client("stranger") { .exchanged(over: $0, tenant: "acme") }
            #expect(await refusal { try await stranger.whoAmI() }?.reason == "SERVICE_UNKNOWN")
        }
    }

    @Test("a chain of services ends at three")
    func depth() async throws {
        try await TokenWorld.with { world in
            var token = try await world.token(at: try world.client("web"))
            for service in ["voice", "crew", "third"] { token = try await world.client(service).exchange(token).token }
            let fourth = try world.client("fourth")
            #expect(await refusal { try await fourth.exchange(token) }?.reason == "DELEGATION_TOO_DEEP")
        }
    }

    @Test("who may not is refused for its own reason")
    func refused() async throws {
        try await TokenWorld.with { world in
            let web = try world.client("web")
            let token = try await world.token(at: web)
            let (voice, alone, stranger) = (try world.client("voice"), try world.client("alone"), try world.client("stranger"))
            #expect(await refusal { try await stranger.exchange(tenant: "acme") }?.reason == "SERVICE_UNKNOWN")
            #expect(await refusal { try await voice.exchange(tenant: "other") }?.reason == "TENANT_MISMATCH")
            #expect(await refusal { try await voice.exchange() }?.reason == "TENANT_MISMATCH")
            #expect(await refusal { try await voice.exchange(token, tenant: "other") }?.reason == "TENANT_MISMATCH")
            #expect(await refusal { try await alone.exchange(token) }?.reason == "EXCHANGE_NOT_ALLOWED")
            #expect(await refusal { try await voice.exchange(tenant: "acme", scopes: ["admin:tokens"]) }?.reason == "SCOPE_MISSING")
            #expect(await refusal { try await voice.exchange("a.b.c") }?.reason == "TOKEN_MALFORMED")
            #expect(await refusal { try await voice.exchange("\(token.dropLast(4))AAAA") }?.reason == "TOKEN_SIGNATURE_INVALID")
            #expect(await refusal { try await voice.exchange(tenant: "Not A Tenant") }?.reason == "FIELD_VIOLATION")
            #expect(await refusal { try await voice.exchange(tenant: "acme", scopes: ["x"]) }?.reason == "FIELD_VIOLATION")
            var long = ExchangeRequest()
            long.tenant = "acme"
            long.lifetime = StandardTypes.Duration()
            long.lifetime?.seconds = 901
            #expect(await refusal { try await voice.tokens.exchange(long, TokenClient.bare) }?.reason == "FIELD_VIOLATION")
        }
    }

    @Test("a server without a key ring issues nothing, and says so")
    func withoutRing() async throws {
        try await TokenWorld.with { world in
            let issuer = TokenIssuer(database: world.database, ring: KeyRing(nil), proof: world.proof, issuer: TokenWorld.issuerName)
            try await issuer.prepare()
            let delegation = Delegation(subject: "ada", tenant: "acme", scopes: ["lead:read"], expires: issuer.expiry(lifetimeSeconds: 60))
            await #expect(throws: TokenRefusal.notIssued) {
                try await issuer.issue(delegation, boundTo: [UInt8](repeating: 0, count: 32), world.scope())
            }
            #expect(TokenRefusal.notIssued.rpcError.reason == "KEY_RING_MISSING")
        }
    }

    @Test("R4 · the private key lies in the database sealed, and opens in its own row only")
    func sealed() async throws {
        try await TokenWorld.with { world in
            let key = try await world.database.batch(world.scope(nil)) {
                $0.one(.signingKey(of: TokenWorld.issuerName), as: SealedSigningKey.self)
            }
            #expect(!String(decoding: key.sealed, as: UTF8.self).contains("PRIVATE KEY"))
            let pem = try world.issuer.ring.open(key.sealed, at: .signingKey(key.id))
            #expect(String(decoding: pem, as: UTF8.self).contains("PRIVATE KEY"))
            #expect(throws: SecretError.self) { try world.issuer.ring.open(key.sealed, at: .signingKey("another")) }
        }
    }
}
