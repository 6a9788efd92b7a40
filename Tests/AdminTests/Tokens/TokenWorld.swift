import AdminAPI
import AdminServer
import Crypto
import Net
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// The whole way of a token: services with certificates, real TLS, the interceptors of a server, a real PostgreSQL.
final class TokenWorld: Sendable {
    static let services = [
        ServiceRights(name: "voice", scopes: ["lead:read", "lead:write", "crew:*"], tenants: ["acme"], mayActForOthers: true),
        ServiceRights(name: "crew", scopes: ["lead:read", "crew:run"], tenants: ["acme", "other"], mayActForOthers: true),
        ServiceRights(name: "third", scopes: ["*"], mayActForOthers: true),
        ServiceRights(name: "fourth", scopes: ["*"], mayActForOthers: true),
        ServiceRights(name: "alone", scopes: ["lead:read"], tenants: ["acme"]),
        ServiceRights(name: "web", scopes: ["*"]), ServiceRights(name: "operations", scopes: ["*"]),
    ]
    /// What this platform's methods ask for, and the platform's own.
    static let scopes: Set<String> = [
        "lead:read", "lead:write", "crew:run", "admin:tenants", "admin:tokens", "admin:keys",
    ]
    static let issuerName = "test"

    let loops: EventLoopGroup
    let fresh: TestDatabase
    let database: Database
    let proof: SigningKeyProof
    /// What is signed offline is signed with it.
    let fileKey = Ed25519PrivateKey()
    let issuer: TokenIssuer
    let desk: TokenDesk
    let watch: GrantWatch
    let trust: Trust
    let log = Log(minimum: .error)
    private let trustFeed: TrustFeed
    private let server: Server
    private let address: SocketAddress

    static func with(_ body: (TokenWorld) async throws -> Void) async throws {
        let world = try await TokenWorld()
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await world.server.drain(grace: .zero)
        await world.watch.stop()
        await world.trustFeed.stop()
        await world.database.shutdown()
        world.loops.shutdown()
        if let failure { throw failure }
    }

    private init() async throws {
        fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations)
        loops = try EventLoopGroup(count: 2)
        database = Database(fresh.application, loops: loops.loops)
        let secret = try #require(ServerSecret(Array(0..<32)))
        proof = SigningKeyProof(secret)
        issuer = TokenIssuer(database: database, ring: KeyRing(try KeyRingText(firstKey: "one")), proof: proof, issuer: Self.issuerName)
        try await issuer.prepare()
        let rights = Dictionary(uniqueKeysWithValues: Self.services.map { ($0.name, ScopePatterns($0.scopes)) })
        trust = Trust(
            keys: TrustedKeys(
                issuers: [TrustedIssuer(name: Self.issuerName)],
                configured: [KeyName(issuer: Self.issuerName, keyID: "file"): .ed25519(fileKey.publicKey)]),
            services: ServiceScopes(rights))
        trustFeed = TrustFeed(trust, database, proof: proof, on: loops.loops[0], log: log)
        try await trustFeed.start()
        let authenticator = Authenticator(trust)
        let directory = ServiceDirectory(Self.services)
        let quotas = QuotaLeases(Quotas(), database, name: "test", on: loops.loops[0], log: log)
        desk = TokenDesk(issuer, trust, services: directory, declared: Self.scopes)
        watch = GrantWatch(database, on: loops.loops[0], log: log)
        watch.start()
        server = try Server(
            services: [
                Tokens(desk), Administration(database: database, issuer: issuer, services: directory, quotas: quotas, secret: secret),
                WhoAmI(),
            ],
            interceptors: [
                MapErrors(log: log), RequireCertificate(trustDomain: TestPKI.trustDomain), RequireToken(authenticator), RequireScope(),
                RequireIdempotencyKey(),
            ],
            configuration: Server.Configuration(tls: try TestPKI.shared.serverContext()), loops: loops)
        address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
    }

    /// A service's client, with its own certificate.
    func client(_ service: String) throws -> TokenClient {
        try client(service, try TestPKI.shared.client(service: service), nil)
    }

    /// The same, whose calls bring credentials that it gets over a channel without any.
    func client(_ service: String, _ credentials: (Channel) -> any CallCredentials) throws -> TokenClient {
        let key = try TestPKI.shared.client(service: service)
        return try client(service, key, credentials(try client(service, key, nil).channel))
    }

    private func client(_ service: String, _ key: CertifiedKey, _ credentials: (any CallCredentials)?) throws -> TokenClient {
        var configuration = Channel.Configuration(tls: try TestPKI.shared.clientContext(key))
        configuration.credentials = credentials
        return TokenClient(
            channel: try Channel("localhost:\(address.port ?? 0)", configuration: configuration, loop: loops.loops[1]),
            certificateDigest: key.certificate.fingerprint)
    }

    func scope(_ tenant: String? = "acme") -> Scope {
        Scope(tenant: tenant, caller: "tester", requestID: "request-1", deadline: .now() + .seconds(300))
    }

    /// A user's token, bound to the certificate of the client that the user sits at.
    func token(
        of user: String = "ada", at client: TokenClient, tenant: String = "acme", scopes: Set<String> = ["lead:read", "lead:write"],
        actors: [String] = []
    ) async throws -> String {
        try await issued(to: user, at: client, tenant: tenant, scopes: scopes, actors: actors).text
    }

    /// The same, and what it says.
    func issued(
        to user: String = "ada", at client: TokenClient, tenant: String = "acme", scopes: Set<String> = ["lead:read", "lead:write"],
        actors: [String] = []
    ) async throws -> IssuedToken {
        try await issuer.issue(
            Delegation(
                subject: user, actors: actors, tenant: tenant, scopes: scopes, expires: issuer.expiry(lifetimeSeconds: nil)),
            boundTo: client.certificateDigest, scope(tenant))
    }

    /// A token that says exactly this.
    func signed(_ claims: TokenClaims) throws -> String { try TokenSigner(key: fileKey, keyID: "file").sign(claims) }

    /// A desk of a process that has not heard yet of what is revoked from now on.
    func deafDesk(_ issuer: TokenIssuer? = nil) -> TokenDesk {
        let deaf = Trust(keys: trust.snapshot.keys, services: trust.snapshot.services)
        return TokenDesk(issuer ?? self.issuer, deaf, services: ServiceDirectory(Self.services), declared: Self.scopes)
    }

    /// Who may do everything there is.
    func administrator() async throws -> (client: TokenClient, options: CallOptions) {
        let client = try client("operations")
        let token = try await token(of: "root", at: client, tenant: "platform", scopes: Self.scopes)
        return (client, TokenClient.options(token))
    }
}

