import BillingAPI
import Resources
import Testing

@testable import BillingServer
@testable import Postgres

/// The named statements of billing, for ``StatementTests``.
enum BillingStatements {
    static let all: [CheckedStatement] = {
        let id = RecordID(1)
        guard let day = CivilDate("2025-10-01"), let series = try? NumberSeries(prefix: "INV", year: FinancialYear(of: day))
        else { return [] }
        return catalogue(id, day) + customers + reminders + PaymentStatements.all
            + CatalogueStatements.all + LedgerStatements.all + ReportStatements.all + ReturnStatements.all
            + InvoiceStatements.all + PlanStatements.all + MeetingStatements.all
            + [
                CheckedStatement("drawNumber", .drawNumber(of: series), Int64.self)
            ]
    }()

    /// Sellers: what is written by one statement each.
    private static func catalogue(_ id: RecordID, _ day: CivilDate) -> [CheckedStatement] {
        let now = Instant(unixMicroseconds: 0)
        var message = BillingAPI.Seller()
        (message.legalName, message.stateCode) = ("Acme", "27")
        guard let seller = try? SellerDraft(message, zones: Zones()) else { return [] }
        return [
            CheckedStatement("seller", .seller, SellerRow.self),
            CheckedStatement("lockSeller", .lockSeller, SellerRow.self),
            CheckedStatement("insertSeller", .insertSeller(seller, at: now)),
            CheckedStatement("updateSeller", .updateSeller(seller, version: 2, at: now)),
        ]
    }
}
