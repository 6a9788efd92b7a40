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
    public var scopes: Set<String>
    /// Seconds since 1970.
    public var created: Int64
    /// Seconds since 1970.
    public var expires: Int64
    /// Seconds since 1970; nil when it was not.
    public var revoked: Int64?
    /// Who handed out the token that it came of; nil when nobody did.
    public var issuedBy: Revocations.Name?

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
        created = (try row["created_at"] as Timestamptz).unixMicroseconds / 1_000_000
        expires = (try row["expires_at"] as Timestamptz).unixMicroseconds / 1_000_000
        if let name = try row["issued_by"] as String? { issuedBy = Revocations.Name(tenant: try row["issued_by_tenant"], name: name) }
        revoked = (try row["revoked_at"] as Timestamptz?).map { $0.unixMicroseconds / 1_000_000 }
    }
}
