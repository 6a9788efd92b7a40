import Crypto
import HTTP2
import Net
import StandardTypes
import Testing

@testable import Platform
@testable import RPC

/// The checks behind the interceptors, each refusal with its own reason.
struct IdentityTests {
    @Test(
        "a certificate is refused for its own reason",
        arguments: [
            ([], "CERTIFICATE_UNNAMED"), (["spiffe://test.example/user/a"], "CERTIFICATE_UNNAMED"),
            (["spiffe://other/svc/a"], "TRUST_DOMAIN_UNKNOWN"),
            (["spiffe://test.example/svc/a", "spiffe://test.example/svc/b"], "CERTIFICATE_AMBIGUOUS"),
        ])
    func certificates(uris: [String], reason: String) {
        let error = #expect(throws: RPCError.self) { try RequireCertificate.identity(sanURIs: uris, trustDomain: "test.example") }
        #expect(error?.code == .unauthenticated)
        #expect(error?.reason == reason)
    }

    @Test(
        "what is no bearer token is refused for its own reason",
        arguments: [
            ([], "TOKEN_MISSING"), ([("authorization", "Basic YTpi")], "TOKEN_MISSING"), ([("authorization", "Bearer ")], "TOKEN_MISSING"),
            ([("authorization", "Bearer a"), ("authorization", "Bearer b")], "TOKEN_MALFORMED"),
        ])
    func authorization(metadata: [(String, String)], reason: String) {
        let error = #expect(throws: RPCError.self) { try Self.token(in: Metadata(metadata)) }
        #expect(error?.code == .unauthenticated)
        #expect(error?.reason == reason)
    }

    @Test("the scheme's name may be written in any case", arguments: ["Bearer", "bearer", "BEARER"])
    func scheme(name: String) throws {
        #expect(try Self.token(in: Metadata([("x", "y"), ("authorization", "\(name) a.b.c"), ("z", "")])) == "a.b.c")
    }

    private static func token(in metadata: Metadata) throws(RPCError) -> String {
        try unsafe metadata.fields.withValue(of: "authorization") {
            (value: UnsafeRawBufferPointer?, count: Int) throws(RPCError) -> String in
            unsafe String(decoding: try Authenticator.token(in: value, count: count), as: UTF8.self)
        }
    }

    @Test("roles and scopes of a token add up; a role that nobody knows gives nothing")
    func scopes() {
        let claims = TokenClaims(
            issuer: "dev", subject: "ada", tenant: "demo", roles: ["viewer", "emperor"], scopes: ["crew:run"], id: "1", issuedAt: 0,
            expires: 1, certificateDigest: [])
        #expect(Caller(claims, service: "voice").scopes == Role.viewer.scopes.union(["crew:run"]))
    }

    @Test("a method that no service has is not served behind the scopes, whatever would answer it")
    func unknownMethod() async throws {
        let call = try CallWorld().call("/a.B/Nobody", routed: false)
        let anything = Route(Method<Empty, Empty>(service: "a.B", name: "Any", kind: .bidirectional)) { _, _ in
            Issue.record("it was answered")
        }
        let refusal = await status {
            try await RequireScope().intercept(call, next: Next(chain: .empty, index: 0, route: anything, exchange: call))
        }
        #expect(refusal?.code == .unimplemented)
    }

    @Test("a method is open to its scope, closed without it, and closed to all when nobody declared it")
    func methods() {
        let caller = Caller(service: "voice", subject: "ada", tenant: "demo", scopes: ["lead:read"], tokenID: "1", expires: 0)
        func refusal(_ caller: Caller?, _ access: MethodPolicy.Access?) -> RPCError? {
            do throws(RPCError) {
                try RequireScope.admit(caller, to: CallWorld.route("/a.B/C", access.map { MethodPolicy($0) }).method)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(caller, .scopes(["lead:read"])) == nil)
        #expect(refusal(caller, .public(reason: "A probe.")) == nil)
        #expect(refusal(nil, .public(reason: "A probe.")) == nil)
        #expect(refusal(caller, .scopes(["lead:read", "lead:write"]))?.code == .permissionDenied)
        #expect(refusal(caller, .scopes(["lead:read", "lead:write"]))?.reason == "SCOPE_MISSING")
        #expect(refusal(nil, .scopes(["lead:read"]))?.reason == "TOKEN_MISSING")
        #expect(refusal(caller, nil)?.reason == "SCOPE_UNDECLARED")
    }

    @Test("each role of a tenant holds those below it; a program's role gives nothing by itself")
    func roles() {
        #expect(Role.viewer.scopes.isStrictSubset(of: Role.operator.scopes))
        #expect(Role.operator.scopes.isStrictSubset(of: Role.admin.scopes))
        #expect(Role.admin.scopes.isStrictSubset(of: Role.platformAdmin.scopes))
        #expect(Role.service.scopes.isEmpty)
        #expect(Role(rawValue: "platform_admin") == .platformAdmin)
    }

    @Test(
        "a keyed method is closed to calls without a key, another is not",
        arguments: [MethodPolicy.Idempotency.keyed, .readOnly, .none])
    func keyed(idempotency: MethodPolicy.Idempotency) async throws {
        let route = CallWorld.route("/a.B/C", MethodPolicy(.scopes(["a:b"]), idempotency: idempotency)).behind([RequireIdempotencyKey()])
        #expect(route.chain.isEmpty == (idempotency != .keyed))
        guard !route.chain.isEmpty else { return }
        let world = try CallWorld()
        let refusal = await status { try RequireIdempotencyKey().admit(try world.call(route)) }
        #expect(refusal?.reason == "IDEMPOTENCY_KEY_MISSING")
        try RequireIdempotencyKey().admit(try world.call(route, [("idempotency-key", "key-00001")]))
    }
}
