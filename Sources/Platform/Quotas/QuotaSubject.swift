/// Whose calls are counted together.
public struct QuotaSubject: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Who calls: the subject of a token, in its tenant, through whatever service. A person, mostly.
        case principal
        /// All callers of a tenant.
        case tenant
        /// A service that calls in its own name: with its certificate alone, or, in a tenant, with a token of its own.
        case service
        /// Where a provider of a tenant's sends what it has to tell, such as a webhook.
        case endpoint
    }

    public let kind: Kind
    /// Empty where there is none.
    public let tenant: String
    /// Empty for a tenant as a whole.
    public let name: String

    private init(_ kind: Kind, tenant: String, name: String) {
        self.kind = kind
        self.tenant = tenant
        self.name = name
    }

    public static func principal(_ name: String, of tenant: String) -> QuotaSubject { QuotaSubject(.principal, tenant: tenant, name: name) }
    public static func tenant(_ tenant: String) -> QuotaSubject { QuotaSubject(.tenant, tenant: tenant, name: "") }
    /// - Parameter tenant: of its token; empty without one.
    public static func service(_ name: String, of tenant: String = "") -> QuotaSubject {
        QuotaSubject(.service, tenant: tenant, name: name)
    }
    public static func endpoint(_ name: String, of tenant: String) -> QuotaSubject { QuotaSubject(.endpoint, tenant: tenant, name: name) }

    /// Nil when a part is missing that this kind has, or there is one that it has not.
    public init?(kind: Kind, tenant: String, name: String) {
        let fits =
            switch kind {
            case .principal, .endpoint: !tenant.isEmpty && !name.isEmpty
            case .tenant: !tenant.isEmpty && name.isEmpty
            case .service: !name.isEmpty
            }
        guard fits else { return nil }
        self.init(kind, tenant: tenant, name: name)
    }

    /// `principal acme/ada`, `tenant acme`, `service voice`.
    public var description: String { "\(kind.rawValue) \(path)" }

    /// `acme/ada`, `acme`, `voice`.
    var path: String { [tenant, name].filter { !$0.isEmpty }.joined(separator: "/") }
}

/// A subject as a table knows it: 128 bits that nobody outside of this process can foresee, so that two subjects have the same ones less
/// often than memory fails. Names would take more room than all the rest of a meter.
struct QuotaKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init(_ subject: some Hashable) {
        var first = Hasher()
        first.combine(0)
        first.combine(subject)
        high = UInt64(truncatingIfNeeded: Int64(first.finalize()))
        var second = Hasher()
        second.combine(1)
        second.combine(subject)
        low = UInt64(truncatingIfNeeded: Int64(second.finalize()))
    }
}
