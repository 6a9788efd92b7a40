internal import Postgres
internal import Protobuf
internal import Resources

/// What decides what a customer may do on a day, or today when none is named, in statements of which none needs another one's answer: all
/// of them are one round trip.
extension SQL {
    private static func day(_ named: CivilDate?, at now: Instant) -> SQL { "coalesce(\(named), \(today(at: now)))" }

    /// The subscriptions that are not over on that day, the newest first. A merged customer has several.
    static func grantingSubscriptions(of customer: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        SELECT \(SubscriptionRow.columns) FROM \(SubscriptionRow.tables)
        WHERE \(grants(customer, on: day, at: now)) ORDER BY subscription.id DESC LIMIT 8
        """
    }

    /// All versions of the plans that these have been of by that day.
    static func grantingPlans(of customer: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        SELECT \(PlanRow.columns)
        FROM plan JOIN plan_version AS version ON version.tenant_id = plan.tenant_id AND version.plan_id = plan.id
        WHERE plan.tenant_id = current_tenant() AND plan.id IN (
            SELECT unnest(phase.plan_id || phase.add_on_ids) FROM subscription
            JOIN subscription_phase AS phase ON phase.tenant_id = subscription.tenant_id AND phase.subscription_id = subscription.id
            WHERE \(grants(customer, on: day, at: now)) AND from_day <= greatest(\(Self.day(day, at: now)), anchored_on)
        ) ORDER BY plan.id, number
        """
    }

    /// What these have used in the periods that have that day.
    static func grantedUsage(of customer: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        SELECT \(UsageTotalRow.columns) FROM usage_total
        WHERE tenant_id = current_tenant() AND subscription_id IN (
            SELECT subscription.id FROM subscription WHERE \(grants(customer, on: day, at: now))
        ) AND \(Self.day(day, at: now)) BETWEEN period_from AND period_through ORDER BY meter
        """
    }

    /// The overrides that hold on that day, in the order in which they were granted.
    static func overrides(of customer: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        SELECT \(OverrideRow.columns) FROM entitlement_override
        WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer)))
            AND \(Self.day(day, at: now)) BETWEEN from_day AND coalesce(through_day, 'infinity')
        ORDER BY id LIMIT \(Int64(Limits.overrides))
        """
    }

    private static func grants(_ customer: RecordID, on day: CivilDate?, at now: Instant) -> SQL {
        """
        subscription.tenant_id = current_tenant() AND subscription.customer_id IN (\(customerFamily(customer)))
            AND coalesce(ends_on, 'infinity') >= \(Self.day(day, at: now))
        """
    }
}
