internal import Postgres
internal import Protobuf
internal import Resources

/// The statements over plans and their versions.
extension SQL {
    /// Where the tenant's clocks stand; null without a seller.
    static func today(at now: Instant) -> SQL {
        "(\(now) AT TIME ZONE (SELECT time_zone FROM seller WHERE tenant_id = current_tenant()))::date"
    }

    /// A plan as it is on a day, or today.
    static func plan(_ id: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        SELECT \(PlanRow.columns)
        FROM plan JOIN plan_version AS version ON version.tenant_id = plan.tenant_id AND version.plan_id = plan.id
        WHERE plan.tenant_id = current_tenant() AND plan.id = \(id) AND effective_from <= coalesce(\(day), \(today(at: now)))
        ORDER BY effective_from DESC LIMIT 1
        """
    }

    /// All versions of some plans, whose sale goes on until the transaction ends.
    static func planVersions(of ids: [RecordID]) -> SQL {
        """
        SELECT \(PlanRow.columns)
        FROM plan JOIN plan_version AS version ON version.tenant_id = plan.tenant_id AND version.plan_id = plan.id
        WHERE plan.tenant_id = current_tenant() AND plan.id = ANY(\(ids)) ORDER BY plan.id, number
        """
    }

    /// The plan, held until the transaction ends; its versions are read by the next statement.
    static func holdPlan(_ id: RecordID) -> SQL {
        "SELECT id FROM plan WHERE tenant_id = current_tenant() AND id = \(id) FOR NO KEY UPDATE"
    }

    /// Nobody changes these while somebody subscribes to them.
    static func sharePlans(_ ids: [RecordID]) -> SQL {
        "SELECT id FROM plan WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) ORDER BY id FOR SHARE"
    }

    /// The newest first, as they are today, behind the last one of the page before.
    static func plans(of kind: PlanKindName?, retired: Bool, after last: RecordID?, at now: Instant, limit: Int) -> SQL {
        let named: SQL = kind.map { " AND plan.kind = \($0.rawValue)" } ?? ""
        let sold: SQL = retired ? "" : " AND NOT is_retired"
        let behind: SQL = last.map { " AND plan.id < \($0)" } ?? ""
        return """
            SELECT \(PlanRow.columns)
            FROM plan CROSS JOIN LATERAL (
                SELECT number, effective_from, terms FROM plan_version
                WHERE plan_version.tenant_id = plan.tenant_id AND plan_version.plan_id = plan.id AND effective_from <= \(today(at: now))
                ORDER BY effective_from DESC LIMIT 1
            ) AS version
            WHERE plan.tenant_id = current_tenant()\(named)\(sold)\(behind) ORDER BY plan.id DESC LIMIT \(Int64(limit))
            """
    }

    static func insertPlan(_ row: PlanRow) -> SQL {
        """
        INSERT INTO plan (tenant_id, id, code, name, kind, created_at, updated_at)
        VALUES (current_tenant(), \(row.id), \(row.code), \(row.name), \(row.kind.rawValue), \(row.createdAt), \(row.updatedAt))
        """
    }

    static func insertPlanVersion(_ row: PlanRow, by caller: String, at time: Instant) -> SQL {
        """
        INSERT INTO plan_version (tenant_id, plan_id, number, effective_from, terms, created_at, created_by)
        VALUES (
            current_tenant(), \(row.id), \(row.number), \(row.effectiveFrom), \(row.said.encoded(deterministic: true)), \(time), \(caller)
        )
        """
    }

    static func updatePlan(_ row: PlanRow) -> SQL {
        """
        UPDATE plan SET version = \(row.rowVersion), is_retired = \(row.isRetired), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }

    /// By which intervals anybody has a plan, or is to have it, as the base or as an add-on.
    static func planIntervals(_ id: RecordID, on day: CivilDate) -> SQL {
        """
        SELECT DISTINCT phase.billing_interval FROM subscription_phase AS phase JOIN subscription
            ON subscription.tenant_id = phase.tenant_id AND subscription.id = phase.subscription_id
        WHERE phase.tenant_id = current_tenant() AND (phase.plan_id = \(id) OR \(id) = ANY(phase.add_on_ids))
            AND coalesce(subscription.ends_on, 'infinity') >= \(day)
            AND NOT EXISTS (
                SELECT FROM subscription_phase AS later
                WHERE later.tenant_id = phase.tenant_id AND later.subscription_id = phase.subscription_id
                    AND later.from_day > phase.from_day AND later.from_day <= \(day)
            )
        """
    }
}
