/// A document with its discounts apportioned and its taxes computed, in smallest units of one currency.
struct TaxedBill: Hashable, Sendable {
    let place: PlaceOfSupply
    let lines: [TaxedLine]
    let taxable: Int64
    let tax: LineTax
    /// What is added to value and taxes to make the amount payable; a line of its own in print and in the ledger.
    let roundOff: Int64
    let payable: Int64

    /// Discounts come first, then tax: it is due on the value that is left (CGST Act, 2017, section 15(3)).
    ///
    /// - Parameters:
    ///   - lines: 1 to ``Limits/documentLines``.
    ///   - discount: on the whole bill, apportioned to the lines by what is left of them after their own.
    ///   - roundsToRupee: the amount payable is whole rupees (section 170: from fifty paise on, up).
    /// - Throws: what a line throws; `tooManyLines`, `discountExceedsValue`, `taxRateMissing`, `placeOfSupplyRequired`,
    ///   `amountOutOfRange`.
    init(
        _ lines: [PricedLine], discount: Discount = .none, place: PlaceOfSupply, on date: CivilDate, by rates: TaxRateTable,
        roundsToRupee: Bool = true
    ) throws(BillingError) {
        guard (1...Limits.documentLines).contains(lines.count) else { throw .tooManyLines(limit: Limits.documentLines) }
        var amounts: [(gross: Int64, discount: Int64)] = []
        amounts.reserveCapacity(lines.count)
        var nets: [Int64] = []
        nets.reserveCapacity(lines.count)
        var subtotal: Int64 = 0
        for line in lines {
            let amount = try line.amounts()
            amounts.append(amount)
            nets.append(amount.gross - amount.discount)
            subtotal = try subtotal.plus(amount.gross - amount.discount)
        }
        let parts = try Apportionment.divide(try discount.amount(from: subtotal), by: nets)

        var taxed: [TaxedLine] = []
        taxed.reserveCapacity(lines.count)
        var (taxable, tax, difference) = (Int64(0), LineTax.none, Int64(0))
        for index in lines.indices {
            let line = try TaxedLine(
                lines[index], gross: amounts[index].gross, lineDiscount: amounts[index].discount, billDiscount: parts[index],
                rule: try rates.rate(for: lines[index].hsn, on: date), nature: place.nature)
            taxable = try taxable.plus(line.taxable)
            try tax.add(line.tax)
            difference = try difference.plus(line.priceDifference)
            taxed.append(line)
        }
        if place.isAssumed && taxable >= Limits.placeOfSupplyFromPaise { throw .placeOfSupplyRequired }

        let exact = try taxable.plus(try tax.total())
        let shown = try exact.plus(difference)
        payable = roundsToRupee ? try shown.scaled(by: 1, over: 100).scaled(by: 100, over: 1) : shown
        roundOff = try payable.minus(exact)
        self.place = place
        self.lines = taxed
        self.taxable = taxable
        self.tax = tax
    }
}
