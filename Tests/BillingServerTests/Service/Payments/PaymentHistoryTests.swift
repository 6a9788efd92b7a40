import BillingAPI
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// Random histories of one customer, in the service and in ``CustomerAccount``, which knows nothing of databases.
@Suite("Histories of payments")
struct PaymentHistoryTests {
    @Test("BIL-5 · Any payments reversed from the last one on restore the exact state before each, in documents and in the ledger")
    func prefixes() async throws {
        var random = SeededRandom(seed: Soak.seed(7_104))
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        for number in 1...12 {
            try await tenant.issue(number, Int64.random(in: 1...1_000, using: &random), to: customer, due: Self.due(&random))
        }
        var states = [try await tenant.moneyState(withReversed: false)]
        var payments: [BillingAPI.Payment] = []
        for _ in 0..<15 {
            payments.append(try await tenant.pay(Int64.random(in: 1...900, using: &random), from: customer))
            states.append(try await tenant.moneyState(withReversed: false))
        }
        while let payment = payments.popLast() {
            states.removeLast()
            let reversed = try await tenant.reverse(payment)
            #expect(reversed.status == .reversed)
            #expect(reversed.allocations.allSatisfy { $0.releasedAt != nil })
            #expect(try await tenant.moneyState(withReversed: false) == states.last, "seed \(Soak.seed(7_104))")
        }
        #expect(try await tenant.isSound())
    }

    @Test("BIL-5 · Hundreds of operations leave what the pure account has: what each payment pays, in which order, and what is left of it")
    func oracle() async throws {
        let seed = Soak.seed(7_105)
        var random = SeededRandom(seed: seed)
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        var history = History(tenant: tenant, customer: customer)
        for step in 0..<Self.steps {
            try await history.step(&random)
            if step % 10 == 0 { try await history.check("seed \(seed) step \(step)") }
        }
        try await history.check("seed \(seed)")
        #expect(try await tenant.isSound(), "seed \(seed)")
        // And all of them reversed, in any order, leave the invoices alone.
        for payment in history.payments.shuffled(using: &random) {
            try await tenant.reverse(payment)
            let id = try #require(RecordID(payment.id))
            try history.account.reverse(id)
        }
        history.payments = []
        try await history.check("seed \(seed) reversed")
        #expect(history.account.invoices.values.allSatisfy { $0.paid == 0 })
        for code in [AccountCode.cash, .upiClearing, .bank, .cardClearing] { #expect(try await tenant.balance(of: code) == 0) }
        #expect(try await tenant.balance(of: .customerAdvances, customer) == 0)
        #expect(try await tenant.isSound(), "seed \(seed)")
    }

    private static let steps = Soak.isOn ? 2_000 : 300

    private static func due(_ random: inout SeededRandom) -> String {
        "2026-\(Int.random(in: 10...12, using: &random))-\(Int.random(in: 10...12, using: &random))"
    }

    private struct History {
        let tenant: BillingTenant
        let customer: RecordID
        var account = CustomerAccount()
        var payments: [BillingAPI.Payment] = []

        mutating func step(_ random: inout SeededRandom) async throws {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...2:
                let number = account.invoices.count + 1
                let total = Int64.random(in: 1...1_000, using: &random)
                let due = PaymentHistoryTests.due(&random)
                let id = try await tenant.issue(number, total, to: customer, due: due)
                let text = "INV2627/\(String(repeating: "0", count: 6 - "\(number)".count))\(number)"
                try account.issue(id, number: text, due: CivilDate(known: due), total: total)
            case 3...5:
                try await pay(Int64.random(in: 1...1_500, using: &random), nil)
            case 6:
                let open = account.invoices.filter { $0.value.outstanding > 0 }.sorted { $0.key < $1.key }.shuffled(using: &random).prefix(
                    3)
                let parts = open.map { ($0.key, Int64.random(in: 1...$0.value.outstanding, using: &random)) }
                try await pay(parts.reduce(Int64.random(in: 1...100, using: &random)) { $0 + $1.1 }, parts)
            case 7:
                try await tenant.applyCredit(of: customer)
                _ = try account.applyCredit()
            default:
                guard let index = payments.indices.randomElement(using: &random) else { return }
                let payment = payments.remove(at: index)
                try await tenant.reverse(payment, Bool.random(using: &random) ? .bounced : .mistake)
                let id = try #require(RecordID(payment.id))
                try account.reverse(id)
            }
        }

        private mutating func pay(_ amount: Int64, _ parts: [(RecordID, Int64)]?) async throws {
            let strategy: BillingServer.AllocationStrategy =
                parts.map { .explicit($0.map { Allocation(invoice: $0.0, amount: $0.1) }) } ?? .oldestFirst
            let payment =
                if let parts { try await tenant.payExplicitly(amount, from: customer, parts) } else {
                    try await tenant.pay(amount, from: customer)
                }
            let id = try #require(RecordID(payment.id))
            let plan = try account.pay(id, amount, strategy)
            #expect(payment.unallocated?.minorUnits == plan.remainder)
            payments.append(payment)
        }

        func check(_ comment: Comment) async throws {
            for payment in payments {
                let now = try await tenant.get(payment)
                let id = try #require(RecordID(payment.id))
                let known = try #require(account.payments[id])
                let live = now.allocations.filter { $0.releasedAt == nil }
                #expect(live.map(\.invoiceID) == known.allocations.map(\.invoice.description), comment)
                #expect(live.map(\.amount?.minorUnits) == known.allocations.map(\.amount), comment)
                #expect(now.unallocated?.minorUnits == known.remainder, comment)
            }
            for (id, invoice) in account.invoices {
                let status = try InvoiceStatus.settled(total: invoice.total, paid: invoice.paid)
                #expect(try await tenant.invoice(id) == "\(status.rawValue) \(invoice.paid)", comment)
            }
            let owed = try await tenant.balance(of: .receivable, customer) + tenant.balance(of: .customerAdvances, customer)
            #expect(Int128(owed) == account.balance, comment)
        }
    }
}
