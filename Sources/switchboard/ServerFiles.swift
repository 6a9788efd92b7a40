internal import Console
internal import Crypto
internal import Platform
internal import Postgres
internal import TLS

/// What the files that a configuration names hold: certificates, keys, secrets, passwords. Read once, before the server starts.
struct ServerFiles {
    let tls: TLSContext
    let tokenKeys: [String: Ed25519PublicKey]
    let secret: ServerSecret

    init(_ settings: Settings) throws {
        tls = try TLSContext.server(
            certificateChain: .file(settings.certificateFile), privateKey: .file(settings.keyFile),
            clientRoots: .file(settings.clientRootsFile))
        var keys: [String: Ed25519PublicKey] = [:]
        for key in settings.tokenKeys {
            do {
                keys[key.id] = try Ed25519PublicKey(pem: Files.read(key.path))
            } catch let error as CryptoError {
                throw Failure("The token key in \(key.path) cannot be used: \(error).")
            }
        }
        tokenKeys = keys
        guard let secret = ServerSecret(try Files.read(settings.secretFile)) else {
            throw Failure("The secret in \(settings.secretFile) is too short: write at least 32 random bytes into it.")
        }
        self.secret = secret
    }
}

extension Settings.Role {
    /// How this role connects, its password read from its file.
    func database() throws -> Database.Configuration {
        var configuration = Database.Configuration(connection: connection)
        if let passwordFile {
            let text = try Files.text(passwordFile)
            configuration.password = String(text.split(separator: "\n", omittingEmptySubsequences: false).first ?? "")
        }
        return configuration
    }
}
