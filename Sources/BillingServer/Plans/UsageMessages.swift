internal import BillingAPI
internal import Protobuf

extension BillingAPI.Usage {
    /// What was used of a meter in a period, at the plan's price; without one it costs nothing.
    ///
    /// - Throws: `amountOutOfRange`.
    init(_ meter: String, in period: DayRange, units: Int64, billed: Int64, _ price: UsagePrice?) throws(BillingError) {
        let parts = try price?.parts(of: units) ?? []
        self.init()
        self.meter = meter
        periodFrom = period.from.description
        periodThrough = period.to.description
        self.units = units
        billedUnits = billed
        self.parts = parts.map { part in
            .with {
                $0.units = part.units
                $0.unitPrice = BillingAPI.Money(part.unitPrice, .inr)
                $0.amount = BillingAPI.Money(part.amount, .inr)
            }
        }
        charge = BillingAPI.Money(try price?.charge(for: units) ?? 0, .inr)
    }
}
