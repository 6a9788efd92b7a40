internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

extension PlanDesk {
    func grantOverride(_ request: GrantOverrideRequest, _ call: Call) async throws -> EntitlementOverride {
        let customerID = try RecordID(reading: request.customerID, as: "customer_id")
        guard let feature = request.feature, let value = Entitlements.Value(feature) else {
            throw BillingError.invalid("feature.grant", "Say what of it is granted.")
        }
        try PlainText.demand(request.reason, in: "reason", isRequired: true)
        let (named, through) = (try CivilDate.reading(request.from, as: "from"), try CivilDate.reading(request.through, as: "through"))
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (found, seller): (CustomerRow?, SellerRow?) = try await transaction.batch { batch in
                (batch.optional(.lockCustomer(customerID)), batch.optional(.seller))
            }
            guard let customer = found else { throw BillingError.notFound(.customer, id: request.customerID) }
            try customer.demandOpen()
            let today = try office.today(seller, at: now)
            let from = named ?? today
            guard from >= today else { throw BillingError.invalid("from", "It is before today.") }
            if let through, through < from { throw BillingError.invalid("through", "It is before the first day.") }
            let count: Int = try await transaction.one(.overrideCount(of: customer.id, on: today))
            guard count < Limits.overrides else { throw BillingError.overridesUsed(limit: Limits.overrides) }
            let row = OverrideRow(
                new: office.clock.newID(), of: customer.id,
                Entitlements.Override(feature: feature.name, value: value, from: from, through: through), reason: request.reason,
                by: Scope(call).caller, at: now)
            transaction.enqueue(.insertOverride(row))
            transaction.tell(.entitlementsChanged(of: customer.id))
            return row.message
        }
    }

    func revokeOverride(_ request: RevokeOverrideRequest, _ call: Call) async throws -> Empty {
        let id = try RecordID(naming: request.id, of: .entitlementOverride)
        return try await office.database.transaction(call) { transaction in
            let (found, seller): (OverrideRow?, SellerRow?) = try await transaction.batch { batch in
                (batch.optional(.lockOverride(id)), batch.optional(.seller))
            }
            guard let row = found else { throw BillingError.notFound(.entitlementOverride, id: request.id) }
            guard let yesterday = try office.today(seller, at: office.clock.now()).adding(days: -1),
                let before = row.override.from.adding(days: -1)
            else { throw BillingError.dateInvalid }
            let last = max(yesterday, before)
            // What is over stays over.
            guard row.override.through.map({ $0 > last }) ?? true else { return Empty() }
            transaction.enqueue(.endOverride(id, on: last))
            transaction.tell(.entitlementsChanged(of: row.customer))
            return Empty()
        }
    }
}
