internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Invoicing {
    func previewTax(_ request: PreviewTaxRequest, _ call: Call) async throws -> TaxPreview {
        let draft = try InvoiceDraft(request.invoice ?? InvoiceContent(), needsCustomer: false)
        var violations = Violations()
        let asked = InvoiceDraft.day(request.issuedOn, "issued_on", &violations)
        guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
        let source = InvoiceSource.content(draft)
        return try await office.explained(call) {
            let (seller, customer, products, rates) = try await office.database.batch(Scope(call)) {
                (
                    $0.optional(.seller, as: SellerRow.self), $0.optional(.customer(of: source), as: CustomerRow.self),
                    $0.all(.products(of: source), as: ProductRow.self), $0.all(.taxRates(of: source), as: TaxRateRow.self)
                )
            }
            let facts = try InvoiceFacts(seller, customer, named: draft.customer, products, rates)
            let issued = try asked ?? office.today(facts.seller, at: office.clock.now())
            return try facts.priced(draft, issued: issued).preview
        }
    }
}

extension PricedInvoice {
    var preview: TaxPreview {
        .with {
            $0.nature = bill.place.nature.message
            $0.placeOfSupply = bill.place.state?.description ?? ""
            $0.isPlaceAssumed = bill.place.isAssumed
            $0.timeOfSupply = timeOfSupply.description
            $0.lines = explainedLines
            $0.totals = InvoiceRow.Totals(self).message
        }
    }

    private var explainedLines: [InvoiceLine] {
        var words: [Int64: TaxRateWords] = [:]
        return zip(rows(of: .none), bill.lines).map { row, taxed in
            let rule = words[taxed.rule.id] ?? TaxRateWords(taxed.rule)
            words[taxed.rule.id] = rule
            var line = row.message
            line.steps = taxed.explanation(bill.place.nature, rule)
            line.taxRate?.hsnPrefix = rule.prefix
            line.taxRate?.source = taxed.rule.source
            line.taxRate?.effectiveFrom = rule.from
            return line
        }
    }
}
