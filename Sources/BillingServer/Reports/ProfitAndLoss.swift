/// What was earned and spent, from the ledger's sums: a discount is in the sales already, and is taken off once by that.
struct ProfitAndLoss: Hashable, Sendable {
    private(set) var sales: Int64 = 0
    private(set) var returns: Int64 = 0
    private(set) var roundOff: Int64 = 0
    private(set) var otherIncome: Int64 = 0
    private(set) var costOfGoods: Int64 = 0
    private(set) var expenses: Int64 = 0

    /// - Throws: `amountOutOfRange`.
    init(_ sums: [BalanceRow], in currency: Currency) throws(BillingError) {
        for sum in sums where sum.currency == currency {
            let earned = try sum.credit.minus(sum.debit)
            switch sum.account {
            case .sales: sales = try sales.plus(earned)
            case .salesReturns: returns = try returns.minus(earned)
            case .roundOff: roundOff = try roundOff.plus(earned)
            case .costOfGoodsSold: costOfGoods = try costOfGoods.minus(earned)
            default:
                switch sum.account.number {
                case 4_000...4_999, 7_000...7_999: otherIncome = try otherIncome.plus(earned)
                case 5_000...6_999: expenses = try expenses.minus(earned)
                default: break
                }
            }
        }
    }

    /// - Throws: `amountOutOfRange`.
    func grossProfit() throws(BillingError) -> Int64 { try sales.minus(returns).minus(costOfGoods) }

    /// - Throws: `amountOutOfRange`.
    func netProfit() throws(BillingError) -> Int64 { try grossProfit().plus(roundOff).plus(otherIncome).minus(expenses) }
}
