internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    func getEntitlements(_ request: GetEntitlementsRequest, _ call: Call) async throws -> GetEntitlementsReply {
        let customer = try RecordID(naming: request.customerID, of: .customer)
        let granted = try await granted(to: customer, on: try CivilDate.reading(request.on, as: "on"), call)
        return .with {
            $0.subscriptionID = granted.subscription?.id.description ?? ""
            $0.status = granted.subscription?.status(on: granted.today).message ?? .unspecified
            $0.entitlements = granted.entitlements.features.compactMap { granted.message(of: $0) }
            $0.overrides = granted.overrides.map(\.message)
        }
    }

    func checkEntitlement(_ request: CheckEntitlementRequest, _ call: Call) async throws -> CheckEntitlementReply {
        let customer = try RecordID(naming: request.customerID, of: .customer)
        let granted = try await granted(to: customer, on: nil, call)
        let amount = request.amount == 0 ? 1 : request.amount
        return .with {
            $0.isAllowed = granted.allows(request.feature, amount)
            $0.entitlement = granted.message(of: request.feature)
            $0.explanation = granted.explanation(of: request.feature, amount)
        }
    }

    /// What a customer may do on a day, or today: one round trip.
    private func granted(to id: RecordID, on named: CivilDate?, _ call: Call) async throws -> GrantedEntitlements {
        let now = office.clock.now()
        let (customer, seller, subscriptions, held, versions, totals) = try await office.database.batch(call) { batch in
            (
                batch.optional(.customer(id), as: CustomerRow.self), batch.optional(.seller, as: SellerRow.self),
                batch.all(.grantingSubscriptions(of: id, on: named, at: now), as: SubscriptionRow.self),
                batch.all(.overrides(of: id, on: named, at: now), as: OverrideRow.self),
                batch.all(.grantingPlans(of: id, on: named, at: now), as: PlanRow.self),
                batch.all(.grantedUsage(of: id, on: named, at: now), as: UsageTotalRow.self)
            )
        }
        guard customer != nil else { throw BillingError.notFound(.customer, id: id.description) }
        let today = try office.today(seller, at: now)
        let day = named ?? today
        let overrides = held.filter { $0.override.applies(on: day) }
        // The newest that grants something counts.
        let running = subscriptions.filter { $0.course.startedOn <= day }
        let subscription = running.first { $0.status(on: day).grantsEntitlements } ?? running.first
        guard let subscription, subscription.status(on: day).grantsEntitlements,
            let period = subscription.course.period(containing: day)
        else {
            return GrantedEntitlements(
                today: today, subscription: subscription, isGranting: false,
                entitlements: try Entitlements(plan: [:], overrides: overrides.map(\.override), on: day), overrides: overrides)
        }
        let phase = subscription.course.phase(on: day)
        let used = totals.filter { $0.subscription == subscription.id && $0.from == period.from }
        let book = PlanBook(versions)
        var addOns: [[String: Entitlements.Value]] = []
        for addOn in phase.addOns {
            addOns.append(try Entitlements.times(addOn.count, book.known(addOn.plan, on: period.from).terms.features))
        }
        return GrantedEntitlements(
            today: today, subscription: subscription, isGranting: true,
            entitlements: try Entitlements(
                plan: try book.known(phase.plan, on: period.from).terms.features, addOns: addOns, overrides: overrides.map(\.override),
                on: day),
            overrides: overrides, used: Dictionary(used.map { ($0.meter, $0.units) }) { first, _ in first })
    }
}

/// What a customer may do on a day, and by what.
struct GrantedEntitlements: Sendable {
    let today: CivilDate
    let subscription: SubscriptionRow?
    /// The subscription's status lets its plan grant.
    let isGranting: Bool
    let entitlements: Entitlements
    let overrides: [OverrideRow]
    /// By meter.
    var used: [String: Int64] = [:]

    func allows(_ feature: String, _ amount: Int64) -> Bool {
        entitlements.allows(feature, used: used[feature] ?? 0, amount: amount)
    }

    /// Nil for what nothing names.
    func message(of feature: String) -> BillingAPI.Entitlement? {
        guard let value = entitlements[feature] else { return nil }
        return .with {
            $0.feature = value.message(of: feature)
            guard case .limit(let limit) = value else { return }
            $0.used = used[feature] ?? 0
            $0.left = max(0, limit - $0.used)
        }
    }

    /// Why, or why not.
    func explanation(of feature: String, _ amount: Int64) -> String {
        let source = overrides.contains { $0.override.feature == feature } ? "an override" : "the plan"
        switch entitlements[feature] {
        case .isOn(true): return "It is granted by \(source)."
        case .isOn(false): return "It is switched off by \(source)."
        case .unlimited: return "It is granted by \(source), without a limit."
        case .limit(let limit):
            let used = used[feature] ?? 0
            let verdict = allows(feature, amount) ? "\(amount) more fit." : "\(amount) more do not fit."
            return "Of \(limit) that \(source) grants for this period \(used) are used: \(verdict)"
        case nil where subscription == nil: return "The customer has no subscription, and no override grants it."
        case nil where !isGranting: return "The subscription is suspended until its bills are paid, and no override grants it."
        case nil: return "Neither the plan nor an override names it."
        }
    }
}
