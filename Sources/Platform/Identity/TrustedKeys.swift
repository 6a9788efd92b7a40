public import Crypto

/// What a token calls its key. Two issuers may use one `kid`.
public struct KeyName: Sendable, Hashable {
    /// The `iss` of its tokens.
    public var issuer: String
    /// The `kid` of its tokens, an opaque name.
    public var keyID: String

    public init(issuer: String, keyID: String) {
        self.issuer = issuer
        self.keyID = keyID
    }
}

/// Who makes tokens, and for what it is believed.
public struct TrustedIssuer: Sendable, Hashable {
    public var name: String
    /// The tenants that its tokens may name; nil: all of them, which only our own issuer's may.
    public let tenants: Set<String>?
    /// The scopes that its tokens may give: none that reaches over all tenants, when it speaks for some of them.
    public let scopes: ScopePatterns

    public init(name: String, tenants: Set<String>? = nil, scopes: ScopePatterns = .all) {
        self.name = name
        self.tenants = tenants
        self.scopes = tenants == nil ? scopes : scopes.excluding(Scopes.platform)
    }
}

/// The keys whose signatures are believed, from wherever they are known. A value: who verifies has a snapshot.
public struct TrustedKeys: Sendable, Equatable {
    public var issuers: [String: TrustedIssuer]
    /// From files that the configuration names.
    public var configured: [KeyName: PublicKey]
    /// From the key sets of foreign issuers.
    public var foreign: [KeyName: PublicKey] = [:]
    /// From the database.
    public var stored: [KeyName: PublicKey] = [:]
    /// Those that the database says are over, whoever else knows them.
    public var retired: Set<KeyName> = []

    public init(issuers: [TrustedIssuer], configured: [KeyName: PublicKey] = [:]) {
        self.issuers = Dictionary(issuers.map { ($0.name, $0) }) { first, _ in first }
        self.configured = configured
    }

    public subscript(name: KeyName) -> PublicKey? {
        retired.contains(name) ? nil : configured[name] ?? stored[name] ?? foreign[name]
    }
}
