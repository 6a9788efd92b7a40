import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("VerifyLedger: whatever a superuser changes behind the triggers' back is found, and named")
struct VerifyLedgerTests {
    /// Five journals: two under the first seal, two under the second, and one that waits.
    private func books() async throws -> (tenant: BillingTenant, journals: [LedgerJournal], last: KnownSeal) {
        let tenant = try await BillingWorld.shared().tenant()
        var journals: [LedgerJournal] = []
        for seal in 1...2 {
            for number in 1...2 { journals.append(try await tenant.post(Int64(100 * seal + number), on: "2025-10-0\(number)")) }
            try await tenant.seal(2)
        }
        journals.append(try await tenant.post(301, on: "2025-10-03"))
        let (findings, verdict) = try await tenant.verify()
        #expect(findings.isEmpty)
        #expect((verdict.seals, verdict.sealedJournals, verdict.unsealedJournals) == (2, 4, 1))
        return (tenant, journals, try #require(verdict.lastSeal))
    }

    /// What a forger writes, with the id of the third journal for `:id`.
    struct Forgery: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let write: @Sendable (_ id: RecordID) -> [SQL]
        /// The flaws, each with whether it names that journal, or a seal's number, or an account.
        let found: [String]
    }

    static let forgeries: [Forgery] = [
        Forgery(
            testDescription: "an amount",
            write: { ["UPDATE ledger_line SET debit = debit + 1 WHERE journal_id = \($0) AND number = 1"] },
            found: ["journalAltered 2 it", "balanceWrong 1000", "dayWrong 1000 2025-10-01"]),
        Forgery(
            testDescription: "both amounts, and the kept sums with them",
            write: { id in
                [
                    "UPDATE ledger_line SET debit = debit * 2, credit = credit * 2 WHERE journal_id = \(id)",
                    """
                    UPDATE ledger_balance SET debit = debit + CASE account WHEN 1000 THEN 201 ELSE 0 END,
                        credit = credit + CASE account WHEN 1000 THEN 0 ELSE 201 END WHERE tenant_id = current_tenant()
                    """,
                    """
                    UPDATE ledger_day SET debit = debit + CASE account WHEN 1000 THEN 201 ELSE 0 END,
                        credit = credit + CASE account WHEN 1000 THEN 0 ELSE 201 END
                    WHERE tenant_id = current_tenant() AND effective_on = '2025-10-01'
                    """,
                ]
            }, found: ["journalAltered 2 it"]),
        Forgery(
            testDescription: "a day",
            write: {
                [
                    "UPDATE ledger_line SET effective_on = '2025-10-02' WHERE journal_id = \($0)",
                    "UPDATE ledger_journal SET effective_on = '2025-10-02' WHERE id = \($0)",
                ]
            },
            found: [
                "journalAltered 2 it", "dayWrong 1000 2025-10-01", "dayWrong 1000 2025-10-02", "dayWrong 3000 2025-10-01",
                "dayWrong 3000 2025-10-02",
            ]),
        Forgery(
            testDescription: "a description", write: { ["UPDATE ledger_journal SET description = 'nothing' WHERE id = \($0)"] },
            found: ["journalAltered 2 it"]),
        Forgery(
            testDescription: "a line that is gone", write: { ["DELETE FROM ledger_line WHERE journal_id = \($0) AND number = 2"] },
            found: ["journalAltered 2 it", "balanceWrong 3000", "dayWrong 3000 2025-10-01"]),
        Forgery(
            testDescription: "a whole journal that is gone",
            write: {
                ["DELETE FROM ledger_line WHERE journal_id = \($0)", "DELETE FROM ledger_journal WHERE id = \($0)"]
            },
            found: [
                "journalMissing 2 it", "balanceWrong 1000", "balanceWrong 3000", "dayWrong 1000 2025-10-01", "dayWrong 3000 2025-10-01",
            ]),
        Forgery(
            testDescription: "a journal that was not there",
            write: { id in
                [
                    """
                    INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count, posted_in)
                    SELECT current_tenant(), '00000000-0000-0000-0000-000000000001', effective_on, 'manual', gen_random_uuid(), 'eve', 2, posted_in
                    FROM ledger_journal WHERE id = \(id)
                    """
                ]
            }, found: ["journalAdded 2"]),
        Forgery(
            testDescription: "the first seal",
            write: { _ in ["DELETE FROM ledger_seal WHERE tenant_id = current_tenant() AND number = 1"] },
            found: ["sealMissing 1"]),
        Forgery(
            testDescription: "what a seal says",
            write: { _ in
                [
                    """
                    UPDATE ledger_seal SET contents = set_byte(contents, 20, get_byte(contents, 20) # 1)
                    WHERE tenant_id = current_tenant() AND number = 2
                    """
                ]
            }, found: ["sealAltered 2", "journalAltered 2 it"]),
        Forgery(
            testDescription: "a kept balance",
            write: { _ in ["UPDATE ledger_balance SET debit = debit - 1 WHERE tenant_id = current_tenant() AND account = 1000"] },
            found: ["balanceWrong 1000"]),
        Forgery(
            testDescription: "a kept day, larger than any amount",
            write: { _ in
                [
                    """
                    UPDATE ledger_day SET debit = 9223372036854775807
                    WHERE tenant_id = current_tenant() AND account = 1000 AND effective_on = '2025-10-02'
                    """
                ]
            }, found: ["dayWrong 1000 2025-10-02"]),
        Forgery(
            testDescription: "a sum without lines",
            write: { _ in
                [
                    """
                    INSERT INTO ledger_balance VALUES (current_tenant(), 4000, '00000000-0000-0000-0000-000000000000', 'USD', 5, 5)
                    """
                ]
            }, found: ["balanceWrong 4000"]),
    ]

