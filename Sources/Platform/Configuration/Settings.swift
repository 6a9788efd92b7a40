public import ConfigAPI
internal import Crypto
public import Net
internal import Protobuf
internal import StandardTypes

/// A configuration with every default filled in and every value checked: what a server is started from.
public struct Settings: Sendable {
    public struct TokenKeyFile: Sendable, Hashable {
        public var id: String
        public var path: String
    }

    /// Who else makes tokens that are taken.
    public struct ForeignIssuer: Sendable, Hashable {
        public var trusted: TrustedIssuer
        public var keySetFile: String
    }

    /// How a role of PostgreSQL is reached.
    public struct Role: Sendable, Hashable {
        public var connection: String
        public var passwordFile: String?
        /// Past a transaction pooler; nil when `connection` goes to PostgreSQL itself.
        public var directConnection: String?
        public var prepared = true
    }

    public let address: SocketAddress
    /// Nil: one for each core.
    public let loops: Int?
    public let drainGrace: Swift.Duration
    /// Where connections begin with the address of somebody else.
    public let proxies: [AddressRange]
    public let certificateFile: String
    public let keyFile: String
    public let clientRootsFile: String
    /// Empty: nobody asks whether a certificate is revoked.
    public let revocationListFiles: [String]
    public let acceptsUnknownRevocation: Bool
    public let acceptsTLS12: Bool
    public let trustDomain: String
    public let issuer: String
    public let tokenKeys: [TokenKeyFile]
    public let foreignIssuers: [ForeignIssuer]
    public let services: ServiceScopes
    /// What each of them may have tokens for.
    public let serviceRights: [ServiceRights]
    /// Those of the callers who look after the platform.
    public let platformTenants: Set<String>
    /// Those whose word is taken for whose certificate came with a call.
    public let believedProxies: [ServiceIdentity]
    public let server: Role
    /// Nil: `switchboard migrate` cannot run with this configuration.
    public let owner: Role?
    public let connectionsPerLoop: Int
    public let messageBytes: Int
    public let streamsPerConnection: Int
    public let secretFile: String
    /// The queues whose jobs this server runs; nil: all for which it has handlers.
    public let queues: [JobQueue]?
    /// Nil: this server sends no mail.
    public let mail: Mail?
    /// Nil: this server sends no text messages.
    public let textMessages: TextMessages?
    /// Nil: this server sends no WhatsApp messages.
    public let whatsApp: WhatsApp?
    /// Nil: this server sends no webhooks.
    public let webhooks: Webhooks?
    /// SHA-256 of what it was made from, in hexadecimal.
    public let digest: String
    /// Nil: nothing can be sealed.
    public let keyRingFile: String?
    /// Secrets come from files only.
    public let isProduction: Bool

    public static let defaultPort: UInt16 = 7443

    /// - Parameters:
    ///   - folder: what relative paths are relative to.
    ///   - credentialFolder: where `credential:NAME` is.
    /// - Throws: all that is wrong, at once.
    public init(
        _ config: Config, folder: String, credentialFolder: String? = SecretFile.credentialFolder
    ) throws(ConfigurationError) {
        var checks = ConfigurationChecks(folder: folder, credentialFolder: credentialFolder)
        let listen = config.listen ?? Config.Listen()
        address = checks.address(listen)
        loops = listen.loops == 0 ? nil : checks.number(listen.loops, "listen.loops", atMost: 256, default: 1)
        drainGrace = checks.duration(listen.drainGrace, "listen.drainGrace", atMost: .seconds(3_600), default: .seconds(10))
        proxies = checks.ranges(listen.proxies, "listen.proxies", atMost: 64)

        let certificates = config.certificates ?? Config.Certificates()
        certificateFile = checks.path(certificates.certificateFile, "certificates.certificateFile")
        keyFile = checks.path(certificates.keyFile, "certificates.keyFile")
        clientRootsFile = checks.path(certificates.clientRootsFile, "certificates.clientRootsFile")
        revocationListFiles = checks.paths(certificates.revocationListFiles, "certificates.revocationListFiles", atMost: 64)
        acceptsUnknownRevocation = certificates.acceptUnknownRevocation
        acceptsTLS12 = certificates.acceptTls12

        let identity = config.identity ?? Config.Identity()
        trustDomain = checks.trustDomain(identity.trustDomain, "identity.trustDomain")
        issuer = checks.text(identity.issuer, "identity.issuer")
        tokenKeys = checks.tokenKeys(identity.tokenKeys)
        foreignIssuers = checks.foreignIssuers(identity.issuers, besides: identity.issuer)
        services = checks.services(identity.services)
        serviceRights = identity.services.map {
            ServiceRights(name: $0.name, scopes: $0.scopes, tenants: $0.tenants, mayActForOthers: $0.mayActForOthers)
        }
        platformTenants = checks.platformTenants(identity.platformTenants)
        believedProxies = checks.serviceURIs(identity.proxies, "identity.proxies", of: trustDomain, atMost: 16)

        let storage = config.storage ?? Config.Storage()
        server = Role(
            connection: checks.connection(storage.connection, "storage.connection"),
            passwordFile: checks.optionalPath(storage.passwordFile, "storage.passwordFile"),
            directConnection: storage.directConnection.isEmpty
                ? nil : checks.connection(storage.directConnection, "storage.directConnection"),
            prepared: storage.prepared ?? true)
        owner =
            storage.ownerConnection.isEmpty
            ? nil
            : Role(
                connection: checks.connection(storage.ownerConnection, "storage.ownerConnection"),
                passwordFile: checks.optionalPath(storage.ownerPasswordFile, "storage.ownerPasswordFile"))
        connectionsPerLoop = checks.number(storage.connectionsPerLoop, "storage.connectionsPerLoop", atMost: 64, default: 8)

        let limits = config.limits ?? Config.Limits()
        messageBytes = checks.number(limits.messageBytes, "limits.messageBytes", atMost: 64 << 20, default: 4 << 20)
        streamsPerConnection = checks.number(
            limits.streamsPerConnection, "limits.streamsPerConnection", atMost: 10_000, default: 100)
        secretFile = checks.path(config.secretFile, "secretFile")
        queues = checks.queues(config.jobs ?? Config.Jobs())
        mail = config.mail.map { checks.mail($0) }
        textMessages = config.textMessages.map { checks.textMessages($0) }
        whatsApp = config.whatsapp.map { checks.whatsApp($0) }
        webhooks = config.webhooks.map { checks.webhooks($0) }
        digest = SHA256.digest(config.encoded(deterministic: true)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let secrets = config.secrets ?? Config.Secrets()
        keyRingFile = checks.optionalPath(secrets.keyRingFile, "secrets.keyRingFile")
        isProduction = secrets.production

        guard checks.problems.isEmpty else { throw ConfigurationError(problems: checks.problems) }
    }
}

/// What is wrong with a configuration, field by field.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    public struct Problem: Sendable, Hashable {
        /// As JSON has it: `storage.connection`.
        public var field: String
        public var sentence: String

        public init(_ field: String, _ sentence: String) {
            self.field = field
            self.sentence = sentence
        }
    }

    public var problems: [Problem]

    public init(problems: [Problem]) {
        self.problems = problems
    }

    public var description: String { problems.map { "\($0.field): \($0.sentence)" }.joined(separator: "\n") }
}