/// A client of one service's certificate.
struct TokenClient: Sendable {
    let channel: Channel
    let certificateDigest: [UInt8]

    var tokens: TokenServiceClient { TokenServiceClient(channel) }
    var administration: AdminServiceClient { AdminServiceClient(channel) }

    static func options(_ token: String, key: String? = nil) -> CallOptions {
        var metadata = Metadata([("authorization", "Bearer \(token)")])
        if let key { metadata.append("idempotency-key", key) }
        return CallOptions(metadata: metadata, timeout: .seconds(300))
    }

    /// Without a token.
    static var bare: CallOptions { CallOptions(timeout: .seconds(300)) }

    func exchange(_ subject: String? = nil, tenant: String = "", scopes: [String] = []) async throws(RPCError) -> ExchangeReply {
        var request = ExchangeRequest()
        request.tenant = tenant
        request.scopes = scopes
        request.subject = subject.map { .subjectToken($0) }
        return try await tokens.exchange(request, Self.bare)
    }

    /// What a handler knows of who calls.
    func whoAmI(_ token: String) async throws(RPCError) -> String {
        try await whoAmI(Self.options(token))
    }

    func whoAmI(_ options: CallOptions = bare) async throws(RPCError) -> String {
        let reply = try await channel.unary(path: WhoAmI.method.info.path, message: [], options)
        do {
            return try StringValue(decoding: reply).value
        } catch {
            throw RPCError(.internal, "\(error)")
        }
    }
}

/// A method that says who calls it.
struct WhoAmI: Service {
    static let serviceName = "test.WhoAmI"
    static let file = StringValue.file
    static let method = Method<Empty, StringValue>(
        service: serviceName, name: "Tell", kind: .unary, policy: MethodPolicy(.scopes(["lead:read"]), idempotency: .readOnly))

    var routes: [Route] {
        [
            Route(Self.method) { call, messages in
                guard let caller = call[Caller.self] else { throw RPCError(.internal, "nobody calls") }
                _ = try messages.request(Empty.self)
                try messages.reply(
                    StringValue(
                        "\(caller.service) for \(caller.subject), by \(caller.actors.joined(separator: " for ")), in \(caller.tenant): "
                            + caller.scopes.sorted().joined(separator: " ")))
            }
        ]
    }
}
