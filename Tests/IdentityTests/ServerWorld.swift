import BenchAPI
import Crypto
import Net
import Postgres
import RPC
import TLS
import TestSupport
import Testing

@testable import Platform

/// A server with a loop, a database pool and a trust of its own, as if it were a process of its own, behind real TLS.
final class ServerWorld: Sendable {
    /// All servers' secret is the same.
    static var proof: SigningKeyProof { get throws { SigningKeyProof(try #require(ServerSecret(Array(0..<32)))) } }

    let trust: Trust
    private let loops: EventLoopGroup
    let database: Database
    private let feed: TrustFeed
    private let server: Server
    private let address: SocketAddress

    static func start(_ fresh: TestDatabase, _ world: IdentityWorld, services: ServiceScopes = .unrestricted) async throws -> ServerWorld {
        try await ServerWorld(fresh, world, services)
    }

    private init(_ fresh: TestDatabase, _ world: IdentityWorld, _ services: ServiceScopes) async throws {
        loops = try EventLoopGroup(count: 1)
        database = Database(fresh.application, loops: loops.loops)
        trust = Trust(keys: world.trust.snapshot.keys, services: services)
        let log = Log(minimum: .error)
        feed = TrustFeed(trust, database, proof: try Self.proof, on: loops.loops[0], log: log)
        try await feed.start()
        let authenticator = Authenticator(trust)
        var configuration = Server.Configuration(tls: try TestPKI.shared.serverContext())
        configuration.requiresPolicies = true
        server = try Server(
            services: [StreamingEcho { _ in }.governed(by: MethodPolicy(.scopes(["echo:use"])))],
            interceptors: [
                MapErrors(log: log), RequireCertificate(trustDomain: TestPKI.trustDomain), RequireToken(authenticator),
                RecheckToken(authenticator), RequireScope(),
            ], configuration: configuration, loops: loops)
        address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
    }

    /// What this server would sign with.
    func issuer(_ ring: KeyRing = KeyRing(nil)) throws -> TokenIssuer {
        TokenIssuer(database: database, ring: ring, proof: try Self.proof, issuer: IdentityWorld.issuer, trust: trust)
    }

    /// - Parameter key: the client's certificate.
    func client(_ key: CertifiedKey = TestPKI.shared.client) throws -> (EchoClient, Channel) {
        var configuration = Channel.Configuration()
        configuration.tls = try TestPKI.shared.clientContext(key)
        let channel = try Channel("\(address)", configuration: configuration)
        return (EchoClient(channel), channel)
    }

    func stop() async {
        await server.drain(grace: .seconds(1))
        await feed.stop()
        await database.shutdown()
        loops.shutdown()
    }
}

/// The reason by which a unary call with a token is refused; nil when it is not.
func refusal(_ client: EchoClient, _ token: String?) async -> String? {
    let metadata = token.map { Metadata([("authorization", "Bearer \($0)")]) } ?? Metadata()
    do throws(RPCError) {
        _ = try await client.unary(EchoRequest(), CallOptions(metadata: metadata))
        return nil
    } catch {
        return error.reason ?? "\(error.code)"
    }
}

extension TestDatabase {
    /// Statements of a tenant, as the role that serves.
    func apply(_ statement: SQL, tenant: String = "demo") async throws {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(application, loops: loops.loops)
        defer { loops.shutdown() }
        let scope = Scope(tenant: tenant, caller: "test", requestID: "test")
        try await database.batch(scope) { batch in batch.enqueue(statement) }
        await database.shutdown()
    }
}
