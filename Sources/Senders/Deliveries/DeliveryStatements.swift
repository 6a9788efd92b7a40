internal import Crypto
internal import Postgres

extension SQL {
    static func delivery(_ id: UUIDv7) -> SQL {
        "SELECT \(DeliveryRecord.columns) FROM delivery WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The newest first, behind the last one of the page before.
    static func deliveries(_ query: DeliveryQuery, after last: UUIDv7?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let state = query.state { add(state.condition) }
        // The index says so, too, and is found by that.
        if let recipient = query.recipient { add("recipient = \(recipient) AND recipient <> ''") }
        if let last { add("id < \(last)") }
        return """
            SELECT \(DeliveryRecord.columns) FROM delivery
            WHERE tenant_id = current_tenant()\(conditions) ORDER BY id DESC LIMIT \(Int64(limit))
            """
    }

    /// Of several who try to begin, one gets the row.
    static func beginDelivery(_ id: UUIDv7, until: Timestamptz, now: Timestamptz) -> SQL {
        """
        UPDATE delivery SET state = 'sending', attempt = attempt + 1, sending_until = \(until), changed_at = \(now)
        WHERE tenant_id = current_tenant() AND id = \(id) AND state = 'queued'
        RETURNING \(DeliveryRecord.columns), fields
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

extension DeliveryState {
    /// A literal: a plan that is kept finds the index of states by that alone.
    fileprivate var condition: SQL {
        switch self {
        case .queued: "state = 'queued'"
        case .sending: "state = 'sending'"
        case .accepted: "state = 'accepted'"
        case .refused: "state = 'refused'"
        case .unknown: "state = 'unknown'"
        }
    }
}
