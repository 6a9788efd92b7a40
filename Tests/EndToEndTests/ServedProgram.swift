import Crypto
import Net
import Platform
import Protobuf
import RPC
import StandardServices
import Synchronization
import TestSupport
import Testing

/// `switchboard serve`, everything that it writes to its log, and a way to it as the admin.
final class ServedProgram: Sendable {
    let deployment: Deployment
    let address: String
    let channel: RPC.Channel
    private let program: Program
    private let lines = Mutex<[String]>([])

    /// Runs `body` with a server of its own, whose configuration `change` may change, and for which `prepare` makes files.
    static func with(
        on cluster: TestCluster? = nil, _ change: (String) -> String = { $0 },
        preparing prepare: (Deployment) async throws -> Void = { _ in }, _ body: (ServedProgram) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder, on: cluster)
            try await prepare(deployment)
            try deployment.write(change(try deployment.text()))
            try await deployment.migrate()
            let served = try await ServedProgram(deployment)
            try await body(served)
            await served.channel.close()
            served.program.signal(15)
            #expect(try await served.program.end() == .exited(0))
        }
    }

    private init(_ deployment: Deployment) async throws {
        self.deployment = deployment
        program = try Program([BuiltPrograms.switchboard, "serve", "--config", deployment.config], errors: .amongOutput)
        var address: String?
        while address == nil, let line = try await program.line() {
            address = line.firstMatch(of: /"event":"server_started","address":"([0-9.:]+)"/).map { String($0.output.1) }
        }
        self.address = try #require(address)
        channel = try await deployment.channel(to: self.address, EventLoop(name: "served")).channel
        Task {
            while let line = try await program.line() { lines.withLock { $0.append(line) } }
        }
    }

    /// How it ended, once it has.
    func ending() async throws -> Program.Ending { try await program.end() }

    /// The lines of the log that hold `text`.
    func log(_ text: String) -> [String] { lines.withLock { $0.filter { $0.contains(text) } } }

    /// A call as an admin of `tenant`, under a key of its own.
    func options(tenant: String = "acme", requestID: String? = nil) throws -> CallOptions {
        let now = UnixTime.now()
        let claims = TokenClaims(
            issuer: "example", subject: "ada", tenant: tenant, roles: ["admin"], id: "1", issuedAt: now, expires: now + 900,
            certificateDigest: try Certificate(pem: Array(deployment.file("admin.pem").utf8)).fingerprint)
        let key = try Ed25519PrivateKey(pem: Array(deployment.file("token.key").utf8))
        var metadata = Metadata([("authorization", "Bearer \(try TokenSigner(key: key, keyID: "k1").sign(claims))")])
        metadata.append("idempotency-key", UUIDv7Generator.system.next().description)
        if let requestID { metadata.append("x-request-id", requestID) }
        return CallOptions(metadata: metadata, timeout: .seconds(120))
    }

    /// One message for whatever comes back of the method, whatever its kind; nil when it succeeds.
    func refusal(_ path: String, _ message: [UInt8], _ options: CallOptions) async throws -> RPCError? {
        do {
            try await channel.bidirectional(path: path, options) { requests, replies in
                // Who is refused early cannot be sent to any more: what counts is the answer.
                try? await requests.send(message)
                requests.finish()
                for try await _ in replies {}
            }
            return nil
        } catch let error as RPCError {
            return error
        }
    }

    /// Every method that it serves, as it tells by reflection; Watch of the health service lasts for ever, and is left out.
    func methods() async throws -> [MethodOfServer] {
        typealias Client = GrpcReflectionV1.ServerReflectionClient
        let files = try await Client(channel).serverReflectionInfo(try options()) { requests, replies in
            var replies = replies.makeAsyncIterator()
            func answer(_ question: GrpcReflectionV1.ServerReflectionRequest.MessageRequest) async throws
                -> GrpcReflectionV1.ServerReflectionResponse.MessageResponse?
            {
                var request = GrpcReflectionV1.ServerReflectionRequest()
                request.messageRequest = question
                try await requests.send(request)
                return try await replies.next()?.messageResponse
            }
            var files: [String: FileDescriptorProto] = [:]
            var services: [String] = []
            if case .listServicesResponse(let list)? = try await answer(.listServices("*")) { services = list.service.map(\.name) }
            for service in services {
                guard case .fileDescriptorResponse(let reply)? = try await answer(.fileContainingSymbol(service)) else { continue }
                for bytes in reply.fileDescriptorProto {
                    let file = try FileDescriptorProto(decoding: bytes)
                    files[file.name ?? ""] = file
                }
            }
            requests.finish()
            return files
        }
        let pool = try DescriptorPool(files.sorted { $0.key < $1.key }.map(\.value))
        return pool.serviceNames.flatMap { name in
            (pool.service(named: name)?.methods ?? []).map { MethodOfServer(path: "/\(name)/\($0.name)", input: $0.input) }
        }.filter { $0.path != "/grpc.health.v1.Health/Watch" }
    }
}

struct MethodOfServer {
    let path: String
    let input: MessageDescriptor
}
