import Console
import Crypto
import Glibc
import Net
import Platform
import RPC
import TLS
import TestSupport
import Testing

/// A server, its methods, and tokens as its operator could make them.
struct MethodWorld {
    let deployment: Deployment
    let address: String
    let loop: EventLoop
    let methods: [DeclaredMethod]

    static func with(_ body: (MethodWorld) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let deployment = try await Deployment(in: folder)
            try await deployment.migrate()
            let (server, address) = try await deployment.serve()
            let loop = try EventLoop(name: "client")
            defer { loop.shutdown() }
            let (channel, metadata) = try await deployment.channel(to: address, loop)
            let methods = try await DeclaredMethod.all(of: channel, metadata)
            try #require(methods.count > 20, "reflection shows \(methods.count) methods")
            try await body(MethodWorld(deployment: deployment, address: address, loop: loop, methods: methods))
            await channel.close()
            server.signal(SIGTERM)
            _ = try await server.end()
        }
    }

    /// A certificate for another service.
    func issue(_ name: String) async throws {
        let folder = deployment.folder
        let issued = try await BuiltPrograms.switchboard(
            "cert", "issue", name, "--ca", "\(folder)/ca.pem", "--ca-key", "\(folder)/ca.key", "--trust-domain", "prod.example.com",
            "--out", folder)
        try #require(issued.exitCode == 0, "\(issued)")
    }

    func channel(as name: String = "admin") throws -> RPC.Channel {
        var configuration = RPC.Channel.Configuration()
        let folder = deployment.folder
        configuration.tls = try .client(
            roots: .file("\(folder)/ca.pem"), certificateChain: .file("\(folder)/\(name).pem"),
            privateKey: .file("\(folder)/\(name).key"))
        configuration.serverName = "127.0.0.1"
        return try RPC.Channel(address, configuration: configuration, loop: loop)
    }

    /// A token for the admin's certificate.
    func token(_ change: (inout TokenClaims) -> Void) throws -> Metadata {
        let now = UnixTime.now()
        var claims = TokenClaims(
            issuer: "example", subject: "ada", tenant: "acme", roles: ["platform_admin"], id: "\(UInt64.random(in: 0 ... .max))",
            issuedAt: now,
            expires: now + 900, certificateDigest: try Certificate(pem: Files.read("\(deployment.folder)/admin.pem")).fingerprint)
        change(&claims)
        let key = try Ed25519PrivateKey(pem: Files.read("\(deployment.folder)/token.key"))
        return Metadata([("authorization", "Bearer \(try TokenSigner(key: key, keyID: "k1").sign(claims))")])
    }

    /// How a call of a method fails. Every method can be called like a unary one: who is refused is told so before a message is read.
    func failure(
        of method: DeclaredMethod, on channel: RPC.Channel, _ metadata: Metadata, message: [UInt8] = []
    ) async -> RPCError? {
        var metadata = metadata
        metadata.append("idempotency-key", "\(UInt64.random(in: 0 ... .max))")
        do {
            _ = try await channel.unary(path: method.path, message: message, CallOptions(metadata: metadata, timeout: .seconds(60)))
            return nil
        } catch {
            return error
        }
    }

    /// How a call without a token fails before its first reply: some public methods have replies without an end.
    func firstAnswer(of method: DeclaredMethod, on channel: RPC.Channel) async -> RPCError? {
        do {
            return try await channel.bidirectional(path: method.path, CallOptions(timeout: .seconds(60))) { requests, replies in
                try await requests.send([])
                requests.finish()
                _ = try await replies.first { _ in true }
                return nil
            }
        } catch {
            return error as? RPCError
        }
    }

    /// Methods that demand a token.
    var closed: [DeclaredMethod] { methods.filter { !isOpen($0) } }
    var open: [DeclaredMethod] { methods.filter(isOpen) }

    /// gRPC's own .proto files declare nothing: whoever probes a server's health has no token.
    private func isOpen(_ method: DeclaredMethod) -> Bool { method.isPublic || method.path.hasPrefix("/grpc.health.") }
}
