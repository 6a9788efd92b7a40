internal import Console
internal import Crypto
internal import Platform

/// `switchboard token key | issue`: signing keys and tokens, made offline.
struct TokenCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(
            words,
            options: [
                "--state", "--key", "--key-id", "--issuer", "--certificate", "--subject", "--tenant", "--roles", "--scopes", "--minutes",
                "--out",
            ])
    }

    func run() throws {
        switch arguments.operands {
        case ["key"]: try makeKey()
        case ["issue"]: try issue()
        default: throw UsageError("`token` is followed by `key` or `issue`.")
        }
    }

    private func makeKey() throws {
        let folder = arguments["--out"] ?? "."
        let (privateKey, publicKey) = ("\(folder)/token.key", "\(folder)/token.pub")
        for path in [privateKey, publicKey] where Files.exists(path) { throw Failure("\(path) is already there: remove it first.") }
        let key = Ed25519PrivateKey()
        try Files.makeFolder(folder)
        try Files.write(key.pem(), to: privateKey, mode: 0o600)
        try Files.write(key.publicKey.pem(), to: publicKey)
        Screen.show("\(privateKey)\n\(publicKey)")
    }

    private func issue() throws {
        let state = try arguments["--state"].map(developmentState)
        let keyFile = try demand("--key", orElse: state?.tokenPrivateKey)
        let keyID = try demand("--key-id", orElse: state.map { _ in DevelopmentKeys.keyID })
        let certificateFile = try demand("--certificate", orElse: state?.clientCertificate)
        let now = UnixTime.now()
        let roles = arguments["--roles"]?.commaSeparated ?? []
        for role in roles where Role(rawValue: role) == nil {
            throw UsageError(unknown: "role", role, among: Role.allCases.map(\.rawValue))
        }
        let claims = TokenClaims(
            issuer: try demand("--issuer", orElse: state.map { _ in DevelopmentKeys.issuer }),
            subject: try demand("--subject", orElse: state.map { _ in DevelopmentKeys.clientService }),
            tenant: try demand("--tenant", orElse: nil),
            roles: roles,
            scopes: arguments["--scopes"]?.commaSeparated ?? [],
            id: Base64URL.encode(SecureRandom.bytes(8)),
            issuedAt: now,
            expires: now + Int64(try arguments.integer("--minutes", in: 1...15) ?? 15) * 60,
            certificateDigest: try Certificate(pem: Files.read(certificateFile)).fingerprint)
        guard !claims.roles.isEmpty || !claims.scopes.isEmpty else {
            throw UsageError("Say with --roles or --scopes what the token allows.")
        }

        let key = try PrivateKey(pem: SecretFile.read(keyFile))
        let token = try TokenSigner(key: key, keyID: keyID).sign(claims)
        // The words of the command line may break a rule of tokens: whoever issues one should hear it here, not from a server.
        do {
            let keys = TrustedKeys(
                issuers: [TrustedIssuer(name: claims.issuer)],
                configured: [KeyName(issuer: claims.issuer, keyID: keyID): key.publicKey])
            let verifier = TokenVerifier(keys)
            _ = try verifier.verify(token, boundTo: claims.certificateDigest, now: now)
        } catch {
            throw Failure("A server would refuse this token. \(error.sentence)")
        }
        Screen.show(token)
        if token.utf8.count > TokenSigner.advisedBytes {
            Screen.tell(
                "The token has \(token.utf8.count) bytes; every call carries it, so that \(TokenSigner.advisedBytes) would be better.")
        }
    }

    private func demand(_ option: String, orElse value: String?) throws -> String {
        guard let value = arguments[option] ?? value else { throw UsageError("\(option) is missing.") }
        return value
    }
}
