internal import BillingAPI
internal import Resources

/// What a version of a plan costs and grants, as it was said and checked. Amounts are in paise.
struct Terms: Hashable, Sendable {
    /// What is counted and paid in arrears.
    struct Meter: Hashable, Sendable {
        let meter: String
        let name: String
        let price: UsagePrice
    }

    /// What a meeting costs that took place.
    struct Meeting: Hashable, Sendable {
        let fee: FeePlan
        let defaultDealValue: Int64
        let minutesMin: Int32
        let refundDays: Int
    }

    /// Absent for what it is not sold by.
    let prices: [BillingIntervalKind: Int64]
    let isPriceInclusive: Bool
    let hsn: HSNCode
    let trialDays: Int
    let features: [String: Entitlements.Value]
    /// By their meters.
    let meters: [Meter]
    let meeting: Meeting?

    /// - Throws: `currencyMismatch` for what is not in rupees; `invalid` with every violation otherwise.
    init(_ message: BillingAPI.PlanTerms, of kind: PlanKindName) throws(BillingError) {
        var violations = Violations(under: "terms.")
        prices = try violations.prices(message)
        let hsn = violations.reading("hsn") { () throws(BillingError) in try HSNCode(message.hsn) }
        isPriceInclusive = message.isPriceInclusive
        trialDays = Int(message.trialDays)
        features = violations.features(message.features)
        meters = try violations.meters(message.usageCharges)
        meeting = try violations.meeting(message.meetingFee)
        if kind == .addOn {
            if message.trialDays != 0 { violations.add("trial_days", "An add-on has no trial.") }
            if !message.usageCharges.isEmpty { violations.add("usage_charges", "An add-on charges no usage: its plan does.") }
            if message.meetingFee != nil { violations.add("meeting_fee", "An add-on has no fee for meetings: its plan has.") }
        }
        guard let hsn, violations.isEmpty else { throw .invalid(violations.all) }
        self.hsn = hsn
    }

    func meter(_ name: String) -> Meter? { meters.first { $0.meter == name } }
}

extension Violations {
    fileprivate mutating func prices(_ message: BillingAPI.PlanTerms) throws(BillingError) -> [BillingIntervalKind: Int64] {
        var prices: [BillingIntervalKind: Int64] = [:]
        if let price = message.monthlyPrice { prices[.month] = try rupees("monthly_price", price) }
        if let price = message.yearlyPrice { prices[.year] = try rupees("yearly_price", price) }
        if message.monthlyPrice == nil, message.yearlyPrice == nil {
            add("monthly_price", "Say what a month or a year costs: a plan is sold by one of them at least.")
        }
        return prices
    }

    fileprivate mutating func features(_ messages: [BillingAPI.Feature]) -> [String: Entitlements.Value] {
        var features: [String: Entitlements.Value] = [:]
        for (index, message) in messages.enumerated() {
            guard let value = Entitlements.Value(message) else {
                add("features[\(index)].grant", "Say what of it is granted.")
                continue
            }
            if features.updateValue(value, forKey: message.name) != nil { add("features[\(index)].name", "The feature is named twice.") }
        }
        return features
    }

    fileprivate mutating func meters(_ messages: [BillingAPI.UsageCharge]) throws(BillingError) -> [Terms.Meter] {
        var meters: [Terms.Meter] = []
        for (index, message) in messages.enumerated() {
            let field = "usage_charges[\(index)]"
            line("\(field).name", message.name, longest: 100, isRequired: true)
            if meters.contains(where: { $0.meter == message.meter }) { add("\(field).meter", "The meter is named twice.") }
            var tiers: [UsagePrice.Tier] = []
            for (number, tier) in message.tiers.enumerated() {
                guard let price = try rupees("\(field).tiers[\(number)].unit_price", tier.unitPrice) else { continue }
                tiers.append(.init(through: tier.through, unitPrice: price))
            }
            guard tiers.count == message.tiers.count,
                let price = reading("\(field).tiers", { () throws(BillingError) in try UsagePrice(tiers) })
            else { continue }
            meters.append(.init(meter: message.meter, name: message.name, price: price))
        }
        return meters.sorted { $0.meter < $1.meter }
    }

    fileprivate mutating func meeting(_ message: BillingAPI.MeetingFee?) throws(BillingError) -> Terms.Meeting? {
        guard let message else { return nil }
        let floor = try rupees("meeting_fee.floor", message.floor)
        let cap = try rupees("meeting_fee.cap", message.cap)
        let value = try rupees("meeting_fee.default_deal_value", message.defaultDealValue)
        let fee = reading("meeting_fee") { () throws(BillingError) in
            var tiers: [FeePlan.Tier] = []
            for tier in message.tiers {
                tiers.append(.init(through: tier.through, discount: try Rate(basisPoints: Int64(tier.discountRate))))
            }
            return try FeePlan(share: try Rate(basisPoints: Int64(message.shareRate)), floor: floor ?? 0, cap: cap ?? .max, tiers: tiers)
        }
        guard let fee, let value, floor != nil, cap != nil else { return nil }
        return Terms.Meeting(fee: fee, defaultDealValue: value, minutesMin: message.minutesMin, refundDays: Int(message.refundDays))
    }

    /// An amount in rupees, of which the terms may hold; nil, and a violation, for any other.
    ///
    /// - Throws: `currencyMismatch`.
    fileprivate mutating func rupees(_ field: String, _ message: BillingAPI.Money?) throws(BillingError) -> Int64? {
        guard let message, let currency = Currency(message.currencyCode) else {
            add("\(field).currency_code", BillingError.currencyUnknown.description)
            return nil
        }
        guard currency == .inr else { throw .currencyMismatch(expected: .inr, found: currency) }
        guard (0...Limits.amount).contains(message.minorUnits) else {
            add("\(field).minor_units", "It is 0 to \(Limits.amount).")
            return nil
        }
        return message.minorUnits
    }
}
