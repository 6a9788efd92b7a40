internal import Postgres

/// What is kept of a new code.
struct NewOneTimePassword: Sendable {
    var purpose: String
    var subjectHash: [UInt8]
    var salt: [UInt8]
    var codeHash: [UInt8]
    var requestedAt: Timestamptz
    var expiresAt: Timestamptz
    /// Requests before this do not count any more.
    var windowStart: Timestamptz
}

struct KeptOneTimePassword: RowDecodable {
    var salt: [UInt8]
    var codeHash: [UInt8]
    var tries: Int
    var expiresAt: Timestamptz
    var endedAt: Timestamptz?

    init(row: Row) throws(PostgresError) {
        salt = try row["salt"]
        codeHash = try row["code_hash"]
        let tries: Int32 = try row["tries"]
        self.tries = Int(tries)
        expiresAt = try row["expires_at"]
        endedAt = try row["ended_at"]
    }
}

extension SQL {
    /// Notes the request and stores the code, unless there were too many requests: who asks at the same time waits at the row of requests.
    static func storeOneTimePassword(_ password: NewOneTimePassword, atMost requests: Int) -> SQL {
        """
        WITH allowed AS (
            INSERT INTO one_time_password_request AS r (tenant_id, subject_hash, requested_at)
            VALUES (current_tenant(), \(password.subjectHash), ARRAY[\(password.requestedAt)])
            ON CONFLICT ON CONSTRAINT one_time_password_request_key DO UPDATE
                SET requested_at = (SELECT array_agg(t) FROM unnest(r.requested_at) AS t WHERE t > \(password.windowStart)) || \(password.requestedAt)
                WHERE (SELECT count(*) FROM unnest(r.requested_at) AS t WHERE t > \(password.windowStart)) < \(Int64(requests))
            RETURNING tenant_id
        )
        INSERT INTO one_time_password (tenant_id, purpose, subject_hash, salt, code_hash, expires_at)
        SELECT tenant_id, \(password.purpose), \(password.subjectHash), \(password.salt), \(password.codeHash), \(password.expiresAt) FROM allowed
        ON CONFLICT ON CONSTRAINT one_time_password_key DO UPDATE
            SET salt = EXCLUDED.salt, code_hash = EXCLUDED.code_hash, expires_at = EXCLUDED.expires_at, tries = 0, ended_at = NULL
        """
    }

    /// The request after whose window there is room for another one.
    static func oldestOneTimePasswordRequest(_ password: NewOneTimePassword) -> SQL {
        """
        SELECT min(t) FROM one_time_password_request AS r, unnest(r.requested_at) AS t
        WHERE r.tenant_id = current_tenant() AND r.subject_hash = \(password.subjectHash) AND t > \(password.windowStart)
        """
    }

    /// Only this code: a newer one may have taken its place.
    static func endOneTimePassword(_ password: NewOneTimePassword, at time: Timestamptz) -> SQL {
        """
        UPDATE one_time_password SET ended_at = \(time)
        WHERE tenant_id = current_tenant() AND purpose = \(password.purpose) AND subject_hash = \(password.subjectHash) AND salt = \(password.salt)
        """
    }

    static func lockOneTimePassword(_ purpose: String, _ subjectHash: [UInt8]) -> SQL {
        """
        SELECT salt, code_hash, tries, expires_at, ended_at FROM one_time_password
        WHERE tenant_id = current_tenant() AND purpose = \(purpose) AND subject_hash = \(subjectHash) FOR UPDATE
        """
    }

    static func countOneTimePasswordTry(_ purpose: String, _ subjectHash: [UInt8], endedAt: Timestamptz?) -> SQL {
        """
        UPDATE one_time_password SET tries = tries + 1, ended_at = coalesce(ended_at, \(endedAt))
        WHERE tenant_id = current_tenant() AND purpose = \(purpose) AND subject_hash = \(subjectHash)
        """
    }
}
