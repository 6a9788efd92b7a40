internal import Crypto
internal import Postgres

extension SQL {
    static func delivery(_ id: UUIDv7) -> SQL {
        "SELECT \(DeliveryRecord.columns) FROM delivery WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    static func unknownDeliveries(after id: UUIDv7?, limit: Int) -> SQL {
        """
        SELECT \(DeliveryRecord.columns) FROM delivery
        WHERE tenant_id = current_tenant() AND state = 'unknown' AND (\(id)::uuid IS NULL OR id > \(id)) ORDER BY id LIMIT \(Int64(limit))
        """
    }

    /// Of several who try to begin, one gets the row.
    static func beginDelivery(_ id: UUIDv7, until: Timestamptz, now: Timestamptz) -> SQL {
        """
        UPDATE delivery SET state = 'sending', attempt = attempt + 1, sending_until = \(until), changed_at = \(now)
        WHERE tenant_id = current_tenant() AND id = \(id) AND state = 'queued'
        RETURNING \(DeliveryRecord.columns)
        """
    }

    /// Only the attempt that began it ends it.
    static func endDelivery(_ id: UUIDv7, attempt: Int, _ end: DeliveryEnd, now: Timestamptz) -> SQL {
        """
        UPDATE delivery SET state = \(end.state.rawValue), provider_id = \(end.providerID), reason = \(end.reason), sending_until = NULL, changed_at = \(now)
        WHERE tenant_id = current_tenant() AND id = \(id) AND state = 'sending' AND attempt = \(Int32(clamping: attempt))
        """
    }

    /// An attempt that should be over, and of which nothing was heard.
    static func loseDelivery(_ id: UUIDv7, reason: String, now: Timestamptz) -> SQL {
        """
        UPDATE delivery SET state = 'unknown', reason = \(reason), sending_until = NULL, changed_at = \(now)
        WHERE tenant_id = current_tenant() AND id = \(id) AND state = 'sending' AND sending_until <= \(now)
        """
    }

    static func resolveDelivery(_ id: UUIDv7, as state: DeliveryState, reason: String, by operatorName: String, now: Timestamptz) -> SQL {
        """
        UPDATE delivery SET state = \(state.rawValue), reason = \(reason), resolved_by = \(operatorName), changed_at = \(now)
        WHERE tenant_id = current_tenant() AND id = \(id) AND state = 'unknown'
        """
    }
}
