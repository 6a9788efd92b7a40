internal import Postgres
internal import Resources

/// The statements over the times of reminders. Whoever writes one holds its reminder.
extension SQL {
    static func insertOccurrence(_ row: OccurrenceRow) -> SQL {
        """
        INSERT INTO reminder_occurrence (tenant_id, id, reminder_id, due_at, run_at, changed_at)
        VALUES (current_tenant(), \(row.id), \(row.reminderID), \(row.dueAt), \(row.runAt), \(row.changedAt))
        """
    }

    static func occurrence(_ id: RecordID) -> SQL {
        "SELECT \(OccurrenceRow.columns) FROM reminder_occurrence WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// All of it that changes.
    static func updateOccurrence(_ row: OccurrenceRow) -> SQL {
        """
        UPDATE reminder_occurrence SET due_at = \(row.dueAt), run_at = \(row.runAt), moved_by = \(row.movedBy.map(\.rawValue)),
            state = \(row.state.rawValue), attempt = \(Int16(clamping: row.attempt)), tried = \(row.tried.map(\.rawValue)),
            delivery_id = \(row.deliveryID), begun_at = \(row.begunAt), sent_at = \(row.sentAt), reason = \(row.reason?.rawValue ?? ""),
            changed_at = \(row.changedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// When a customer, and whoever was merged into it, was written to since a time: what may have arrived counts.
    static func contacts(of customer: RecordID, since time: Instant) -> SQL {
        """
        SELECT begun_at FROM reminder_occurrence AS occurrence
        WHERE tenant_id = current_tenant() AND begun_at >= \(time) AND state IN ('sending', 'sent', 'unknown') AND reminder_id IN (
            SELECT id FROM reminder WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer)))
        )
        ORDER BY begun_at
        """
    }

    /// How far a message is; none when it is not kept any more.
    static func deliveryState(_ id: RecordID) -> SQL {
        "SELECT state FROM delivery WHERE tenant_id = current_tenant() AND id = \(id)"
    }
}