    private static let words: [LedgerFlaw: String] = [
        .sealMissing: "sealMissing", .sealAltered: "sealAltered", .journalAltered: "journalAltered", .journalMissing: "journalMissing",
        .journalAdded: "journalAdded", .journalUnbalanced: "journalUnbalanced", .balanceWrong: "balanceWrong", .dayWrong: "dayWrong",
    ]

    @Test("R10 · a superuser changes", arguments: forgeries)
    func forged(_ forgery: Forgery) async throws {
        let (tenant, journals, _) = try await books()
        let id = try #require(RecordID(journals[2].id))
        for statement in forgery.write(id) { try await tenant.forge(statement) }
        let (findings, verdict) = try await tenant.verify()
        let found = findings.map { finding in
            var words = [Self.words[finding.flaw] ?? "?"]
            if finding.sealNumber > 0 { words.append("\(finding.sealNumber)") }
            if finding.journalID == id.description { words.append("it") }
            if finding.account > 0 { words.append("\(finding.account)") }
            if !finding.effectiveOn.isEmpty { words.append(finding.effectiveOn) }
            return words.joined(separator: " ")
        }
        #expect(found == forgery.found)
        #expect(!verdict.isIntact)
        #expect(findings.allSatisfy { $0.description.hasSuffix(".") })
    }

    @Test("R10 · what is not sealed yet has to be whole by itself")
    func unsealed() async throws {
        let (tenant, journals, _) = try await books()
        let id = try #require(RecordID(journals[4].id))
        try await tenant.forge("DELETE FROM ledger_line WHERE journal_id = \(id) AND number = 2")
        let findings = try await tenant.verify().findings
        #expect(findings.first?.flaw == .journalUnbalanced && findings.first?.journalID == journals[4].id)
    }

    @Test("R10 · a chain that is cut off, or made anew after a change, is seen by whoever has kept its last seal")
    func cut() async throws {
        let (tenant, journals, last) = try await books()
        #expect(try await tenant.verify(knowing: last).verdict.isIntact)
        try await tenant.forge("DELETE FROM ledger_seal WHERE tenant_id = current_tenant() AND number = 2")
        let findings = try await tenant.verify(knowing: last).findings
        #expect(findings.map(\.flaw) == [.sealMissing] && findings.first?.sealNumber == 2)
        let id = try #require(RecordID(journals[2].id))
        try await tenant.forge("UPDATE ledger_journal SET description = 'nothing' WHERE id = \(id)")
        try await tenant.seal(3)
        #expect(try await tenant.verify().verdict.isIntact)
        let known = try await tenant.verify(knowing: last).findings
        #expect(known.map(\.flaw) == [.sealAltered] && known.first?.sealNumber == 2)
    }

    @Test("R10 · the triggers alone refuse every change of a seal, and one that does not follow the last, by superusers as well")
    func triggers() async throws {
        let (tenant, _, _) = try await books()
        let world = tenant.world
        func refusal(_ statement: SQL) async -> String? {
            await BillingServerTests.refusal { () async throws(PostgresError) in
                try await world.administration.batch(tenant.scope) { $0.enqueue(statement) }
            }
        }
        #expect(await refusal("UPDATE ledger_seal SET number = 7 WHERE tenant_id = current_tenant()") == "ledger_append_only")
        #expect(await refusal("DELETE FROM ledger_seal WHERE tenant_id = current_tenant()") == "ledger_append_only")
        let copies: [SQL] = ["number + 2", "number", "number + 1"]
        for number in copies {
            let copy: SQL = """
                INSERT INTO ledger_seal SELECT tenant_id, \(number), previous_digest, digest, first_posted_in, first_id, last_posted_in,
                    last_id, journal_count, contents FROM ledger_seal WHERE tenant_id = current_tenant() AND number = 2
                """
            #expect(await refusal(copy) == "ledger_seal_follows")
        }
        #expect(try await tenant.verify().verdict.isIntact)
    }

