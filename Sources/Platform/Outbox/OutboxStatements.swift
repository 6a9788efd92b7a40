internal import Postgres

/// How the outbox is read. A reader sees the events of all tenants, through functions that give it nothing else.
extension SQL {
    /// The events behind `position`, oldest first. Those of transactions that might still be overtaken by an older one are not among them:
    /// what comes later always stands behind what was read.
    static func events(after position: OutboxPosition, limit: Int) -> SQL {
        """
        SELECT xid::text::bigint AS xid, number, tenant_id, topic, subject, payload, request_id
        FROM outbox_after(\(position.transaction), \(position.number), \(limit))
        """
    }

    /// Before the first event that is not readable yet.
    static let outboxEnd: SQL = "SELECT outbox_horizon()::text::bigint - 1 AS xid, 9223372036854775807 AS number"

    /// The consumer's place, held until the transaction ends; no row when another process holds it. A place that no transaction has come to
    /// yet is of another cluster, from which the database was restored: its numbers mean nothing here.
    static func holdCursor(of consumer: String) -> SQL {
        """
        SELECT xid::text::bigint AS xid, number, xid > pg_snapshot_xmax(pg_current_snapshot()) AS is_ahead
        FROM outbox_cursor WHERE consumer = \(consumer) FOR UPDATE SKIP LOCKED
        """
    }

    /// A consumer that is new begins with what happens from now on.
    static func makeCursor(of consumer: String) -> SQL {
        """
        INSERT INTO outbox_cursor (consumer, xid, number)
        VALUES (\(consumer), outbox_horizon(), 0) ON CONFLICT DO NOTHING
        """
    }

    static func moveCursor(of consumer: String, to position: OutboxPosition) -> SQL {
        """
        UPDATE outbox_cursor SET xid = (\(position.transaction)::text)::xid8, number = \(position.number), moved_at = now()
        WHERE consumer = \(consumer)
        """
    }

    /// Removes events that everybody has read and that are older than `age`; gives how many.
    static func purgeOutbox(olderThanSeconds age: Int64, limit: Int) -> SQL {
        "SELECT outbox_purge(\(age), \(limit))"
    }
}
