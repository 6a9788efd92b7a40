internal import AdminAPI
internal import ConfigAPI
internal import Console
internal import Crypto
internal import Net
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import TLS

/// Echo behind all that a Switchboard server puts before its services, with the identities of a development server's state folder.
struct SecuredEcho {
    /// The tenant of all callers of the benchmark.
    static let tenant = "bench"

    private let state: StateFolder
    let settings: Settings

    init(state path: String) throws {
        state = StateFolder(path.path(relativeTo: Files.currentFolder))
        let text = try Files.text(state.configuration)
        settings = try Settings(Config(json: text), folder: state.path)
    }

    func tls() throws -> TLSContext {
        try TLSContext.server(
            certificateChain: .file(settings.certificateFile), privateKey: .file(settings.keyFile),
            clientRoots: .file(settings.clientRootsFile))
    }

    /// A service as one of a server's own: who may read leads may call it.
    static func governed(_ service: some Service) -> any Service {
        service.governed(by: MethodPolicy(.scopes(["lead:read"])))
    }

    func interceptors(for services: [any Service], _ quotas: Quotas) throws -> [any ServerInterceptor] {
        var keys: [KeyName: PublicKey] = [:]
        for key in settings.tokenKeys {
            keys[KeyName(issuer: settings.issuer, keyID: key.id)] = try PublicKey(pem: Files.read(key.path))
        }
        let trust = Trust(keys: TrustedKeys(issuers: settings.trustedIssuers, configured: keys), services: settings.services)
        let attempts = FailedAttempts()
        return CallChain(
            settings, Authenticator(trust, attempts: attempts), attempts: attempts, quotas: quotas, log: Log(minimum: .error)
        ).interceptors(for: services)
    }

    /// As one of the development server's processes: what is set there counts here.
    func leases(_ quotas: Quotas, on loops: EventLoopGroup) -> QuotaLeases {
        let storage = Database.Configuration(connection: settings.server.connection)
        return QuotaLeases(
            quotas, Database(storage, loops: loops.loops), name: "switchbench", on: loops.loops[0], log: Log(minimum: .warning))
    }

    /// Has the development server let the benchmark's callers and their tenant call as often as they can, each by a quota of its own.
    func raiseQuotas(_ count: Int) async throws {
        let loop = try EventLoop(name: "quotas")
        defer { loop.shutdown() }
        var configuration = Channel.Configuration()
        configuration.tls = try TLSContext.client(
            roots: .file(state.authorityCertificate), certificateChain: .file(state.clientCertificate), privateKey: .file(state.clientKey))
        let address = try Files.text(state.address).filter { $0 != "\n" }
        let channel = try Channel(address, configuration: configuration, loop: loop)
        let client = AdminServiceClient(channel)
        let token = try Files.text(state.token).filter { $0 != "\n" }
        let options = CallOptions(metadata: Metadata([("authorization", "Bearer \(token)")]), timeout: .seconds(60))
        // What so many calls of this kind take comes first: the token's own service, in its tenant.
        _ = try await client.setQuota(.init(.service, tenant: "", name: "", .admin, perPeriod: Int64(count) * 60 + 60_000), options)
        _ = try await client.setQuota(.init(.tenant, tenant: Self.tenant, name: "", .read, perPeriod: Self.callsPerMinute), options)
        for number in 0..<count {
            let name = "bench-\(number)"
            _ = try await client.setQuota(
                .init(.principal, tenant: Self.tenant, name: name, .read, perPeriod: Self.callsPerMinute), options)
        }
        await channel.close()
    }

    /// More than anybody can make.
    private static let callsPerMinute: Int64 = 1_000_000_000

    /// One token a line, each for a caller of its own, as values of `authorization`. They live for fifteen minutes.
    func writeTokens(_ count: Int, to path: String) throws {
        let certificate = try Certificate(pem: Files.read(state.clientCertificate))
        let signer = TokenSigner(key: try Ed25519PrivateKey(pem: Files.read(state.tokenPrivateKey)), keyID: settings.tokenKeys[0].id)
        let now = UnixTime.now()
        let lines = try (0..<count).map { number in
            let claims = TokenClaims(
                issuer: settings.issuer, subject: "bench-\(number)", tenant: Self.tenant, roles: [Role.viewer.rawValue],
                id: Base64URL.encode(SecureRandom.bytes(8)), issuedAt: now, expires: now + 900,
                certificateDigest: certificate.fingerprint)
            return "Bearer \(try signer.sign(claims))\n"
        }
        try Files.write(lines.joined(), to: path, mode: 0o600)
    }
}

extension SetQuotaRequest {
    fileprivate init(_ kind: QuotaKind, tenant: String, name: String, _ quotaClass: AdminAPI.QuotaClass, perPeriod: Int64) {
        self.init()
        self.kind = kind
        self.tenant = tenant
        self.name = name
        self.quotaClass = quotaClass
        self.perPeriod = perPeriod
    }
}
