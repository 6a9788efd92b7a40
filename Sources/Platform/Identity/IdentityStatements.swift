internal import Crypto
internal import Postgres

extension SQL {
    /// Everything that refuses tokens which are good in themselves. As no tenant.
    static func identityRefusals(longestLife seconds: Int64) -> SQL {
        "SELECT kind, tenant_id, name, moment, true AS is_refused FROM identity_refusals(\(seconds))"
    }

    /// What has changed in that since a place, and which tenants are open again.
    static func identityRefusals(since place: Int64, longestLife seconds: Int64) -> SQL {
        "SELECT kind, tenant_id, name, moment, is_refused FROM identity_refusals_since(\(place), \(seconds))"
    }

    /// Where to go on reading: the oldest transaction that runs. Asked before what is read, so that nothing is between the two.
    static let refusalPlace: SQL = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

    /// The keys that tokens may be signed with, and those that they may not any more.
    static let verificationKeys: SQL = """
        SELECT issuer, kid, algorithm, public_key, public_key_proof, state = 'retired' AS is_retired FROM signing_key
        ORDER BY issuer, kid
        """
}

/// A row of `identity_refusals` or `identity_refusals_since`.
struct RefusalRow: RowDecodable {
    let kind: String
    let tenant: String
    let name: String
    let moment: Timestamptz
    /// False for what was refused, and is not any more.
    let isRefused: Bool

    init(row: Row) throws(PostgresError) {
        kind = try row["kind"]
        tenant = try row["tenant_id"]
        name = try row["name"]
        moment = try row["moment"]
        isRefused = try row["is_refused"]
    }
}

/// A row of `signing_key`, as far as it is needed to verify.
struct VerificationKeyRow: RowDecodable, Equatable {
    let name: KeyName
    let algorithm: String
    /// In PEM.
    let publicKey: String
    let proof: [UInt8]?
    let isRetired: Bool

    init(row: Row) throws(PostgresError) {
        name = KeyName(issuer: try row["issuer"], keyID: try row["kid"])
        algorithm = try row["algorithm"]
        publicKey = try row["public_key"]
        proof = try row["public_key_proof"]
        isRetired = try row["is_retired"]
    }
}

extension Revocations {
    init(_ rows: [RefusalRow]) {
        self.init()
        apply(rows)
    }

    mutating func apply(_ rows: [RefusalRow]) {
        for row in rows {
            switch row.kind {
            case "tenant": if row.isRefused { suspendedTenants.insert(row.tenant) } else { suspendedTenants.remove(row.tenant) }
            case "token": tokens[Name(tenant: row.tenant, name: row.name)] = row.moment.unixMicroseconds
            default: epochs[Name(tenant: row.tenant, name: row.name)] = row.moment.unixMicroseconds
            }
        }
    }
}
