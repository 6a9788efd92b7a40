internal import Synchronization

/// What the configuration lets one service ask for.
public struct ServiceRights: Sendable, Hashable {
    /// As its certificate has it; `*` speaks for all that no other entry names.
    public var name: String
    /// What it may do: scopes, `lead:*` for all that begin so, `*` for all.
    public let scopes: [String]
    /// The tenants that it may act in by itself; `*` is all of them.
    public let tenants: [String]
    /// Whether it may exchange others' tokens for its own.
    public let mayActForOthers: Bool
    private let patterns: ScopePatterns

    public init(name: String, scopes: [String], tenants: [String] = [], mayActForOthers: Bool = false) {
        self.name = name
        self.scopes = scopes
        self.tenants = tenants
        self.mayActForOthers = mayActForOthers
        patterns = ScopePatterns(scopes)
    }

    func allowed(among wanted: Set<String>) -> Set<String> {
        wanted.filter(patterns.contains)
    }

    /// Who may not reaches over no tenant's border, whatever his scopes.
    var mayActInAll: Bool { tenants.contains("*") }

    func mayActIn(_ tenant: String) -> Bool {
        !tenant.isEmpty && (mayActInAll || tenants.contains(tenant))
    }
}

/// The services that the configuration names. One for a process; what is read anew takes the place of what was.
public final class ServiceDirectory: Sendable {
    private let services: Mutex<[ServiceRights]>

    public init(_ services: [ServiceRights]) {
        self.services = Mutex(services)
    }

    public func replace(with services: [ServiceRights]) {
        self.services.withLock { $0 = services }
    }

    public var all: [ServiceRights] { services.withLock { $0 } }

    /// Nil for one that nobody has named.
    public func rights(of service: String) -> ServiceRights? {
        let all = all
        if let own = all.first(where: { $0.name == service }) { return own }
        var anyone = all.first { $0.name == "*" }
        anyone?.name = service
        return anyone
    }
}
