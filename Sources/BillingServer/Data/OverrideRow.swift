internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A dated exception from what a customer's plan grants, as the database keeps it.
struct OverrideRow: RowDecodable {
    let id: RecordID
    let customer: RecordID
    let override: Entitlements.Override
    let reason: String
    let grantedBy: String
    let createdAt: Instant

    static let columns: SQL = """
        id AS override_id, customer_id, feature, is_on, feature_limit, is_unlimited, from_day, through_day, reason, granted_by, created_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["override_id"]
        customer = try row["customer_id"]
        let (isOn, limit): (Bool?, Int64?) = (try row["is_on"], try row["feature_limit"])
        let value: Entitlements.Value = isOn.map { .isOn($0) } ?? limit.map { .limit($0) } ?? .unlimited
        override = Entitlements.Override(
            feature: try row["feature"], value: value, from: try row["from_day"], through: try row["through_day"])
        reason = try row["reason"]
        grantedBy = try row["granted_by"]
        createdAt = try row["created_at"]
    }

    init(
        new id: RecordID, of customer: RecordID, _ override: Entitlements.Override, reason: String, by caller: String, at time: Instant
    ) {
        self.id = id
        self.customer = customer
        self.override = override
        self.reason = reason
        grantedBy = caller
        createdAt = time
    }

    var message: EntitlementOverride {
        .with {
            $0.id = id.description
            $0.customerID = customer.description
            $0.feature = override.value.message(of: override.feature)
            $0.from = override.from.description
            $0.through = override.through?.description ?? ""
            $0.reason = reason
            $0.grantedBy = grantedBy
            $0.createTime = createdAt.timestamp
        }
    }
}

extension SQL {
    /// How many a customer has that are not over on a day.
    static func overrideCount(of customer: RecordID, on day: CivilDate) -> SQL {
        """
        SELECT count(*) AS overrides FROM entitlement_override
        WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer))) AND coalesce(through_day, 'infinity') >= \(day)
        """
    }

    static func lockOverride(_ id: RecordID) -> SQL {
        "SELECT \(OverrideRow.columns) FROM entitlement_override WHERE tenant_id = current_tenant() AND id = \(id) FOR NO KEY UPDATE"
    }

    static func insertOverride(_ row: OverrideRow) -> SQL {
        """
        INSERT INTO entitlement_override (
            tenant_id, id, customer_id, feature, is_on, feature_limit, is_unlimited, from_day, through_day, reason, granted_by, created_at
        ) VALUES (
            current_tenant(), \(row.id), \(row.customer), \(row.override.feature), \(row.override.value.isOnColumn),
            \(row.override.value.limitColumn), \(row.override.value == .unlimited), \(row.override.from), \(row.override.through),
            \(row.reason), \(row.grantedBy), \(row.createdAt)
        )
        """
    }

    static func endOverride(_ id: RecordID, on day: CivilDate) -> SQL {
        "UPDATE entitlement_override SET through_day = \(day) WHERE tenant_id = current_tenant() AND id = \(id)"
    }
}

extension Entitlements.Value {
    fileprivate var isOnColumn: Bool? { if case .isOn(let isOn) = self { isOn } else { nil } }
    fileprivate var limitColumn: Int64? { if case .limit(let limit) = self { limit } else { nil } }
}
