internal import Postgres
internal import RPC

/// What a call was answered under its idempotency key.
struct KeptReply: RowDecodable {
    let fingerprint: [UInt8]
    let reply: [UInt8]

    init(row: Row) throws(PostgresError) {
        fingerprint = try row["fingerprint"]
        reply = try row["reply"]
    }
}

extension SQL {
    /// Keeps the reply, in the transaction that it is about. Fails by ``PostgresError/isKeyTaken`` when there is one, and by
    /// ``PostgresError/isKeyInUse`` while another transaction is at work on the first: its lock is not to be had, and the fingerprint is
    /// never NULL.
    static func keep(_ reply: [UInt8], under key: IdempotencyKey, fingerprint: [UInt8], lock: Int64) -> SQL {
        """
        INSERT INTO idempotency_key (tenant_id, caller, key, fingerprint, reply)
        VALUES (
            current_tenant(), current_setting('app.caller'), \(key.text), CASE WHEN pg_try_advisory_xact_lock(\(lock)) THEN \(fingerprint) END,
            \(reply)
        )
        """
    }

    /// Fails as `keep` would.
    static func begin(_ key: IdempotencyKey, lock: Int64) -> SQL {
        "SELECT idempotency_key_begin(\(lock), \(key.text))"
    }

    static func kept(_ key: IdempotencyKey) -> SQL {
        """
        SELECT fingerprint, reply FROM idempotency_key
        WHERE tenant_id = current_tenant() AND caller = current_setting('app.caller') AND key = \(key.text)
        """
    }

    /// Waits until no transaction is at work under the key; none begins before this one ends.
    static func hold(lock: Int64) -> SQL {
        "SELECT pg_advisory_xact_lock(\(lock))"
    }

    static func purgeKeys(limit: Int) -> SQL {
        "SELECT idempotency_key_purge(\(limit))"
    }
}

extension PostgresError {
    var isKeyTaken: Bool { kind == .uniqueViolation && constraint == "idempotency_key_taken" }
    var isKeyInUse: Bool { kind == .notNullViolation && table == "idempotency_key" && column == "fingerprint" }
}

extension IdempotencyKey {
    /// What PostgreSQL locks while the key is in use: a number for the tenant, the caller and the key (FNV-1a, its bits mixed as in
    /// MurmurHash3). Two keys of one number are no harm: one call may be asked to come again.
    func lock(tenant: String, caller: String) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for text in [tenant, caller, text] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
        }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return Int64(bitPattern: hash ^ (hash >> 33))
    }
}
