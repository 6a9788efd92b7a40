import Postgres
import Testing

@testable import BillingServer

extension InvoiceDesk {
    /// What a line was taxed by, and what came of it.
    private struct TaxedAmounts: RowDecodable {
        let nature: SupplyNature
        let taxability: Taxability
        /// In basis points.
        let rate: Int32
        let cessRate: Int32
        let unitPrice: Int64
        let milli: Int64
        let gross: Int64
        let taxable: Int64
        let tax: LineTax

        init(row: Row) throws(PostgresError) {
            nature = try row.word("nature", row["nature"])
            taxability = try row.word("taxability", row["taxability"])
            (rate, cessRate) = (try row["rate"], try row["cess_rate"])
            (unitPrice, milli) = (try row["unit_price"], try row["quantity"])
            (gross, taxable) = (try row["gross"], try row["taxable"])
            tax = try LineTax(row: row)
        }

        /// Each by itself, of the value after all discounts.
        var exact: LineTax {
            var tax = LineTax.none
            guard taxability == .taxable else { return tax }
            func levied(_ rate: Int32, over parts: Int128) -> Int64 {
                Int64(truncatingIfNeeded: (Rational(taxable) * Rational(Int128(rate), over: parts)).rounded)
            }
            switch nature {
            case .intraState, .unionTerritory: (tax.cgst, tax.sgst) = (levied(rate, over: 20_000), levied(rate, over: 20_000))
            case .interState, .zeroRatedWithTax: tax.igst = levied(rate, over: 10_000)
            case .zeroRatedWithoutTax, .composition, .unregistered: return tax
            }
            tax.cess = levied(cessRate, over: 10_000)
            return tax
        }
    }

    /// Each amount and each tax of each line is what fractions say, and what is payable is whole rupees.
    func demandExactTaxes(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let rows: [TaxedAmounts] = try await tenant.world.administration.batch(tenant.scope) {
            $0.all(
                """
                SELECT invoice.nature, line.taxability, line.rate, line.cess_rate, line.unit_price, line.quantity, line.gross, line.taxable,
                    line.cgst, line.sgst, line.igst, line.cess
                FROM invoice_line AS line JOIN invoice ON (invoice.tenant_id, invoice.id) = (line.tenant_id, line.invoice_id)
                WHERE line.tenant_id = current_tenant()
                """)
        }
        #expect(!rows.isEmpty, comment, sourceLocation: sourceLocation)
        let wrong = rows.count { row in
            // What adds to the value alone has no quantity.
            let milli = row.milli == 0 ? 1_000 : row.milli
            return row.tax != row.exact || Int128(row.gross) != (Rational(row.unitPrice) * Rational(Int128(milli), over: 1_000)).rounded
        }
        #expect(wrong == 0, comment, sourceLocation: sourceLocation)
        let unrounded = try await tenant.count(
            "SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND payable % 100 <> 0 AND corrects_id IS NULL")
        #expect(unrounded == 0, comment, sourceLocation: sourceLocation)
        // The notes of an invoice never take back more than it has, though each was rounded by itself.
        let apart = try await tenant.count(
            """
            SELECT count(*) FROM invoice JOIN (
                SELECT invoice_id, sum(total) AS total, sum(cgst) AS cgst, sum(igst) AS igst, sum(cess) AS cess FROM credit_note
                WHERE tenant_id = current_tenant() AND status = 'issued' GROUP BY invoice_id
            ) AS taken ON taken.invoice_id = invoice.id
            WHERE invoice.tenant_id = current_tenant() AND (
                taken.total > payable OR taken.cgst > invoice.cgst OR taken.igst > invoice.igst OR taken.cess > invoice.cess
            )
            """)
        #expect(apart == 0, comment, sourceLocation: sourceLocation)
    }
}
