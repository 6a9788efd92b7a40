import BillingAPI
import Resources
import Testing

@testable import BillingServer
@testable import Postgres

/// The named statements of billing, for ``StatementTests``.
enum BillingStatements {
    static let all: [CheckedStatement] = {
        let id = RecordID(1)
        guard let day = CivilDate("2025-10-01"), let series = try? NumberSeries(prefix: "INV", year: FinancialYear(of: day)),
            let account = try? Account(.receivable, of: id),
            let journal = try? Journal([
                JournalLine(.debit, account, Money(minorUnits: 1, .inr)), JournalLine(.credit, Account(.sales), Money(minorUnits: 1, .inr)),
            ])
        else { return [] }
        let posting = Posting(
            id: id, journal: journal, effectiveOn: day, document: .init(kind: .invoice, id: id), postedBy: "ada", reverses: id)
        return catalogue(id, day) + customers + reminders + PaymentStatements.all
            + CatalogueStatements.all
            + [
                CheckedStatement("postJournal", .postJournal(posting)),
                CheckedStatement("journalLines", .journalLines(of: id)),
                CheckedStatement("balances", .balances(of: account), BalanceRow.self),
                CheckedStatement("trialBalance", .trialBalance(asOf: day), BalanceRow.self),
                CheckedStatement("wrongBalances", .wrongBalances, BalanceRow.self),
                CheckedStatement("closePeriod", .closePeriod(day, by: "ada")),
                CheckedStatement("askToReopenPeriod", .askToReopenPeriod(day, by: "ada")),
                CheckedStatement("reopenPeriod", .reopenPeriod(day, by: "ada")),
                CheckedStatement("drawNumber", .drawNumber(of: series), Int64.self),
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
