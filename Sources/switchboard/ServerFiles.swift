internal import Console
internal import Crypto
internal import Platform
internal import Postgres
internal import TLS

/// What the files that a configuration names hold: certificates, keys, secrets, passwords. Read once, before the server starts.
struct ServerFiles {
    let tls: TLSContext
    let tokenKeys: [KeyName: PublicKey]
    let secret: ServerSecret
    /// Nil: nothing can be sealed.
    let keyRing: KeyRingText?

    init(_ settings: Settings) throws {
        tls = try ServerFiles.tls(settings)
        var keys: [KeyName: PublicKey] = [:]
        for key in settings.tokenKeys {
            do {
                keys[KeyName(issuer: settings.issuer, keyID: key.id)] = try PublicKey(pem: Files.read(key.path))
            } catch let error as CryptoError {
                throw Failure("The token key in \(key.path) cannot be used: \(error).")
            }
        }
        tokenKeys = keys
        guard let secret = ServerSecret(try SecretFile.read(settings.secretFile)) else {
            throw Failure("The secret in \(settings.secretFile) is too short: write at least 32 random bytes into it.")
        }
        self.secret = secret
        keyRing = try settings.keyRingFile.map(SecretFile.keyRing)
    }

    /// Certificates, roots and revocation lists, which may be read again while the server runs.
    static func tls(_ settings: Settings) throws -> TLSContext {
        let key = try SecretFile.read(settings.keyFile)
        let lists = settings.revocationListFiles.map { PEMSource.file($0) }
        return try TLSContext.server(
            certificateChain: .file(settings.certificateFile), privateKey: .bytes(key),
            clientRoots: .file(settings.clientRootsFile),
            revocation: lists.isEmpty
                ? .unchecked : .lists(lists, whenUnknown: settings.acceptsUnknownRevocation ? .accept : .refuse),
            oldestVersion: settings.acceptsTLS12 ? .tls12 : .tls13)
    }
}

extension Settings.Role {
    /// How this role connects, its password read from its file.
    func database() throws -> Database.Configuration {
        var configuration = Database.Configuration(connection: connection)
        configuration.directConnection = directConnection
        configuration.prepared = prepared
        if let passwordFile {
            configuration.password = try Database.Password(reading: { try SecretFile.line(passwordFile) })
        }
        return configuration
    }
}
