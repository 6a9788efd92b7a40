/// An account of a tenant's chart by its number. The thousands say its kind.
struct AccountCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    let number: Int

    static let cash = AccountCode(number: 1000)
    static let bank = AccountCode(number: 1010)
    static let upiClearing = AccountCode(number: 1020)
    static let cardClearing = AccountCode(number: 1030)
    /// What customers owe; kept for each of them.
    static let receivable = AccountCode(number: 1100)
    static let stock = AccountCode(number: 1200)
    /// What is owed to suppliers.
    static let payables = AccountCode(number: 2000)
    static let outputCGST = AccountCode(number: 2110)
    static let outputSGST = AccountCode(number: 2120)
    static let outputUTGST = AccountCode(number: 2130)
    static let outputIGST = AccountCode(number: 2140)
    static let outputCess = AccountCode(number: 2150)
    /// What customers have paid for nothing yet; kept for each of them.
    static let customerAdvances = AccountCode(number: 2200)
    static let deferredRevenue = AccountCode(number: 2300)
    /// Money that came and that nobody has matched yet.
    static let suspense = AccountCode(number: 2900)
    static let openingEquity = AccountCode(number: 3000)
    static let sales = AccountCode(number: 4000)
    static let salesReturns = AccountCode(number: 4100)
    static let roundOff = AccountCode(number: 4200)
    static let costOfGoodsSold = AccountCode(number: 5000)
    static let badDebt = AccountCode(number: 6000)
    static let platformFee = AccountCode(number: 7000)
    static let performanceFee = AccountCode(number: 7100)

    /// Every journal line on it names a customer.
    var isKeptForEachCustomer: Bool { self == .receivable || self == .customerAdvances }

    /// Documents alone post to it, so that it agrees with stock, with returns, and with receipts that nobody has matched.
    var isKeptByDocuments: Bool {
        [.stock, .outputCGST, .outputSGST, .outputUTGST, .outputIGST, .outputCess, .suspense].contains(self)
    }

    var description: String { String(number) }

    static func < (left: AccountCode, right: AccountCode) -> Bool { left.number < right.number }
}

/// A place that journal lines post to: an account, and whose part of it.
struct Account: Hashable, Sendable {
    let code: AccountCode
    let customer: RecordID?

    /// - Throws: `partyRequired`, `partyNotAllowed`.
    init(_ code: AccountCode, of customer: RecordID? = nil) throws(BillingError) {
        if code.isKeptForEachCustomer {
            guard customer != nil else { throw .partyRequired(code) }
        } else {
            guard customer == nil else { throw .partyNotAllowed(code) }
        }
        self.code = code
        self.customer = customer
    }
}
