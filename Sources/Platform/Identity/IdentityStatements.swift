internal import Crypto
internal import Postgres

extension SQL {
    /// Everything that refuses tokens which are good in themselves. As no tenant.
    static func identityRefusals(longestLife seconds: Int64) -> SQL {
        "SELECT kind, tenant_id, name, moment FROM identity_refusals(\(seconds)) ORDER BY kind, tenant_id, name"
    }

    /// The keys that tokens may be signed with, and those that they may not any more.
    static let verificationKeys: SQL =
        "SELECT issuer, kid, public_key, state = 'retired' AS is_retired FROM signing_key ORDER BY issuer, kid"

    static func purgeRevokedTokens(limit: Int) -> SQL {
        "SELECT revoked_token_purge(\(Int64(limit)))"
    }
}

/// A row of `identity_refusals`.
struct RefusalRow: RowDecodable {
    let kind: String
    let tenant: String
    let name: String
    let moment: Timestamptz

    init(row: Row) throws(PostgresError) {
        kind = try row["kind"]
        tenant = try row["tenant_id"]
        name = try row["name"]
        moment = try row["moment"]
    }
}

/// A row of `signing_key`, as far as it is needed to verify.
struct VerificationKeyRow: RowDecodable {
    let name: KeyName
    let publicKey: String
    let isRetired: Bool

    init(row: Row) throws(PostgresError) {
        name = KeyName(issuer: try row["issuer"], keyID: try row["kid"])
        publicKey = try row["public_key"]
        isRetired = try row["is_retired"]
    }
}

extension Revocations {
    init(_ rows: [RefusalRow]) {
        self.init()
        for row in rows {
            switch row.kind {
            case "tenant": suspendedTenants.insert(row.tenant)
            case "token": tokens.insert(Name(tenant: row.tenant, name: row.name))
            default: epochs[Name(tenant: row.tenant, name: row.name)] = row.moment.unixMicroseconds
            }
        }
    }
}
