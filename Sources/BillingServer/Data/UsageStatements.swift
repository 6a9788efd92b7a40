internal import Postgres
internal import Resources

/// The statements over what subscriptions use.
extension SQL {
    /// What was used of each meter in the period that begins on a day.
    static func usageTotals(of subscription: RecordID, from day: CivilDate) -> SQL {
        """
        SELECT \(UsageTotalRow.columns) FROM usage_total
        WHERE tenant_id = current_tenant() AND subscription_id = \(subscription) AND period_from = \(day) ORDER BY meter
        """
    }

    /// What is used and on no bill yet, of periods that ended by a day; held until the transaction ends, so that what is counted meanwhile
    /// waits for the next bill.
    static func lockUnbilledUsage(of subscription: RecordID, endedBy day: CivilDate) -> SQL {
        """
        SELECT \(UsageTotalRow.columns) FROM usage_total
        WHERE tenant_id = current_tenant() AND subscription_id = \(subscription) AND billed_units < units AND period_through <= \(day)
        ORDER BY meter, period_from FOR NO KEY UPDATE
        """
    }

    /// So many units of a period are on bills now.
    static func billUsage(_ total: UsageTotalRow, through units: Int64) -> SQL {
        """
        UPDATE usage_total SET billed_units = \(units)
        WHERE tenant_id = current_tenant() AND subscription_id = \(total.subscription) AND meter = \(total.meter)
            AND period_from = \(total.from)
        """
    }

    /// Writes events and gives the ids of those that are new. In the order of their ids, so that nobody waits in a circle.
    static func insertUsageEvents(_ events: [UsageEventRow], at time: Instant) -> SQL {
        """
        INSERT INTO usage_event (tenant_id, transaction_id, subscription_id, meter, period_from, units, used_at, created_at)
        SELECT current_tenant(), transaction_id, subscription_id, meter, period_from, units, used_at, \(time)
        FROM unnest(
            \(events.map(\.transactionID)), \(events.map(\.subscription)), \(events.map(\.meter)), \(events.map(\.periodFrom)),
            \(events.map(\.units)), \(events.map { Timestamptz(unixMicroseconds: $0.usedAt.unixMicroseconds) })
        ) AS event (transaction_id, subscription_id, meter, period_from, units, used_at)
        ORDER BY transaction_id COLLATE "C"
        ON CONFLICT (tenant_id, transaction_id) DO NOTHING
        RETURNING transaction_id
        """
    }

    static func usageEvents(_ transactionIDs: [String]) -> SQL {
        """
        SELECT \(UsageEventRow.columns) FROM usage_event
        WHERE tenant_id = current_tenant() AND transaction_id = ANY(\(transactionIDs))
        """
    }

    /// Counts units of some periods, in the order of their keys, so that nobody waits in a circle.
    static func countUsage(_ sums: [UsageSum]) -> SQL {
        """
        INSERT INTO usage_total AS known (tenant_id, subscription_id, meter, period_from, period_through, units)
        SELECT current_tenant(), subscription_id, meter, period_from, period_through, units
        FROM unnest(
            \(sums.map(\.subscription)), \(sums.map(\.meter)), \(sums.map(\.period.from)), \(sums.map(\.period.to)), \(sums.map(\.units))
        ) AS counted (subscription_id, meter, period_from, period_through, units)
        ORDER BY subscription_id, meter COLLATE "C", period_from
        ON CONFLICT (tenant_id, subscription_id, meter, period_from) DO UPDATE SET units = known.units + excluded.units
        """
    }

    /// The newest first, behind the last one of the page before.
    static func usageEvents(
        of subscription: RecordID, _ meter: String, from day: CivilDate, after last: UsagePlace?, limit: Int
    ) -> SQL {
        let behind: SQL = last.map { " AND (used_at, transaction_id) < (\($0.at), \($0.id))" } ?? ""
        return """
            SELECT \(UsageEventRow.columns) FROM usage_event
            WHERE tenant_id = current_tenant() AND subscription_id = \(subscription) AND meter = \(meter) AND period_from = \(day)\(behind)
            ORDER BY used_at DESC, transaction_id DESC LIMIT \(Int64(limit))
            """
    }
}

/// What is counted at once of one meter and period.
struct UsageSum: Hashable, Sendable {
    let subscription: RecordID
    let meter: String
    let period: DayRange
    var units: Int64
}
