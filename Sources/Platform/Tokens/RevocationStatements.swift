internal import Postgres

extension SQL {
    /// When a token ends is not known to who revokes it: no token lives longer than this.
    static func revokeToken(_ id: String, by caller: String, reason: String) -> SQL {
        """
        INSERT INTO revoked_token (tenant_id, token_id, expires_at, revoked_by, reason)
        VALUES (current_tenant(), \(id), now() + \(Limits.tokenLifetimeSeconds + 2 * Limits.clockSkewSeconds) * interval '1 second',
            \(caller), \(reason))
        ON CONFLICT ON CONSTRAINT revoked_token_key DO NOTHING
        """
    }

    /// An epoch never goes back: it would bring to life what was ended.
    static func revokeSubject(_ subject: String, issuedBefore time: Timestamptz?, by caller: String, reason: String) -> SQL {
        """
        INSERT INTO subject_epoch (tenant_id, subject, not_before, revoked_by, reason)
        VALUES (current_tenant(), \(subject), coalesce(\(time), now()), \(caller), \(reason))
        ON CONFLICT ON CONSTRAINT subject_epoch_key DO UPDATE
            SET not_before = EXCLUDED.not_before, revoked_by = EXCLUDED.revoked_by, reason = EXCLUDED.reason
            WHERE subject_epoch.not_before < EXCLUDED.not_before
        """
    }
}
