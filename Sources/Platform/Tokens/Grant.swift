public import Crypto
public import Postgres

/// Leave of a service to act for a subject, which outlives the token that it came of: long jobs get short tokens under it. It is good until
/// its end, until it or the token that it came of is revoked, or until one of those whom that token names, or who handed it out, is logged out
/// everywhere.
public struct Grant: Sendable, Hashable {
    public var id: UUIDv7
    public var tenant: String
    /// In whose name.
    public var subject: String
    /// Who acts, the last first: the service that holds it, and those it acts for.
    public var actors: [String]
    /// When it was made. What of these nothing but a role gave is allowed as long as the role has it: ``currentScopes``.
    public var scopes: Set<String>
    /// The roles of the token that it came of.
    public var roles: Set<String> = []
    /// Those of `scopes` that only these roles gave.
    public var roleScopes: Set<String> = []
    /// Seconds since 1970.
    public var created: Int64
    /// Seconds since 1970.
    public var expires: Int64
    /// Seconds since 1970; nil when it was not.
    public var revoked: Int64?
    /// Who handed out the token that it came of; nil when nobody did.
    public var issuedBy: Revocations.Name?

    /// What it allows now: a role that holds less than it did gives less, and one that holds more gives no more.
    ///
    /// - Parameter holds: the scopes of a role.
    func currentScopes(_ holds: (String) -> Set<String> = { Role(rawValue: $0)?.scopes ?? [] }) -> Set<String> {
        let given = roles.reduce(into: Set<String>()) { $0.formUnion(holds($1)) }
        return scopes.subtracting(roleScopes.subtracting(given))
    }

    /// The service that holds it.
    public var service: String { actors.first ?? subject }
}

extension Grant: RowDecodable {
    public init(row: Row) throws(PostgresError) {
        id = try row["id"]
        tenant = try row["tenant_id"]
        subject = try row["subject"]
        actors = try row["actors"]
        scopes = Set(try row["scopes"] as [String])
        roles = Set(try row["roles"] as [String])
        roleScopes = Set(try row["role_scopes"] as [String])
        created = (try row["created_at"] as Timestamptz).unixMicroseconds / 1_000_000
        expires = (try row["expires_at"] as Timestamptz).unixMicroseconds / 1_000_000
        if let name = try row["issued_by"] as String? { issuedBy = Revocations.Name(tenant: try row["issued_by_tenant"], name: name) }
        revoked = (try row["revoked_at"] as Timestamptz?).map { $0.unixMicroseconds / 1_000_000 }
    }
}
