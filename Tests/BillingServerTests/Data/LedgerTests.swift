import Net
import Platform
import Postgres
import TestSupport
import Testing

@testable import BillingServer

@Suite("The ledger in the database")
struct LedgerTests {
    @Test("A journal is kept as it was posted, and every sum with it")
    func posts() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let customer = LedgerTenant.newID()
        let bill = try TaxedBill(
            [Samples.line("2202", 1_000, 10_030)], place: Samples.place(.intraState), on: Samples.day, by: Samples.rates())
        let journal = try #require(try Journal.issued(bill, to: customer, cost: 6_000))
        let posting = Posting(
            id: LedgerTenant.newID(), journal: journal, effectiveOn: Samples.day, document: .init(kind: .invoice, id: LedgerTenant.newID()),
            postedBy: "billing/ada")
        try await tenant.post(posting)
        let kept: [JournalLineRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.journalLines(of: posting.id)) }
        #expect(kept.map(\.line) == journal.lines)
        #expect(try await tenant.balance(of: .receivable, customer) == 14_000)
        #expect(try await tenant.balance(of: .receivable, LedgerTenant.newID()) == 0)
        #expect(try await tenant.balance(of: .outputCGST) == -1_404)
        #expect(try await tenant.trialBalance().reduce(0) { $0 + $1.debit - $1.credit } == 0)
    }

    @Test("A trial balance as of a day has what counts for that day and those before, whenever it was posted")
    func asOf() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        try await tenant.post(tenant.posting(100, on: "2025-10-02"))
        try await tenant.post(tenant.posting(10, on: "2025-10-01"))
        try await tenant.post(tenant.posting(1, on: "2025-10-01", .usd))
        #expect(try await tenant.trialBalance(asOf: "2025-09-30").isEmpty)
        let first = try await tenant.trialBalance(asOf: "2025-10-01")
        #expect(
            first.map { "\($0.account) \($0.currency) \($0.debit) \($0.credit)" } == [
                "1000 INR 10 0", "1000 USD 1 0", "4000 INR 0 10", "4000 USD 0 1",
            ])
        #expect(try await tenant.trialBalance(asOf: "2025-10-02").first?.debit == 110)
    }

    @Test("R8 · Another tenant sees none of it")
    func tenants() async throws {
        let world = try await LedgerWorld.shared()
        let (owner, stranger) = (world.tenant(), world.tenant())
        let posting = try owner.posting(100)
        try await owner.post(posting)
        #expect(try await stranger.trialBalance().isEmpty)
        let lines: [JournalLineRow] = try await world.connections.batch(stranger.scope) { $0.all(.journalLines(of: posting.id)) }
        #expect(lines.isEmpty)
        // The same id is free for a journal of its own, and no journal of the owner's can be reversed from here.
        try await stranger.post(posting)
        let reversal = try owner.posting(7).reversal(id: LedgerTenant.newID(), effectiveOn: Samples.day, by: "billing/eve")
        #expect(await refusal { () async throws(PostgresError) in try await stranger.post(reversal) } == "ledger_journal_reverses")
    }

    @Test("A line is no larger than an amount may be, whoever writes it, so that no line uses up what the sums hold")
    func bound() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        try await tenant.post(tenant.posting(Limits.amount))
        let larger = try tenant.posting(Limits.amount + 1)
        let refused = await refusal { () async throws(PostgresError) in try await tenant.post(larger) }
        #expect(refused == "ledger_line_bound")
        #expect(BillingError(posting: PostgresError(.checkViolation, "", constraint: "ledger_line_bound")) == .amountTooLarge)
    }

    private static func journal(_ id: RecordID, lines: Int, reverses: RecordID? = nil) -> SQL {
        """
        INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count, reverses_id)
        VALUES (current_tenant(), \(id), '2025-10-01', 'manual', \(id), 'eve', \(Int16(lines)), \(reverses))
        """
    }

    private static func line(
        _ id: RecordID, _ number: Int, of count: Int, account: Int = 1_000, debit: Int64 = 0, credit: Int64 = 0, day: String = "2025-10-01"
    ) -> SQL {
        """
        INSERT INTO ledger_line (tenant_id, journal_id, number, effective_on, line_count, account, currency, debit, credit)
        VALUES (current_tenant(), \(id), \(Int16(number)), \(CivilDate(known: day)), \(Int16(count)), \(Int32(account)), 'INR', \(debit), \(credit))
        """
    }

    @Test("No journal is committed that is not balanced or not whole, whoever writes it")
    func whole() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        for asAdministrator in [false, true] {
            let id = LedgerTenant.newID()
            func refused(_ statements: SQL...) async -> String? {
                await refusal { () async throws(PostgresError) in
                    try await tenant.world.administrated(asAdministrator).batch(tenant.scope) { batch in
                        for statement in statements { batch.enqueue(statement) }
                    }
                }
            }
            let debit = Self.line(id, 1, of: 2, debit: 5)
            #expect(await refused(Self.journal(id, lines: 2)) == "ledger_journal_complete")
            #expect(await refused(Self.journal(id, lines: 2), debit) == "ledger_journal_complete")
            // Who has it counted at once, ahead of its lines.
            let early: SQL = "SET CONSTRAINTS ledger_count_journal IMMEDIATE"
            let credit = Self.line(id, 2, of: 2, credit: 5)
            #expect(await refused(early, Self.journal(id, lines: 2), debit, credit) == "ledger_journal_complete")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, credit: 4)) == "ledger_journal_balanced")
            #expect(await refused(Self.journal(id, lines: 1), Self.line(id, 1, of: 1, debit: 5)) == "ledger_journal_line_count")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 3, of: 2, credit: 5)) == "ledger_line_number")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 3, credit: 5)) == "ledger_line_journal")
            #expect(
                await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, credit: 5, day: "2025-10-02"))
                    == "ledger_line_journal")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, debit: -5)) == "ledger_line_side")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, debit: 5, credit: 5)) == "ledger_line_side")
            #expect(
                await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, account: 1_100, credit: 5)) == "ledger_line_party")
            #expect(
                await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, account: 1, credit: 5)) == "ledger_line_account")
            #expect(await refused(Self.journal(id, lines: 2), debit, Self.line(id, 2, of: 2, credit: 5)) == nil)
            // All its numbers are taken: a pair that would be balanced cannot be added any more.
            #expect(await refused(Self.line(id, 1, of: 2, debit: 7), Self.line(id, 2, of: 2, credit: 7)) == "ledger_line_key")
        }
        #expect(try await tenant.trialBalance().map(\.debit) == [10])
    }

    @Test("What is posted is changed by nobody: the role that serves may not, and the superuser is refused")
    func appendOnly() async throws {
        // One of its own: a TRUNCATE locks the table for everybody.
        let tenant = try await LedgerWorld(TestCluster.shared()).tenant()
        let posting = try tenant.posting(100)
        try await tenant.post(posting)
        let statements: [SQL] = [
            "UPDATE ledger_line SET debit = debit + 1 WHERE journal_id = \(posting.id)",
            "DELETE FROM ledger_line WHERE journal_id = \(posting.id)",
            "UPDATE ledger_journal SET description = 'other' WHERE id = \(posting.id)",
            "DELETE FROM ledger_journal WHERE id = \(posting.id)",
            "TRUNCATE ledger_line", "TRUNCATE ledger_journal, ledger_line CASCADE",
        ]
        for statement in statements {
            #expect(await refusal { () async throws(PostgresError) in try await tenant.run(statement) } == "insufficientPrivilege")
            #expect(
                await refusal { () async throws(PostgresError) in try await tenant.run(statement, asAdministrator: true) }
                    == "ledger_append_only")
        }
        let forged: [SQL] = [
            "UPDATE ledger_balance SET debit = 0", "DELETE FROM ledger_day",
            "INSERT INTO ledger_balance VALUES (current_tenant(), 1000, \(RecordID.none), 'GBP', 1, 0)",
        ]
        for statement in forged {
            #expect(await refusal { () async throws(PostgresError) in try await tenant.run(statement) } == "insufficientPrivilege")
        }
        #expect(try await tenant.balance(of: .cash) == 100)
    }

    @Test("A sum that somebody with power has changed is found")
    func verified() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        try await tenant.post(tenant.posting(100))
        let none: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(none.isEmpty)
        try await tenant.run(
            "UPDATE ledger_balance SET debit = 101 WHERE tenant_id = current_tenant() AND account = 1000", asAdministrator: true)
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.map(\.account) == [.cash])
        #expect(wrong.map(\.debit) == [101])
    }

    @Test("A journal is reversed once, by its own amounts on the other sides, and its reversal by another")
    func reversal() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let posting = try tenant.posting(100)
        func reversal(of original: Posting, _ journal: Posting? = nil) -> Posting {
            var reversal = (journal ?? original).reversal(id: LedgerTenant.newID(), effectiveOn: Samples.day, by: "billing/ada")
            reversal.reverses = original.id
            return reversal
        }
        try await tenant.post(posting)
        let other = reversal(of: posting, try tenant.posting(99))
        #expect(await refusal { () async throws(PostgresError) in try await tenant.post(other) } == "ledger_journal_reversal")
        let elsewhere = reversal(of: posting, try tenant.posting(100, debit: .bank))
        #expect(await refusal { () async throws(PostgresError) in try await tenant.post(elsewhere) } == "ledger_journal_reversal")
        var same = try tenant.posting(100)
        same.reverses = posting.id
        #expect(await refusal { () async throws(PostgresError) in try await tenant.post(same) } == "ledger_journal_reversal")
        let first = reversal(of: posting)
        try await tenant.post(first)
        #expect(try await tenant.balance(of: .cash) == 0)
        #expect(
            await refusal { () async throws(PostgresError) in try await tenant.post(reversal(of: posting)) }
                == "ledger_journal_reversed_once")
        try await tenant.post(reversal(of: first))
        #expect(try await tenant.balance(of: .cash) == 100)
    }

    @Test("Who has posted holds up nobody until the commit, and posts more without waiting: no two wait for each other in a circle")
    func order() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let (cash, bank) = (try tenant.posting(1), try tenant.posting(10, debit: .bank, credit: .openingEquity))
        let (moreCash, moreBank) = (try tenant.posting(100), try tenant.posting(1_000, debit: .bank, credit: .openingEquity))
        // Each waits for nobody, or this would never end: not before the second one's deadline.
        let brief = Scope(tenant: tenant.scope.tenant, caller: "billing/ada", requestID: "1", deadline: .now() + .seconds(60))
        try await tenant.world.connections.transaction(tenant.scope) { first in
            try await first.execute(.postJournal(cash))
            try await tenant.world.connections.transaction(brief) { second in
                try await second.execute(.postJournal(bank))
                try await second.execute(.postJournal(moreCash))
            }
            try await first.execute(.postJournal(moreBank))
        }
        #expect(try await tenant.balance(of: .cash) == 101)
        #expect(try await tenant.balance(of: .bank) == 1_010)
        let wrong: [BalanceRow] = try await tenant.world.connections.batch(tenant.scope) { $0.all(.wrongBalances) }
        #expect(wrong.isEmpty)
    }

    @Test("A sum that no longer fits is refused, and nothing of its journal is kept")
    func overflow() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        try await tenant.post(tenant.posting(1))
        // As thousands of the largest lines would leave it.
        try await tenant.run(
            "UPDATE ledger_balance SET debit = \(Int64.max) WHERE tenant_id = current_tenant() AND account = 1000", asAdministrator: true)
        let posting = try tenant.posting(1)
        #expect(await refusal { () async throws(PostgresError) in try await tenant.post(posting) } == "invalidValue")
        #expect(try await tenant.balance(of: .cash) == .max)
        try await tenant.post(tenant.posting(1, debit: .bank, credit: .openingEquity))
    }
}

extension LedgerWorld {
    func administrated(_ isAdministrator: Bool) -> Database { isAdministrator ? administration : connections }
}
