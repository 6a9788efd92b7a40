/// What an invoice comes to: its lines with their products, discounts and taxes.
struct PricedInvoice: Sendable {
    let lines: [SoldLine]
    let bill: TaxedBill
    /// The day whose law it is taxed by.
    let timeOfSupply: CivilDate
    let gross: Int64
    let discount: Int64

    /// - Parameters:
    ///   - place: as it was named; nil for the customer's own state.
    ///   - customer: nil for somebody without a registration.
    /// - Throws: what a bill throws.
    init(
        _ lines: [SoldLine], discount: Discount, place: StateCode?, dates: InvoiceDates, issued: CivilDate, from seller: Seller,
        to customer: CustomerRow?, by rates: TaxRateTable
    ) throws(BillingError) {
        let buyer = customer?.buyer ?? .unregistered
        timeOfSupply = TimeOfSupply.date(supplied: dates.supplied ?? issued, invoiced: issued, paid: dates.paid)
        bill = try TaxedBill(
            lines.map(\.priced), discount: discount, place: try PlaceOfSupply(named: place ?? customer?.state, from: seller, to: buyer),
            on: timeOfSupply, by: rates)
        guard bill.payable <= Limits.amount else { throw .invalid("invoice.lines", BillingError.amountTooLarge.description) }
        self.lines = lines
        (gross, self.discount) = try Self.sums(bill.lines)
    }

    private static func sums(_ lines: [TaxedLine]) throws(BillingError) -> (gross: Int64, discount: Int64) {
        var (gross, discount) = (Int64(0), Int64(0))
        for line in lines {
            gross = try gross.plus(line.gross)
            discount = try discount.plus(line.lineDiscount).plus(line.billDiscount)
        }
        return (gross, discount)
    }
}

/// What leaves the stock for an invoice: which batches, and what each line has cost.
struct StockTaken: Sendable {
    private(set) var movements: [StockMovement] = []
    /// By line, in smallest units.
    private(set) var costs: [Int64] = []
    private(set) var cost: Int64 = 0

    /// - Throws: `insufficientStock`, `amountOutOfRange`.
    init(_ lines: [SoldLine], from shelves: inout Shelves, on date: CivilDate, _ newID: () -> RecordID) throws(BillingError) {
        for line in lines {
            guard line.isStocked, let product = line.product else {
                costs.append(0)
                continue
            }
            let pick = try shelves.take(line.priced.quantity, of: product, on: date)
            movements += try pick.movements(newID)
            costs.append(pick.cost)
            cost = try cost.plus(pick.cost)
        }
    }
}
