internal import Postgres
internal import Resources

/// Which subscriptions are asked for.
struct SubscriptionQuery: Sendable {
    var customer: RecordID?
    var plan: RecordID?
    var showsCancelled = false
}

/// The statements over subscriptions.
extension SQL {
    /// Holds some until the transaction ends, in the order of their ids; they are read by the next statement, which sees what this one has
    /// waited for. Whoever makes a bill holds their customers before.
    static func holdSubscriptions(_ ids: [RecordID]) -> SQL {
        "SELECT id FROM subscription WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) ORDER BY id FOR NO KEY UPDATE"
    }

    static func subscriptions(_ ids: [RecordID]) -> SQL {
        """
        SELECT \(SubscriptionRow.columns) FROM \(SubscriptionRow.tables)
        WHERE subscription.tenant_id = current_tenant() AND subscription.id = ANY(\(ids)) ORDER BY subscription.id
        """
    }

    static func subscription(_ id: RecordID) -> SQL { subscriptions([id]) }

    /// Whose a subscription is, which never changes.
    static func subscriptionCustomer(_ id: RecordID) -> SQL {
        "SELECT customer_id FROM subscription WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The newest first, behind the last one of the page before.
    static func subscriptions(_ query: SubscriptionQuery, on today: CivilDate, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let customer = query.customer { add("subscription.customer_id IN (\(customerFamily(customer)))") }
        if let plan = query.plan {
            // Of the phase that holds today, or of the first one where none has begun.
            add(
                """
                \(plan) = (
                    SELECT plan_id FROM subscription_phase AS held
                    WHERE held.tenant_id = subscription.tenant_id AND held.subscription_id = subscription.id
                        AND held.from_day <= greatest(\(today), subscription.anchored_on)
                    ORDER BY from_day DESC LIMIT 1
                )
                """)
        }
        if !query.showsCancelled { add("coalesce(ends_on, 'infinity') >= \(today)") }
        if let last { add("subscription.id < \(last)") }
        return """
            SELECT \(SubscriptionRow.columns) FROM \(SubscriptionRow.tables)
            WHERE subscription.tenant_id = current_tenant()\(conditions) ORDER BY subscription.id DESC LIMIT \(Int64(limit))
            """
    }

    /// Whether a customer has a subscription that is not over on a day, or has had a trial of a plan.
    static func subscriptionHistory(of customer: RecordID, _ plan: RecordID, on day: CivilDate) -> SQL {
        """
        SELECT coalesce(bool_or(coalesce(ends_on, 'infinity') >= \(day)), false) AS is_subscribed,
            coalesce(bool_or(trial_plan_id = \(plan)), false) AS had_trial
        FROM subscription WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer)))
        """
    }

    static func insertSubscription(_ row: SubscriptionRow) -> SQL {
        """
        INSERT INTO subscription (
            tenant_id, id, customer_id, funding, started_on, trial_through, trial_plan_id, anchored_on, billed_through, created_at,
            updated_at
        ) VALUES (
            current_tenant(), \(row.id), \(row.customer), \(row.funding.rawValue), \(row.course.startedOn), \(row.course.trialThrough),
            \(row.course.trialThrough == nil ? nil : row.course.phases.first?.plan), \(row.course.anchoredOn), \(row.billedThrough),
            \(row.createdAt), \(row.updatedAt)
        )
        """
    }

    static func insertSubscriptionPhase(_ phase: SubscriptionPhase, of id: RecordID) -> SQL {
        """
        INSERT INTO subscription_phase (tenant_id, subscription_id, from_day, plan_id, billing_interval, add_on_ids, add_on_counts)
        VALUES (
            current_tenant(), \(id), \(phase.from), \(phase.plan), \(phase.interval.rawValue), \(phase.addOns.map(\.plan)),
            \(phase.addOns.map(\.count))
        )
        """
    }

    /// What was to begin on a day or behind it does not.
    static func deleteSubscriptionPhases(of id: RecordID, from day: CivilDate) -> SQL {
        "DELETE FROM subscription_phase WHERE tenant_id = current_tenant() AND subscription_id = \(id) AND from_day >= \(day)"
    }

    static func updateSubscription(_ row: SubscriptionRow) -> SQL {
        """
        UPDATE subscription SET version = \(row.version), billed_through = \(row.billedThrough), refused_on = \(row.refusedOn),
            ends_on = \(row.endsOn),
            cancel_reason = \(row.cancelReason), updated_at = \(row.updatedAt)
        WHERE tenant_id = current_tenant() AND id = \(row.id)
        """
    }
}

/// What decides whether and how a customer may subscribe.
struct SubscriptionHistory: RowDecodable {
    let isSubscribed: Bool
    let hadTrial: Bool

    init(row: Row) throws(PostgresError) {
        isSubscribed = try row["is_subscribed"]
        hadTrial = try row["had_trial"]
    }
}
