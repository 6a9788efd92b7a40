import Postgres
import TestSupport
import Testing

@testable import BillingServer

@Suite("The ledger and its numbers under many writers")
struct LedgerPropertyTests {
    private struct RolledBack: Error {}

    /// What one worker has done for good.
    private struct Work: Sendable {
        var numbers: [Int64] = []
        var journals = 0
    }

    @Test("32 workers post, reverse and roll back at random: debits are credits, sums are the lines', no number is missing or drawn twice")
    func manyWorkers() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let seed = Soak.seed(7_011)
        let operations = Soak.isOn ? 100_000 : 640
        let works = try await withThrowingTaskGroup(of: Work.self) { group in
            for worker in 0..<32 {
                group.addTask { try await Self.work(tenant, SeededRandom(seed: seed &+ UInt64(worker)), operations / 32) }
            }
            return try await group.reduce(into: [Work]()) { $0.append($1) }
        }
        let numbers = works.flatMap(\.numbers).sorted()
        #expect(numbers == (0..<numbers.count).map { Int64($0) + 1 }, "seed \(seed)")

        let database = tenant.world.connections
        let (journals, wrong): (Int, [BalanceRow]) = try await database.batch(tenant.scope) {
            ($0.one("SELECT count(*) FROM ledger_journal"), $0.all(.wrongBalances))
        }
        #expect(journals == works.reduce(0) { $0 + $1.journals }, "seed \(seed)")
        #expect(journals > operations / 4, "seed \(seed)")
        #expect(wrong.isEmpty, "seed \(seed)")
        var sums: [Currency: Int64] = [:]
        for row in try await tenant.trialBalance() { sums[row.currency, default: 0] += row.debit - row.credit }
        #expect(sums.count == 2 && sums.values.allSatisfy { $0 == 0 }, "seed \(seed)")
    }

    /// Each operation draws a number and posts, or reverses what this worker has posted, and now and then it all comes to nothing.
    private static func work(_ tenant: LedgerTenant, _ random: SeededRandom, _ operations: Int) async throws -> Work {
        var (work, random) = (Work(), random)
        var open: [Posting] = []
        let series = try NumberSeries(prefix: "INV", year: FinancialYear(of: Samples.day))
        let accounts: [AccountCode] = [.cash, .bank, .sales, .stock, .outputCGST, .roundOff]
        for _ in 0..<operations {
            let isReversal = !open.isEmpty && Int.random(in: 0..<4, using: &random) == 0
            let posting: Posting
            if isReversal {
                posting = open.removeLast().reversal(id: LedgerTenant.newID(), effectiveOn: Samples.day, by: "billing/ada")
            } else {
                posting = try tenant.posting(
                    Int64.random(in: 1...100_000, using: &random), debit: accounts.randomElement(using: &random) ?? .cash,
                    credit: accounts.randomElement(using: &random) ?? .sales, on: "2025-10-0\(Int.random(in: 1...9, using: &random))",
                    Bool.random(using: &random) ? .inr : .usd)
            }
            let isRolledBack = Int.random(in: 0..<3, using: &random) == 0
            do {
                let number: Int64 = try await tenant.world.connections.transaction(tenant.scope, retries: .onConflict()) { tx in
                    let number: Int64 = try await tx.one(.drawNumber(of: series))
                    tx.enqueue(.postJournal(posting))
                    if isRolledBack {
                        _ = try await tx.one("SELECT 1", as: Int32.self)
                        throw RolledBack()
                    }
                    return number
                }
                work.numbers.append(number)
                work.journals += 1
                if !isReversal { open.append(posting) }
            } catch is RolledBack {}
        }
        return work
    }

    @Test("A series goes on by one, whoever writes it, and two tenants or years have their own")
    func series() async throws {
        let world = try await LedgerWorld.shared()
        let (tenant, other) = (world.tenant(), world.tenant())
        let year = FinancialYear(of: CivilDate(known: "2025-10-01"))
        let series = try NumberSeries(prefix: "INV", year: year)
        let next = try NumberSeries(prefix: "INV", year: FinancialYear(of: CivilDate(known: "2026-04-01")))
        func draw(_ series: NumberSeries, _ tenant: LedgerTenant) async throws -> Int64 {
            try await world.connections.batch(tenant.scope) { $0.one(.drawNumber(of: series)) }
        }
        #expect(try await draw(series, tenant) == 1)
        #expect(try await draw(series, tenant) == 2)
        #expect(try await draw(series, other) == 1)
        #expect(try await draw(next, tenant) == 1)
        #expect(try await draw(NumberSeries(prefix: "CN", year: year), tenant) == 1)
        let refused: [SQL] = [
            "UPDATE document_series SET last_sequence = last_sequence + 2 WHERE tenant_id = current_tenant()",
            "UPDATE document_series SET last_sequence = last_sequence WHERE tenant_id = current_tenant()",
            "UPDATE document_series SET last_sequence = 1 WHERE tenant_id = current_tenant() AND last_sequence = 2",
            "UPDATE document_series SET prefix = 'X', last_sequence = last_sequence + 1 WHERE tenant_id = current_tenant()",
            "INSERT INTO document_series VALUES (current_tenant(), 'NEW', 2025, 7)",
        ]
        for statement in refused {
            for asAdministrator in [false, true] {
                #expect(
                    await refusal { () async throws(PostgresError) in try await tenant.run(statement, asAdministrator: asAdministrator) }
                        == "document_series_step")
            }
        }
        #expect(
            await refusal { () async throws(PostgresError) in try await tenant.run("DELETE FROM document_series") }
                == "insufficientPrivilege")
    }
}
