import Resources
import Testing

@testable import BillingServer
@testable import Postgres

/// The named statements of the ledger, its months and its seals, for ``StatementTests``.
enum LedgerStatements {
    static let all: [CheckedStatement] = {
        let id = RecordID(1)
        guard let day = CivilDate("2025-10-01"), let account = try? Account(.receivable, of: id),
            let days = try? DayRange(from: "2025-10-01", to: "2025-10-31", atMost: 31),
            let journal = try? Journal([
                JournalLine(.debit, account, Money(minorUnits: 1, .inr)), JournalLine(.credit, Account(.sales), Money(minorUnits: 1, .inr)),
            ]),
            let seal = LedgerSeal(
                after: nil,
                [
                    SealedJournal(
                        place: JournalPlace(postedIn: 7, id: id), day: 1, postedAt: Instant(unixMicroseconds: 0), documentKind: "manual",
                        documentID: id, description: "", postedBy: "ada", lineCount: 2, reverses: nil, lines: [])
                ], of: "a")
        else { return [] }
        let posting = Posting(
            id: id, journal: journal, effectiveOn: day, document: .init(kind: .invoice, id: id), postedBy: "ada", reverses: id)
        let place = JournalPlace(postedIn: 7, id: id)
        return [
            CheckedStatement("postJournal", .postJournal(posting)),
            CheckedStatement("journal", .journal(id), JournalRow.self),
            CheckedStatement("journalLines", .journalLines(of: id)),
            CheckedStatement("lockParties", .lockParties([id]), RecordID.self),
            CheckedStatement("ledgerEntries", .ledgerEntries(of: account, days, after: nil, limit: 1)),
            CheckedStatement("balances", .balances(of: account), BalanceRow.self),
            CheckedStatement("trialBalance", .trialBalance(asOf: day), BalanceRow.self),
            CheckedStatement("wrongBalances", .wrongBalances, BalanceRow.self),
            CheckedStatement("period", .period(day), PeriodRow.self),
            CheckedStatement("lockPeriod", .lockPeriod(day), PeriodRow.self),
            CheckedStatement("periods", .periods(before: day, limit: 1), PeriodRow.self),
            CheckedStatement("closePeriod", .closePeriod(day, by: "ada")),
            CheckedStatement("askToReopenPeriod", .askToReopenPeriod(day, by: "ada")),
            CheckedStatement("reopenPeriod", .reopenPeriod(day, by: "ada")),
            CheckedStatement("tryToSeal", .tryToSeal, Bool.self),
            CheckedStatement("lastSeal", .lastSeal, SealRow.self),
            CheckedStatement("ledgerSeals", .ledgerSeals(after: 1, limit: 1), SealRow.self),
            CheckedStatement("insertSeal", .insertSeal(seal)),
            CheckedStatement("journalsToSeal", .journalsToSeal(after: place, limit: 1, lines: 1), SealedJournalRow.self),
            CheckedStatement("journalsUnderSeal", .journalsUnderSeal(after: place, upTo: place, limit: 1, lines: 1), SealedJournalRow.self),
            CheckedStatement("journals", .journals(after: place, limit: 1, lines: 1), SealedJournalRow.self),
            CheckedStatement("tenantsToSeal", .tenantsToSeal(after: "a", limit: 1), String.self),
            CheckedStatement("keptSums", .keptSums, Int64.self),
            CheckedStatement("wrongAccounts", .wrongAccounts, WrongSumRow.self),
            CheckedStatement("wrongDays", .wrongDays, WrongSumRow.self),
        ]
    }()
}
