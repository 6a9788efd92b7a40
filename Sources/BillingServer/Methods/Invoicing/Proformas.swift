internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Invoicing {
    /// Neither stock nor ledger hear of it.
    func createProforma(_ request: CreateProformaRequest, _ call: Call) async throws -> Invoice {
        let draft = try InvoiceDraft(request.invoice ?? InvoiceContent())
        let source = InvoiceSource.content(draft)
        let days = request.validDays == 0 ? Limits.proformaDays : Int64(request.validDays)
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let (seller, customer, products, rates, drawn) = try await transaction.batch {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.customer(of: source), as: CustomerRow.self),
                    $0.all(.products(of: source), as: ProductRow.self), $0.all(.taxRates(of: source), as: TaxRateRow.self),
                    $0.optional(.drawNumber(DocumentSeriesName.proforma, at: now), as: DrawnNumber.self)
                )
            }
            let facts = try InvoiceFacts(seller, customer, named: draft.customer, products, rates)
            guard let customer = facts.customer, let drawn else { throw BillingError.sellerMissing }
            let day = try office.today(facts.seller, at: now)
            let priced = try facts.priced(draft, issued: day)
            let year = FinancialYear(of: day)
            guard drawn.startYear == year.startYear else { throw BillingError.timeZoneUnknown }
            var row = InvoiceRow(
                draft: office.clock.newID(), draft, priced, to: customer, series: DocumentSeriesName.proforma, at: now)
            row.status = .proforma
            row.number = InvoiceRow.Number(
                startYear: year.startYear, sequence: drawn.sequence,
                text: try NumberSeries(prefix: row.series, year: year).number(drawn.sequence), issuedOn: day, issuedAt: now,
                issuedBy: Scope(call).caller)
            let end = Instant(unixMicroseconds: now.unixMicroseconds + days * 86_400_000_000)
            row.expiresAt = end
            let lines = priced.rows(of: row.id)
            transaction.enqueue(.insertInvoice(row, DocumentParties(facts.seller, customer)))
            transaction.enqueue(.insertInvoiceLines(lines))
            transaction.enqueue(ExpiryJobs.expiring(ExpiryJobs.proforma, row.id, at: end))
            return row.message(lines: lines)
        }
    }
}
