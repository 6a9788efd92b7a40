internal import ConfigAPI
internal import Console
internal import Crypto
internal import Net
internal import Platform
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

    func interceptors(for services: [any Service]) throws -> [any ServerInterceptor] {
        var keys: [KeyName: PublicKey] = [:]
        for key in settings.tokenKeys {
            keys[KeyName(issuer: settings.issuer, keyID: key.id)] = try PublicKey(pem: Files.read(key.path))
        }
        let trust = Trust(keys: TrustedKeys(issuers: settings.trustedIssuers, configured: keys), services: settings.services)
        let attempts = FailedAttempts()
        return CallChain(
            settings, Authenticator(trust, attempts: attempts), attempts: attempts, quotas: Self.quotas(), log: Log(minimum: .error)
        ).interceptors(for: services)
    }

    /// Each caller has a quota of its own, and so has the tenant: large enough, as SetQuota would have made them.
    private static func quotas() -> Quotas {
        let quotas = Quotas()
        let large = Quota(perPeriod: 1_000_000_000)
        let callers = (0..<1_000).map { QuotaSubject.principal("bench-\($0)", of: tenant) }
        quotas.apply(
            QuotaBook(
                (callers + [.tenant(tenant)]).map { QuotaBook.Entry(kind: $0.kind, subject: $0, class: .read, quota: large) }))
        return quotas
    }

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
