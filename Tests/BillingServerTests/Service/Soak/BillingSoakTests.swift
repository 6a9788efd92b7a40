import BillingAPI
import Postgres
import Protobuf
import TestSupport
import Testing

@testable import BillingServer

/// Invoices and payments of a few tenants, by many at once, while statements and commits fail and callers go away. `make soak-billing` has a
/// hundred times as much; Benchmarks/README.md has a result.
@Suite("Random operations of invoices and payments")
struct BillingSoakTests {
    private static let operations = Soak.number("SWITCHBOARD_OPERATIONS") ?? (Soak.isOn ? 100_000 : 1_000)
    private static let workers = Soak.number("SWITCHBOARD_WORKERS") ?? 32

    @Test(
        "BIL-5 · 32 workers issue, credit, pay, cancel and take back while statements fail: the books, the documents and the taxes are exact"
    )
    func random() async throws {
        let seed = Soak.seed(5_018)
        let world = try await BillingWorld(TestCluster.shared())
        var tills: [Till] = []
        for _ in 0..<4 { tills.append(try await Till(world)) }
        let faults = Faults(world: world)
        try await faults.strike(8)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers {
                let till = tills[worker % tills.count]
                group.addTask {
                    var teller = Teller(till, seed: seed &+ UInt64(worker))
                    for _ in 0..<Self.operations / Self.workers { try await teller.step() }
                }
            }
            try await group.waitForAll()
        }
        try await faults.end()
        let all = tills.map(\.contents)
        if Soak.isOn { print(Self.summary(all, seed, ContinuousClock.now - start)) }
        for till in tills {
            let comment: Comment = "seed \(seed)"
            try await Self.demandDocuments(till, comment)
            try await till.desk.demandOrder(comment)
            try await till.desk.demandExactTaxes(comment)
            #expect(try await till.desk.tenant.isSound(), comment)
            let (accounts, days): ([WrongSumRow], [WrongSumRow]) = try await world.administration.batch(till.desk.tenant.scope) {
                ($0.all(.wrongAccounts), $0.all(.wrongDays))
            }
            #expect(accounts.isEmpty && days.isEmpty, comment)
            try await Self.demandPrefixes(till, seed, comment)
        }
        let deadlocks = try await world.deadlocks()
        if Soak.isOn { print("\(deadlocks) deadlocks") }
        #expect(deadlocks == 0, "seed \(seed)")
        #expect(all.allSatisfy { $0.differing == 0 }, "seed \(seed)")
        #expect(all.reduce(0) { $0 + $1.replayed } > 0 && all.reduce(0) { $0 + $1.repeated } > 0, "seed \(seed)")
        let done = all.reduce(0) { $0 + $1.done.values.reduce(0, +) }
        #expect(done > Self.operations / 3, "seed \(seed)")
        #expect(Till.Operation.allCases.allSatisfy { operation in all.contains { $0.done[operation] != nil } }, "seed \(seed)")
    }

    /// There is what succeeded, once, and nothing of what was rolled back.
    private static func demandDocuments(_ till: Till, _ comment: Comment) async throws {
        let done = till.contents.done
        func count(_ operations: Till.Operation...) -> Int { operations.reduce(0) { $0 + (done[$1] ?? 0) } }
        let tenant = till.desk.tenant
        for (statement, count) in [
            ("SELECT count(*) FROM invoice WHERE tenant_id = current_tenant()", count(.issue, .debit)),
            ("SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND status = 'cancelled'", count(.cancel)),
            ("SELECT count(*) FROM credit_note WHERE tenant_id = current_tenant()", count(.credit)),
            ("SELECT count(*) FROM credit_note WHERE tenant_id = current_tenant() AND status = 'cancelled'", count(.cancelNote)),
            ("SELECT count(*) FROM payment WHERE tenant_id = current_tenant()", count(.pay)),
            ("SELECT count(*) FROM payment WHERE tenant_id = current_tenant() AND status = 'reversed'", count(.reverse)),
            ("SELECT count(*) FROM refund WHERE tenant_id = current_tenant()", count(.refund)),
            ("SELECT count(*) FROM idempotency_key WHERE tenant_id = current_tenant()", done.values.reduce(0, +)),
        ] as [(SQL, Int)] {
            #expect(try await tenant.count(statement) == count, comment)
        }
    }

    /// More payments, taken back from the last one on, leave exactly what was before each.
    private static func demandPrefixes(_ till: Till, _ seed: UInt64, _ comment: Comment) async throws {
        let tenant = till.desk.tenant
        var (random, states, payments) = (SeededRandom(seed: seed), [try await tenant.moneyState(withReversed: false)], [String]())
        for _ in 0..<8 {
            let customer = till.customers.randomElement(using: &random) ?? till.desk.customer
            payments.append(try await tenant.pay(Int64.random(in: 1...900_000, using: &random), from: customer).id)
            states.append(try await tenant.moneyState(withReversed: false))
        }
        while let payment = payments.popLast() {
            states.removeLast()
            try await tenant.reverse(.with { $0.id = payment })
            #expect(try await tenant.moneyState(withReversed: false) == states.last, comment)
        }
    }

    private static func summary(_ all: [Till.Contents], _ seed: UInt64, _ time: Duration) -> String {
        func sum(_ number: (Till.Contents) -> Int) -> Int { all.reduce(0) { $0 + number($1) } }
        let kinds = Till.Operation.allCases.map { kind in "\(kind) \(sum { $0.done[kind] ?? 0 })" }.joined(separator: ", ")
        return """
            \(operations) operations by \(workers) workers in \(time.components.seconds) s, seed \(seed): \(kinds); refused \(sum(\.refused)), \
            failed and made again \(sum(\.repeated)), replayed \(sum(\.replayed)), with other bytes \(sum(\.differing))
            """
    }
}
