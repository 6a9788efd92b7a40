import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@testable import BillingServer

struct CustomerStatementTests {
    /// What was posted to a customer's account, as the tests remember it.
    private struct Entry {
        let day: CivilDate
        let owed: Int64
        let advance: Int64
    }

    @Test("a statement opens with what was owed before, goes through each entry by day, and closes with their sum")
    func course() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        try await tenant.post(asha.id, owed: 1_000, on: "2025-09-30")
        try await tenant.post(asha.id, owed: 500, on: "2025-10-02")
        try await tenant.post(asha.id, owed: -800, advance: 100, on: "2025-10-01", kind: .payment)
        try await tenant.post(asha.id, owed: 7, on: "2025-10-01", .usd)
        try await tenant.post(asha.id, owed: 1, on: "2025-11-01")
        let parts = try await tenant.statement(asha.id, from: "2025-10-01", to: "2025-10-31")
        guard case .opening(let opening)? = parts.first, case .closing(let closing)? = parts.last else {
            Issue.record("\(parts)")
            return
        }
        #expect(opening.balance?.minorUnits == 1_000)
        let entries = parts.compactMap { part in if case .entry(let entry) = part { entry } else { nil } }
        #expect(entries.count == parts.count - 2)
        #expect(
            entries.map { "\($0.effectiveOn) \($0.documentKind) \($0.account) \($0.debit?.minorUnits ?? 0) \($0.credit?.minorUnits ?? 0)" }
                == [
                    "2025-10-01 payment 1100 0 800", "2025-10-01 payment 2200 0 100", "2025-10-02 invoice 1100 500 0",
                ])
        #expect(entries.map { $0.balance?.minorUnits ?? 0 } == [200, 100, 600])
        #expect((closing.balance?.minorUnits, closing.debits?.minorUnits, closing.credits?.minorUnits) == (600, 500, 900))
        #expect(closing.entryCount == 3)
        let dollars = try await tenant.statement(asha.id, from: "2025-10-01", to: "2025-10-31", in: "USD")
        #expect(dollars.count == 3)
        // Somebody without any entries has a statement as well.
        let nobody = try await tenant.customer("Nobody")
        #expect(try await tenant.statement(nobody.id, from: "2025-10-01", to: "2025-10-31").count == 2)
    }

    @Test("days that are none, the wrong way round, or more than a year are refused")
    func refused() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        func refused(_ from: String, _ to: String, _ currency: String = "") async -> RPCError? {
            await refusal { try await tenant.statement(asha.id, from: from, to: to, in: currency) }
        }
        let wide = await refused("2024-01-01", "2025-01-01")
        #expect((wide?.code, wide?.reason) == (.outOfRange, "DATE_RANGE_TOO_WIDE"))
        #expect(wide?.violatedFields == ["to"])
        #expect(await refused("2024-01-01", "2024-12-31") == nil)
        #expect(await refused("2025-02-30", "2025-03-01")?.violatedFields == ["from"])
        #expect(await refused("2025-03-02", "2025-03-01")?.violatedFields == ["to"])
        #expect(await refused("", "2025-03-01")?.violatedFields == ["from"])
        #expect(await refused("2025-03-01", "2025-03-02", "XXX")?.violatedFields == ["currency_code"])
    }

    @Test("of random histories with mergers, every statement is the ledger's sum, and the balance of any day is what a replay has")
    func replay() async throws {
        let seed = Soak.seed(7_302)
        var random = SeededRandom(seed: seed)
        let tenant = try await BillingWorld.shared().tenant()
        let first = CivilDate(known: "2024-12-25")
        for _ in 0..<(Soak.isOn ? 20 : 2) {
            var people: [(customer: BillingAPI.Customer, entries: [Entry])] = []
            for number in 0..<3 { people.append((try await tenant.customer("Person \(number)"), [])) }
            // More entries than a page has, for somebody.
            for _ in 0..<60 {
                let person = Int.random(in: 0..<people.count, using: &random)
                let day = try #require(first.adding(days: Int.random(in: 0..<30, using: &random)))
                let entry = Entry(
                    day: day, owed: Int64.random(in: -500...1_000, using: &random), advance: Int64.random(in: -50...100, using: &random))
                guard entry.owed != 0 || entry.advance != 0 else { continue }
                try await tenant.post(people[person].customer.id, owed: entry.owed, advance: entry.advance, on: day.description)
                people[person].entries.append(entry)
                if people.count > 1, Int.random(in: 0..<25, using: &random) == 0 {
                    let merged = people.remove(at: Int.random(in: 0..<people.count, using: &random))
                    let into = Int.random(in: 0..<people.count, using: &random)
                    try await tenant.merge(merged.customer, into: people[into].customer)
                    people[into].entries += merged.entries
                }
            }
            for (customer, entries) in people {
                for _ in 0..<6 {
                    let from = try #require(first.adding(days: Int.random(in: -2..<32, using: &random)))
                    let to = try #require(from.adding(days: Int.random(in: 0..<20, using: &random)))
                    let parts = try await tenant.statement(customer.id, from: from.description, to: to.description)
                    let before = entries.filter { $0.day < from }.reduce(Int64(0)) { $0 + $1.owed - $1.advance }
                    let after = entries.filter { $0.day <= to }.reduce(Int64(0)) { $0 + $1.owed - $1.advance }
                    guard case .opening(let opening)? = parts.first, case .closing(let closing)? = parts.last else {
                        Issue.record("seed \(seed)")
                        continue
                    }
                    #expect(opening.balance?.minorUnits == before, "seed \(seed)")
                    #expect(closing.balance?.minorUnits == after, "seed \(seed)")
                    let balance = try await tenant.balance(customer.id, asOf: to.description)
                    #expect(balance.owed == entries.filter { $0.day <= to }.reduce(0) { $0 + $1.owed }, "seed \(seed)")
                    #expect(balance.advance == entries.filter { $0.day <= to }.reduce(0) { $0 + $1.advance }, "seed \(seed)")
                }
            }
        }
    }

    @Test("a statement longer than a page has every entry once, in order")
    func pages() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        let customer = try #require(RecordID(asha.id))
        let count = Limits.statementPage * 2 + 1
        try await tenant.world.connections.batch(tenant.scope) { batch in
            for number in 0..<count {
                guard
                    let journal = try? Journal([
                        JournalLine(.debit, Account(.receivable, of: customer), Money(minorUnits: 1, .inr)),
                        JournalLine(.credit, Account(.sales), Money(minorUnits: 1, .inr)),
                    ]), let day = CivilDate(known: "2025-10-01").adding(days: number % 7)
                else { continue }
                batch.enqueue(
                    .postJournal(
                        Posting(
                            id: LedgerTenant.newID(), journal: journal, effectiveOn: day,
                            document: .init(kind: .invoice, id: LedgerTenant.newID()), postedBy: "tester/ada")))
            }
        }
        let parts = try await tenant.statement(asha.id, from: "2025-10-01", to: "2025-10-31")
        let entries = parts.compactMap { part in if case .entry(let entry) = part { entry } else { nil } }
        #expect(entries.count == count)
        #expect(Set(entries.map(\.journalID)).count == count)
        #expect(entries.map(\.effectiveOn) == entries.map(\.effectiveOn).sorted())
        #expect(entries.map { $0.balance?.minorUnits ?? 0 } == (1...count).map { Int64($0) })
    }
}
