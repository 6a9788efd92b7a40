internal import Postgres

/// The months of the books, each named by its first day.
extension SQL {
    private static let periods: SQL = """
        SELECT month, is_closed, closed_by, reopening_asked_by, reopened_by, changed_at, EXISTS (
            SELECT FROM tax_period AS filed WHERE filed.tenant_id = current_tenant() AND filed.month = ledger_period.month
        ) AS is_filed
        FROM ledger_period WHERE tenant_id = current_tenant()
        """

    static func period(_ month: CivilDate) -> SQL {
        "\(periods) AND month = \(month)"
    }

    /// The month, held until the transaction ends.
    static func lockPeriod(_ month: CivilDate) -> SQL { "\(period(month)) FOR UPDATE OF ledger_period" }

    /// The latest first.
    static func periods(before month: CivilDate?, limit: Int) -> SQL {
        """
        \(periods) AND month < coalesce(\(month), 'infinity'::date)
        ORDER BY month DESC LIMIT \(limit)
        """
    }

    /// Closes a month, also one that was opened again.
    static func closePeriod(_ month: CivilDate, by caller: String) -> SQL {
        """
        INSERT INTO ledger_period AS known (tenant_id, month, is_closed, closed_by)
        VALUES (current_tenant(), \(month), true, \(caller))
        ON CONFLICT (tenant_id, month) DO UPDATE
            SET is_closed = true, closed_by = excluded.closed_by, reopening_asked_by = '', reopened_by = '', changed_at = now()
            WHERE NOT known.is_closed
        """
    }

    /// The first pair of eyes. One row when the month is closed.
    static func askToReopenPeriod(_ month: CivilDate, by caller: String) -> SQL {
        """
        UPDATE ledger_period SET reopening_asked_by = \(caller), changed_at = now()
        WHERE tenant_id = current_tenant() AND month = \(month) AND is_closed
        """
    }

    /// The second pair. One row when somebody has asked; the database refuses who asked.
    static func reopenPeriod(_ month: CivilDate, by caller: String) -> SQL {
        """
        UPDATE ledger_period SET is_closed = false, reopened_by = \(caller), changed_at = now()
        WHERE tenant_id = current_tenant() AND month = \(month) AND is_closed AND reopening_asked_by <> ''
        """
    }
}
