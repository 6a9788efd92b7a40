internal import BillingAPI
internal import Postgres
internal import Protobuf

/// A line of an invoice as the database keeps it.
struct InvoiceLineRow: Hashable, Sendable {
    let invoice: RecordID
    let number: Int
    let product: RecordID?
    let description: String
    let hsn: HSNCode
    let unit: String
    let quantity: Quantity
    let unitPrice: Int64
    let isInclusive: Bool
    let discountAsked: Discount
    let gross: Int64
    let discount: Int64
    let billDiscount: Int64
    let taxable: Int64
    let rateID: Int64
    let taxability: Taxability
    let rate: Rate
    let cessRate: Rate
    let tax: LineTax
    let cost: Int64

    static let columns: SQL = """
        invoice_id, number, product_id, description, hsn, unit, quantity, unit_price, is_inclusive, discount_rate, discount_flat, gross, \
        discount, bill_discount, taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess, cost
        """
}

extension InvoiceLineRow: RowDecodable {
    init(row: Row) throws(PostgresError) {
        invoice = try row["invoice_id"]
        let number: Int16 = try row["number"]
        self.number = Int(number)
        product = try row["product_id"]
        description = try row["description"]
        let hsn: String = try row["hsn"]
        self.hsn = try row.known("hsn") { () throws(BillingError) in try HSNCode(hsn) }
        unit = try row["unit"]
        quantity = Quantity(milli: try row["quantity"])
        unitPrice = try row["unit_price"]
        isInclusive = try row["is_inclusive"]
        discountAsked = try Discount(row: row)
        gross = try row["gross"]
        discount = try row["discount"]
        billDiscount = try row["bill_discount"]
        taxable = try row["taxable"]
        rateID = try row["tax_rate_id"]
        let word: String = try row["taxability"]
        guard let taxability = Taxability(rawValue: word) else {
            throw PostgresError(.decoding, "A line's taxability is none that this version knows.", column: "taxability")
        }
        self.taxability = taxability
        let (rate, cess): (Int32, Int32) = (try row["rate"], try row["cess_rate"])
        self.rate = try row.known("rate") { () throws(BillingError) in try Rate(basisPoints: Int64(rate)) }
        cessRate = try row.known("cess_rate") { () throws(BillingError) in try Rate(basisPoints: Int64(cess)) }
        var tax = LineTax.none
        tax.cgst = try row["cgst"]
        tax.sgst = try row["sgst"]
        tax.igst = try row["igst"]
        tax.cess = try row["cess"]
        self.tax = tax
        cost = try row["cost"]
    }

    init(_ line: SoldLine, _ taxed: TaxedLine, of invoice: RecordID, number: Int, cost: Int64) {
        self.init(
            invoice: invoice, number: number, product: line.product, description: line.description, hsn: line.priced.hsn, unit: line.unit,
            quantity: line.priced.quantity, unitPrice: line.priced.unitPrice, isInclusive: line.priced.isInclusive,
            discountAsked: line.priced.discount, gross: taxed.gross, discount: taxed.lineDiscount, billDiscount: taxed.billDiscount,
            taxable: taxed.taxable, rateID: taxed.rule.id, taxability: taxed.rule.taxability, rate: taxed.rule.rate,
            cessRate: taxed.rule.cess, tax: taxed.tax, cost: cost)
    }

    /// What it is taxed by once more, as a credit or debit note needs it.
    ///
    /// - Throws: never, since the first day of GST was one.
    func rule() throws(BillingError) -> TaxRate {
        guard let day = CivilDate(year: 2_017, month: 7, day: 1) else { throw .dateInvalid }
        return TaxRate(
            id: rateID, prefix: hsn, from: day, through: nil, taxability: taxability, rate: rate, cess: cessRate, source: "")
    }

    var message: InvoiceLine {
        .with {
            $0.number = Int32(truncatingIfNeeded: number)
            $0.productID = product?.description ?? ""
            $0.description = description
            $0.hsn = hsn.description
            $0.quantity = .with { ($0.milli, $0.unit) = (quantity.milli, unit) }
            $0.unitPrice = unitPrice
            $0.isPriceInclusive = isInclusive
            $0.gross = gross
            $0.discount = discount
            $0.billDiscount = billDiscount
            $0.taxable = taxable
            $0.cgst = tax.cgst
            $0.sgst = tax.sgst
            $0.igst = tax.igst
            $0.cess = tax.cess
            $0.taxRate = .with {
                $0.id = rateID
                $0.rate = Int32(truncatingIfNeeded: rate.basisPoints)
                $0.cess = Int32(truncatingIfNeeded: cessRate.basisPoints)
            }
        }
    }
}

extension Row {
    /// What the rules read in a column.
    func known<Value>(_ column: String, _ read: () throws(BillingError) -> Value) throws(PostgresError) -> Value {
        do throws(BillingError) {
            return try read()
        } catch {
            throw PostgresError(.decoding, "Column \(column) holds what this version does not know: \(error)", column: column)
        }
    }
}

extension Discount {
    /// Of the columns `discount_rate` and `discount_flat`.
    init(row: Row) throws(PostgresError) {
        let (rate, flat): (Int32?, Int64?) = (try row["discount_rate"], try row["discount_flat"])
        if let rate {
            self = .percent(try row.known("discount_rate") { () throws(BillingError) in try Rate(basisPoints: Int64(rate)) })
        } else {
            self = flat.map(Discount.flat) ?? .none
        }
    }

    var rateColumn: Int32? {
        if case .percent(let rate) = self { Int32(truncatingIfNeeded: rate.basisPoints) } else { nil }
    }

    var flatColumn: Int64? {
        if case .flat(let amount) = self { amount } else { nil }
    }
}
