internal import Postgres

extension SQL {
    /// The key that signs now: of those that may, the one that was announced last. One that was lost before its follower was known to all is
    /// followed at once.
    static func signingKey(of issuer: String) -> SQL {
        """
        SELECT kid, sealed_private_key FROM signing_key WHERE issuer = \(issuer) AND state = 'active'
        ORDER BY signs_from <= now() DESC, CASE WHEN signs_from <= now() THEN signs_from END DESC, signs_from, kid LIMIT 1
        """
    }

    /// Whoever changes an issuer's keys does it alone.
    static func holdSigningKeys(of issuer: String) -> SQL {
        "SELECT pg_advisory_xact_lock(hashtextextended('signing keys of ' || \(issuer), 0))"
    }

    static func insertFirstSigningKey(_ new: NewSigningKey) -> SQL {
        """
        INSERT INTO signing_key (issuer, kid, algorithm, public_key, public_key_proof, sealed_private_key, created_at, signs_from)
        SELECT \(new.issuer), \(new.key.id), 'EdDSA', \(new.publicPEM), \(new.proof), \(new.sealed), \(time(new.key.created)),
            \(time(new.key.signsFrom))
        WHERE NOT EXISTS (SELECT FROM signing_key WHERE issuer = \(new.issuer) AND state = 'active')
        """
    }

    static func insertSigningKey(_ new: NewSigningKey) -> SQL {
        """
        INSERT INTO signing_key (issuer, kid, algorithm, public_key, public_key_proof, sealed_private_key, created_at, signs_from)
        VALUES (\(new.issuer), \(new.key.id), 'EdDSA', \(new.publicPEM), \(new.proof), \(new.sealed), \(time(new.key.created)),
            \(time(new.key.signsFrom)))
        """
    }

    /// Those that may sign.
    static func activeSigningKeys(of issuer: String) -> SQL {
        """
        SELECT kid, algorithm, public_key, public_key_proof, sealed_private_key FROM signing_key
        WHERE issuer = \(issuer) AND state = 'active' ORDER BY kid
        """
    }

    static func proveSigningKey(_ id: String, of issuer: String, publicKey: String, proof: [UInt8]) -> SQL {
        """
        UPDATE signing_key SET public_key_proof = \(proof)
        WHERE issuer = \(issuer) AND kid = \(id) AND public_key = \(publicKey) AND state = 'active'
        """
    }

    static func retireSigningKeys(of issuer: String, butFor id: String) -> SQL {
        """
        UPDATE signing_key SET state = 'retired', sealed_private_key = NULL, retired_at = now()
        WHERE issuer = \(issuer) AND kid <> \(id) AND state <> 'retired'
        """
    }

    /// One row when there is such a key, retired now or before.
    static func retireSigningKey(_ id: String, of issuer: String) -> SQL {
        """
        UPDATE signing_key SET state = 'retired', sealed_private_key = NULL, retired_at = coalesce(retired_at, now())
        WHERE issuer = \(issuer) AND kid = \(id) RETURNING 1
        """
    }

    /// A key that only a configuration names: a row says from now on that it is over, and a row weighs more than any file. Always one row.
    static func retireConfiguredKey(_ id: String, of issuer: String, algorithm: String) -> SQL {
        """
        INSERT INTO signing_key AS known (issuer, kid, algorithm, public_key, state, retired_at)
        VALUES (\(issuer), \(id), \(algorithm), '', 'retired', now())
        ON CONFLICT ON CONSTRAINT signing_key_key DO UPDATE
            SET state = 'retired', sealed_private_key = NULL, retired_at = coalesce(known.retired_at, now())
        RETURNING 1
        """
    }

    /// A key whose follower signs for some time needs its private half no more; when its last token has ended it is retired.
    static func ageSigningKeys(of issuer: String) -> SQL {
        """
        UPDATE signing_key AS old SET sealed_private_key = NULL,
            state = CASE WHEN follower.since < now() - \(Limits.signingKeyAfterlifeSeconds) * interval '1 second' THEN 'retired' ELSE 'verifying' END,
            retired_at = CASE WHEN follower.since < now() - \(Limits.signingKeyAfterlifeSeconds) * interval '1 second' THEN now() END
        FROM (
            SELECT elder.kid, min(younger.signs_from) AS since FROM signing_key AS elder
            JOIN signing_key AS younger ON younger.issuer = elder.issuer AND younger.signs_from > elder.signs_from AND younger.state <> 'retired'
            WHERE elder.issuer = \(issuer) AND elder.state <> 'retired' GROUP BY elder.kid
        ) AS follower
        WHERE old.issuer = \(issuer) AND old.kid = follower.kid
            AND (old.state = 'active' AND follower.since < now() - \(Limits.signingKeyAnnouncementSeconds) * interval '1 second'
                OR follower.since < now() - \(Limits.signingKeyAfterlifeSeconds) * interval '1 second')
        """
    }

    private static func time(_ seconds: Int64) -> Timestamptz {
        Timestamptz(seconds: seconds)
    }
}
