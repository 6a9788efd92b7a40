import Net
import TestSupport
import Testing

@testable import Platform
@testable import Postgres
@testable import switchboard

/// What a server removes by itself of all tenants' rows, on the whole schema.
@Suite struct RetentionTests {
    /// A row in each table, as old as is said, in an order that ``counts(_:)`` has as well.
    private static func insert(_ tenant: String, days: Int, _ session: Session) throws {
        let age: SQL = "now() - \(Int64(days)) * interval '1 day'"
        let hash: SQL = "sha256(convert_to(\(tenant) || \(Int64(days))::text, 'UTF8'))"
        try session.execute(
            """
            INSERT INTO idempotency_key (tenant_id, caller, key, fingerprint, reply, created_at)
            VALUES (\(tenant), 'voice/ada', 'key-0000-' || \(Int64(days))::text, \(hash), '', \(age))
            """)
        try session.execute(
            """
            INSERT INTO delivery (tenant_id, id, dedupe_key, channel, recipient, fields, created_at, changed_at)
            VALUES (\(tenant), gen_random_uuid(), \(Int64(days))::text, 'sms', '+919876543210', '{}', \(age), \(age))
            """)
        try session.execute(
            """
            INSERT INTO one_time_password (tenant_id, purpose, subject_hash, salt, code_hash, expires_at)
            VALUES (\(tenant), 'erase', \(hash), substr(\(hash), 1, 16), \(hash), \(age))
            """)
        try session.execute(
            """
            INSERT INTO one_time_password_request (tenant_id, subject_hash, requested_at)
            VALUES (\(tenant), \(hash), ARRAY[now() - interval '90 days', \(age)])
            """)
        try session.execute(
            """
            INSERT INTO token_grant (tenant_id, id, subject, actors, scopes, created_at, expires_at)
            VALUES (\(tenant), gen_random_uuid(), 'ada', '{voice}', '{lead:read}', \(age) - interval '1 hour', \(age))
            """)

        try session.execute(
            """
            INSERT INTO principal (tenant_id, subject, service, expires_at)
            VALUES (\(tenant), \(Int64(days))::text, '', now() - 6 * \(Int64(days)) * interval '1 day')
            """)
        try session.execute(
            """
            INSERT INTO subject_epoch (tenant_id, subject, not_before)
            VALUES (\(tenant), \(Int64(days))::text, now() - 3 * \(Int64(days)) * interval '1 day')
            """)
        try session.execute(
            "INSERT INTO revoked_token (tenant_id, token_id, expires_at) VALUES (\(tenant), \(Int64(days))::text, \(age))")
    }

    private static func counts(_ session: Session) throws -> [Int] {
        try [
            "idempotency_key", "delivery", "one_time_password", "one_time_password_request", "token_grant", "principal", "subject_epoch",
            "revoked_token",
        ].map { table in
            let counts: [Int] = try session.execute("SELECT count(*) FROM \(ownName: table)").all()
            return counts.first ?? -1
        }
    }

    @Test("R8 · A server removes what is over, whoever's it is, and nothing else")
    func turn() async throws {
        let world = try await SchemaWorld()
        for tenant in ["a", "b"] {
            for days in [0, 2, 29, 31] { try Self.insert(tenant, days: days, world.catalogue) }
        }
        #expect(try Self.counts(world.catalogue) == [8, 8, 8, 8, 8, 8, 8, 8])
        let loops = try EventLoopGroup(count: 1)
        let database = Database(world.database.application, loops: loops.loops)
        let issuer = TokenIssuer(
            database: database, ring: KeyRing(nil), proof: SigningKeyProof(try #require(ServerSecret(Array(0..<32)))), issuer: "test")
        await Retention(database: database, issuer: issuer, log: Log(minimum: .error)).turn()
        #expect(try Self.counts(world.catalogue) == [2, 6, 2, 2, 6, 6, 6, 2])
        await database.shutdown()
        loops.shutdown()
    }
}
