import TestSupport
import Testing

@testable import BillingServer

@Suite("Payments and what they pay")
struct CustomerAccountTests {
    private func id(_ number: Int) -> RecordID { RecordID(number: number) }

    private func open(_ number: Int, due: String, _ outstanding: Int64) -> OpenInvoice {
        OpenInvoice(id: id(number), due: CivilDate(known: due), number: "INV2526/00000\(number)", outstanding: outstanding)
    }

    @Test("The invoice that is due first is paid first, of equal days the lower number; what is left is an advance")
    func oldestFirst() throws {
        let invoices = [open(3, due: "2025-10-01", 100), open(1, due: "2025-11-01", 100), open(2, due: "2025-10-01", 100)]
        let plan = try AllocationPlan(250, among: invoices, .oldestFirst)
        #expect(plan.allocations.map(\.invoice) == [id(2), id(3), id(1)])
        #expect(plan.allocations.map(\.amount) == [100, 100, 50])
        #expect(plan.remainder == 0)
        #expect(try AllocationPlan(301, among: invoices, .oldestFirst).remainder == 1)
        #expect(try AllocationPlan(.max, among: [], .oldestFirst).remainder == .max)
    }

    @Test("Explicit allocations are made as they are said, or not at all")
    func explicit() throws {
        let invoices = [open(1, due: "2025-10-01", 100), open(2, due: "2025-10-02", 100)]
        func plan(_ amount: Int64, _ wanted: [(Int, Int64)]) throws -> AllocationPlan {
            try AllocationPlan(amount, among: invoices, .explicit(wanted.map { Allocation(invoice: id($0.0), amount: $0.1) }))
        }
        #expect(try plan(150, [(2, 100), (1, 20)]).remainder == 30)
        #expect(throws: BillingError.overAllocation(id(1))) { try plan(150, [(1, 101)]) }
        #expect(throws: BillingError.overAllocation(id(2))) { try plan(150, [(1, 100), (2, 51)]) }
        #expect(throws: BillingError.invoiceNotOpen(id(3))) { try plan(150, [(3, 1)]) }
        #expect(throws: BillingError.invoiceRepeated(id(1))) { try plan(150, [(1, 1), (1, 1)]) }
        #expect(throws: BillingError.amountNotPositive) { try plan(150, [(1, 0)]) }
        #expect(throws: BillingError.amountNotPositive) { try plan(0, []) }
    }

    @Test("A refused payment changes nothing")
    func refused() throws {
        var account = CustomerAccount()
        try account.issue(id(1), number: "A", due: Samples.day, total: 100)
        try account.pay(id(10), 30)
        let before = account
        #expect(throws: BillingError.self) { try account.pay(id(11), 100, .explicit([Allocation(invoice: id(1), amount: 71)])) }
        #expect(throws: BillingError.recordExists(id(10))) { try account.pay(id(10), 1) }
        #expect(throws: BillingError.recordExists(id(1))) { try account.issue(id(1), number: "A", due: Samples.day, total: 1) }
        #expect(throws: BillingError.paymentUnknown(id(12))) { try account.reverse(id(12)) }
        #expect(account == before)
    }

    @Test("A reversal takes back what was paid of its advance later, too, and no other payment's part")
    func reversalOfAdvance() throws {
        var account = CustomerAccount()
        try account.pay(id(10), 100)
        try account.pay(id(11), 50)
        try account.issue(id(1), number: "A", due: Samples.day, total: 120)
        #expect(account.balance == -30)
        let applied = try account.applyCredit()
        #expect(applied[id(10)] == [Allocation(invoice: id(1), amount: 100)])
        #expect(applied[id(11)] == [Allocation(invoice: id(1), amount: 20)])
        try account.reverse(id(10))
        #expect(account.invoices[id(1)]?.outstanding == 100)
        #expect(account.payments[id(11)]?.remainder == 30)
        #expect(account.balance == 70)
    }

    @Test("Any prefix of payments reversed from the end restores the exact state before it; all reversed in any order, the invoices alone")
    func prefixes() throws {
        let seed = Soak.seed(7_004)
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            var account = CustomerAccount()
            for number in 1...Int.random(in: 1...8, using: &random) {
                let due = CivilDate(known: "2025-10-01").adding(days: Int.random(in: 0...3, using: &random)) ?? Samples.day
                try account.issue(
                    id(number), number: "INV2526/00000\(number)", due: due, total: Int64.random(in: 0...1_000, using: &random))
            }
            let unpaid = account
            var states = [account]
            let count = Int.random(in: 1...10, using: &random)
            for number in 1...count {
                try account.pay(id(100 + number), Int64.random(in: 1...800, using: &random))
                states.append(account)
                Self.check(account, seed)
            }
            let paid = account
            while states.count > 1 {
                states.removeLast()
                try account.reverse(id(100 + states.count))
                #expect(account == states.last, "seed \(seed)")
            }
            account = paid
            try account.issue(id(50), number: "INV2526/000050", due: Samples.day, total: 500)
            _ = try account.applyCredit()
            Self.check(account, seed)
            for number in Array(1...count).shuffled(using: &random) {
                try account.reverse(id(100 + number))
                Self.check(account, seed)
            }
            #expect(account.invoices.filter { $0.key != id(50) } == unpaid.invoices, "seed \(seed)")
            #expect(account.payments.isEmpty && account.invoices[id(50)]?.paid == 0, "seed \(seed)")
        }
    }

    /// What is paid of each invoice is what payments pay of it, never more than its total; each payment is spent or an advance.
    private static func check(_ account: CustomerAccount, _ seed: UInt64) {
        var paid: [RecordID: Int64] = [:]
        for payment in account.payments.values {
            for allocation in payment.allocations { paid[allocation.invoice, default: 0] += allocation.amount }
            #expect(payment.allocations.reduce(payment.remainder) { $0 + $1.amount } == payment.amount, "seed \(seed)")
        }
        for (id, invoice) in account.invoices {
            #expect(invoice.paid == paid[id] ?? 0, "seed \(seed)")
            #expect((0...invoice.total).contains(invoice.paid), "seed \(seed)")
        }
        let owed = account.invoices.values.reduce(Int128(0)) { $0 + Int128($1.total) }
        #expect(account.balance == owed - account.payments.values.reduce(Int128(0)) { $0 + Int128($1.amount) }, "seed \(seed)")
    }

    @Test("Every move of a payment that is not in the table is refused")
    func statuses() throws {
        let legal: [PaymentStatus: Set<PaymentStatus>] = [
            .pending: [.completed, .failed, .expired, .void], .completed: [.partiallyRefunded, .refunded, .reversed],
            .partiallyRefunded: [.refunded],
        ]
        for from in PaymentStatus.allCases {
            for to in PaymentStatus.allCases {
                if legal[from]?.contains(to) == true {
                    #expect(try from.becoming(to) == to)
                } else {
                    #expect(throws: BillingError.self) { try from.becoming(to) }
                }
            }
        }
    }
}
