internal import BillingAPI

extension BillingAPI.Money {
    init(_ money: Money) {
        self.init()
        currencyCode = money.currency.code
        minorUnits = money.minorUnits
    }

    init(_ minorUnits: Int64, _ currency: Currency) { self.init(Money(minorUnits: minorUnits, currency)) }
}
