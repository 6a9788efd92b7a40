internal import Platform
internal import Postgres
internal import RPC
internal import Resources

/// What an invoice follows from, beside what it is to say: read in one round trip.
struct InvoiceFacts {
    let seller: SellerRow
    /// Nil for a preview for nobody.
    let customer: CustomerRow?
    let products: ProductIndex
    let rates: TaxRateTable

    /// - Throws: `sellerMissing`, `notFound` for a customer that was named, and what a merged or anonymised one throws.
    init(
        _ seller: SellerRow?, _ customer: CustomerRow?, named: RecordID?, _ products: [ProductRow], _ rates: [TaxRateRow]
    ) throws(BillingError) {
        guard let seller else { throw .sellerMissing }
        if customer == nil, let named { throw .notFound(.customer, id: named.description) }
        try customer?.demandOpen()
        self.seller = seller
        self.customer = customer
        self.products = ProductIndex(products)
        self.rates = try TaxRateTable(rates)
    }

    /// What a draft comes to on a day.
    func priced(_ draft: InvoiceDraft, issued: CivilDate) throws(BillingError) -> PricedInvoice {
        try draft.dates.demandFit(to: issued)
        let lines = try products.lines(of: draft)
        do throws(BillingError) {
            return try PricedInvoice(
                lines, discount: draft.discount, place: draft.place, dates: draft.dates, issued: issued, from: seller.seller, to: customer,
                by: rates)
        } catch .discountExceedsValue {
            throw .invalid("invoice.discount", BillingError.discountExceedsValue.description)
        } catch .amountOutOfRange {
            throw .invalid("invoice.lines", BillingError.amountOutOfRange.description)
        }
    }

    /// What a draft or a proforma comes to that was written before.
    func priced(_ document: InvoiceRow, _ lines: [InvoiceLineRow], issued: CivilDate) throws(BillingError) -> PricedInvoice {
        var sold: [SoldLine] = []
        sold.reserveCapacity(lines.count)
        for line in lines { sold.append(try SoldLine(line, line.product.flatMap { products[$0] })) }
        return try PricedInvoice(
            sold, discount: document.discountAsked, place: document.place, dates: document.dates, issued: issued, from: seller.seller,
            to: customer, by: rates)
    }
}

extension InvoiceRow {
    /// One that is not issued yet.
    init(
        draft id: RecordID, _ draft: InvoiceDraft, _ priced: PricedInvoice, to customer: CustomerRow, series: String, at now: Instant
    ) {
        self.init(
            id: id, status: .draft, customer: customer.id, series: series, dates: draft.dates, buyerKind: customer.kind,
            buyerGSTIN: customer.gstin?.description ?? "", place: priced.bill.place.state, nature: priced.bill.place.nature,
            discountAsked: draft.discount, totals: Totals(priced), lineCount: priced.lines.count, notes: draft.notes, tags: draft.tags,
            createdAt: now, updatedAt: now)
    }
}

extension PricedInvoice {
    /// - Parameter costs: by line; nothing where no stock is moved.
    func rows(of invoice: RecordID, costs: [Int64] = []) -> [InvoiceLineRow] {
        zip(lines, bill.lines).enumerated().map { index, line in
            InvoiceLineRow(
                line.0, line.1, of: invoice, number: index + 1, cost: costs.indices.contains(index) ? costs[index] : 0)
        }
    }
}