    private struct Enough: Error {}

    @Test("R10 · who posts never waits for who seals, nor the other way: what might still be overtaken is left for the next seal")
    func neverBlocked() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let database = tenant.world.connections
        let sealer = LedgerSealer(database, log: Log(minimum: .error))
        let (early, late) = (try Self.posting(1, .cash, .sales), try Self.posting(2, .bank, .roundOff))
        try await database.transaction(tenant.scope) { writer in
            _ = try await writer.execute(.postJournal(early))
            // It has drawn its transaction before this one, and is not committed.
            try await database.batch(tenant.scope) { $0.enqueue(.postJournal(late)) }
            #expect(try await sealer.seal(tenant.name) == 0)
        }
        try await tenant.seal(2)
        #expect(try await tenant.verify().verdict.sealedJournals == 2)

        // A server that is at it, and stays at it for as long as this lasts.
        try await database.transaction(tenant.scope) { other in
            #expect(try await other.one(.tryToSeal, as: Bool.self))
            try await tenant.post(3)
            #expect(try await sealer.seal(tenant.name) == 0)
        }
        try await tenant.seal(1)
        let verdict = try await tenant.verify().verdict
        #expect((verdict.isIntact, verdict.sealedJournals, verdict.unsealedJournals) == (true, 3, 0))
    }

    /// On accounts of their own, since two who post to the same ones wait for each other's sums.
    private static func posting(_ paise: Int64, _ debit: AccountCode, _ credit: AccountCode) throws -> Posting {
        let money = Money(minorUnits: paise, .inr)
        return Posting(
            id: LedgerTenant.newID(),
            journal: try Journal([JournalLine(.debit, Account(debit), money), JournalLine(.credit, Account(credit), money)]),
            effectiveOn: CivilDate(known: "2025-10-01"), document: .init(kind: .manual, id: LedgerTenant.newID()), postedBy: "billing/ada")
    }

    @Test("R10 · several servers seal what many post, of all tenants: each journal once, and the chain is whole")
    func severalServers() async throws {
        // One of its own: what seals all tenants would seal other tests' as well.
        let world = try await BillingWorld(TestCluster.shared())
        let tenants = (0..<3).map { _ in world.tenant() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in tenants {
                for worker in 0..<2 {
                    group.addTask { for number in 1...8 { try await tenant.post(Int64(100 * worker + number)) } }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    let sealer = LedgerSealer(world.connections, log: Log(minimum: .error))
                    for _ in 0..<20 { try await sealer.turn() }
                }
            }
            try await group.waitForAll()
        }
        for tenant in tenants {
            try await eventually("all journals are under seals") {
                try await LedgerSealer(world.connections, log: Log(minimum: .error)).turn()
                return try await tenant.count("SELECT coalesce(sum(journal_count), 0) FROM ledger_seal WHERE tenant_id = current_tenant()")
                    == 16
            }
            let (findings, verdict) = try await tenant.verify()
            #expect(findings.isEmpty)
            #expect((verdict.sealedJournals, verdict.unsealedJournals) == (16, 0))
        }
    }

    @Test("more journals and lines than one seal takes are several seals")
    func manySeals() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        try await tenant.world.connections.batch(tenant.scope) { batch in
            batch.enqueue(
                """
                WITH journal AS (
                    INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count)
                    SELECT current_tenant(), gen_random_uuid(), '2025-10-01', 'manual', gen_random_uuid(), 'ada', 12
                    FROM generate_series(1, 2200) RETURNING id, effective_on
                )
                INSERT INTO ledger_line (tenant_id, journal_id, number, effective_on, line_count, account, currency, debit, credit)
                SELECT current_tenant(), id, number, effective_on, 12, 1000, 'INR', number % 2, (number + 1) % 2
                FROM journal CROSS JOIN generate_series(1, 12) AS number
                """)
        }
        try await tenant.seal(2_200)
        let (findings, verdict) = try await tenant.verify()
        #expect(findings.isEmpty)
        #expect((verdict.seals, verdict.sealedJournals) == (3, 2_200))
    }

    @Test("a trial balance whose sides differ is DATA_LOSS")
    func unbalanced() async throws {
        let (tenant, _, _) = try await books()
        try await tenant.forge("UPDATE ledger_day SET debit = debit + 1 WHERE tenant_id = current_tenant() AND account = 1000")
        let error = await refusal { try await tenant.ledger.trialBalance(.with { $0.asOf = "2025-12-31" }, tenant.options()) }
        #expect(error?.code == .dataLoss && error?.reason == "LEDGER_UNBALANCED")
    }
}
