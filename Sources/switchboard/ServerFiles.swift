internal import Console
internal import Crypto
internal import Platform
internal import Postgres
internal import TLS

/// What the files that a configuration names hold: certificates, keys, secrets, passwords. Read as a whole, or not at all.
struct ServerFiles: Sendable {
    let tls: TLSContext
    let tokenKeys: [KeyName: PublicKey]
    /// Of foreign issuers; each was readable.
    let keySets: [KeySetFile]
    let secret: ServerSecret
    /// Nil: nothing can be sealed.
    let keyRing: KeyRingText?
    /// Nil: libpq finds it by itself, or none is needed.
    let databasePassword: Database.Password?
    let senders: SenderFiles
    /// SHA-256 of what each field's file holds, by the field's name in the configuration.
    let digests: [String: [UInt8]]

    init(_ settings: Settings) throws {
        tls = try ServerFiles.tls(settings)
        var keys: [KeyName: PublicKey] = [:]
        for key in settings.tokenKeys {
            do {
                keys[KeyName(issuer: settings.issuer, keyID: key.id)] = try PublicKey(pem: TrustedFile.read(key.path, atMost: 1 << 20))
            } catch let error as CryptoError {
                throw Failure("The token key in \(key.path) cannot be used: \(error).")
            }
        }
        tokenKeys = keys
        func keySetFiles() -> [KeySetFile] {
            settings.foreignIssuers.map { KeySetFile(issuer: $0.trusted.name, path: $0.keySetFile) }
        }
        // Others than those that are read later, which remember what they have read.
        for file in keySetFiles() { _ = try file.keys(isWanted: true, now: UnixTime.now()) }
        keySets = keySetFiles()
        guard let secret = ServerSecret(try SecretFile.read(settings.secretFile)) else {
            throw Failure("The secret in \(settings.secretFile) is too short: write at least 32 random bytes into it.")
        }
        self.secret = secret
        keyRing = try settings.keyRingFile.map(SecretFile.keyRing)
        databasePassword = try settings.server.password()
        senders = try SenderFiles(settings)
        digests = try FileDigests(settings).byField
    }

    /// Certificates, roots and revocation lists.
    private static func tls(_ settings: Settings) throws -> TLSContext {
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

/// What the files hold now, to be told from what they held before.
private struct FileDigests {
    private(set) var byField: [String: [UInt8]] = [:]

    init(_ settings: Settings) throws {
        try note("certificates.certificateFile", [settings.certificateFile])
        try note("certificates.keyFile", [settings.keyFile])
        try note("certificates.clientRootsFile", [settings.clientRootsFile])
        try note("certificates.revocationListFiles", settings.revocationListFiles)
        try note("identity.tokenKeys", settings.tokenKeys.map(\.path), settings.tokenKeys.map(\.id))
        try note("identity.issuers", settings.foreignIssuers.map(\.keySetFile), settings.foreignIssuers.map(\.trusted.name))
        try note("secretFile", [settings.secretFile])
        try note("secrets.keyRingFile", [settings.keyRingFile].compactMap { $0 })
        try note("storage.passwordFile", [settings.server.passwordFile].compactMap { $0 })
        try note("mail.passwordFile", [settings.mail?.passwordFile].compactMap { $0 })
        try note("mail.rootsFile", [settings.mail?.rootsFile].compactMap { $0 })
        try note("textMessages.tokenFile", [settings.textMessages?.tokenFile].compactMap { $0 })
        try note("textMessages.rootsFile", [settings.textMessages?.rootsFile].compactMap { $0 })
        try note("whatsapp.tokenFile", [settings.whatsApp?.tokenFile].compactMap { $0 })
        try note("whatsapp.rootsFile", [settings.whatsApp?.rootsFile].compactMap { $0 })
        let receivers = settings.webhooks?.receivers ?? []
        try note("webhooks.receivers", receivers.flatMap(\.secretFiles), receivers.map(\.authority))
        try note("webhooks.rootsFile", [settings.webhooks?.rootsFile].compactMap { $0 })
    }

    private mutating func note(_ field: String, _ paths: [String], _ names: [String] = []) throws {
        if paths.isEmpty { return }
        var digests: [UInt8] = []
        for path in paths { digests += SHA256.digest(try Files.read(path)) }
        for name in names { digests += SHA256.digest(Array(name.utf8)) }
        byField[field] = SHA256.digest(digests)
    }
}

extension Settings.Role {
    /// How this role connects, its password read from its file.
    func database() throws -> Database.Configuration {
        var configuration = Database.Configuration(connection: connection)
        configuration.directConnection = directConnection
        configuration.prepared = prepared
        configuration.password = try password()
        return configuration
    }

    fileprivate func password() throws -> Database.Password? {
        try passwordFile.map { path in try Database.Password(reading: { try SecretFile.line(path) }) }
    }
}
