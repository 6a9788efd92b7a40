/// What a tenant may do and how much of it: its plan, then its add-ons, then overrides that have their time.
struct Entitlements: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case isOn(Bool)
        /// So many in a period.
        case limit(Int64)
        case unlimited
    }

    /// A dated exception, such as a promotion. It says what holds, whatever stands below it.
    struct Override: Hashable, Sendable {
        let feature: String
        let value: Value
        let from: CivilDate
        /// The last day, or nil while no end is known.
        let through: CivilDate?

        func applies(on date: CivilDate) -> Bool { from <= date && through.map { date <= $0 } ?? true }
    }

    private let values: [String: Value]

    /// - Parameters:
    ///   - addOns: limits are added to the plan's, what is on stays on.
    ///   - overrides: of two for one feature and day the later in this list holds.
    /// - Throws: `amountOutOfRange`, `amountNotPositive` for a limit below zero.
    init(
        plan: [String: Value], addOns: [[String: Value]] = [], overrides: [Override] = [], on date: CivilDate
    ) throws(BillingError) {
        var values = plan
        for addOn in addOns {
            for (feature, value) in addOn { values[feature] = try Self.sum(values[feature], value) }
        }
        for override in overrides where override.applies(on: date) { values[override.feature] = override.value }
        for case .limit(let limit) in values.values where limit < 0 { throw .amountNotPositive }
        self.values = values
    }

    /// All that anything names, by name.
    var features: [String] { values.keys.sorted() }

    subscript(feature: String) -> Value? { values[feature] }

    /// Nothing is granted that no plan names.
    ///
    /// - Parameters:
    ///   - used: what of it is used in the period already.
    ///   - amount: what would be used now; 1 for a feature that is on or off.
    func allows(_ feature: String, used: Int64 = 0, amount: Int64 = 1) -> Bool {
        switch values[feature] {
        case .isOn(let isOn): return isOn
        case .unlimited: return true
        case .limit(let limit):
            let (sum, overflow) = used.addingReportingOverflow(amount)
            return !overflow && sum <= limit
        case nil: return false
        }
    }

    private static func sum(_ below: Value?, _ addOn: Value) throws(BillingError) -> Value {
        switch (below, addOn) {
        case (.unlimited, _), (_, .unlimited): .unlimited
        case (.limit(let one), .limit(let other)): .limit(try one.plus(other))
        case (.isOn(let one), .isOn(let other)): .isOn(one || other)
        default: addOn
        }
    }
}

extension Entitlements {
    /// What several of the same add-on grant: limits so many times over.
    ///
    /// - Throws: `amountOutOfRange`.
    static func times(_ count: Int32, _ values: [String: Value]) throws(BillingError) -> [String: Value] {
        var product = values
        for case (let feature, .limit(let limit)) in values { product[feature] = .limit(try limit.scaled(by: Int64(count), over: 1)) }
        return product
    }
}
