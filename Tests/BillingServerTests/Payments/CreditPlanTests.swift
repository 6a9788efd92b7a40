import TestSupport
import Testing

@testable import BillingServer

@Suite("Which advances pay which invoices")
struct CreditPlanTests {
    private func id(_ number: Int) -> RecordID { RecordID(number: number) }

    private func open(_ number: Int, _ outstanding: Int64) -> OpenInvoice {
        OpenInvoice(id: id(number), due: Samples.day, number: "INV2526/00000\(number)", outstanding: outstanding)
    }

    @Test("It is what the account of a customer does, whatever came before")
    func oracle() throws {
        let seed = Soak.seed(7_106)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var account = CustomerAccount()
            var advances: [Advance] = []
            for number in 1...Int.random(in: 1...6, using: &random) {
                let amount = Int64.random(in: 1...300, using: &random)
                try account.pay(id(100 + number), amount)
                advances.append(Advance(payment: id(100 + number), remainder: amount))
            }
            var invoices: [OpenInvoice] = []
            for number in 1...Int.random(in: 1...6, using: &random) {
                let total = Int64.random(in: 1...300, using: &random)
                try account.issue(id(number), number: "INV2526/00000\(number)", due: Samples.day, total: total)
                invoices.append(open(number, total))
            }
            let plan = try CreditPlan(advances, among: invoices)
            let applied = try account.applyCredit()
            #expect(Dictionary(uniqueKeysWithValues: plan.shares.map { ($0.payment, $0.allocations) }) == applied, "seed \(seed)")
        }
    }

    @Test("A payment that keeps no more allocations leaves its advance alone, and the next one is used")
    func room() throws {
        let advances = [Advance(payment: id(101), remainder: 100, room: 1), Advance(payment: id(102), remainder: 100)]
        let plan = try CreditPlan(advances, among: [open(1, 50), open(2, 50)])
        #expect(plan.shares.map(\.payment) == [id(101), id(102)])
        #expect(plan.shares.map { $0.allocations.map(\.invoice) } == [[id(1)], [id(2)]])
        #expect(plan.total == 100)
    }

    @Test("A payment's parts are always the whole of it")
    func balance() throws {
        var balance = try PaymentBalance(AllocationPlan(100, among: [open(1, 60)], .oldestFirst))
        #expect((balance.allocated, balance.unallocated) == (60, 40))
        #expect(throws: BillingError.advanceTooSmall) { try balance.allocate(41) }
        try balance.allocate(10)
        #expect(throws: BillingError.amountOutOfRange) { try balance.release(71) }
        try balance.release(20)
        #expect(throws: BillingError.advanceTooSmall) { try balance.refund(51) }
        #expect(try balance.refund(10) == .partiallyRefunded)
        #expect((balance.allocated, balance.unallocated, balance.refunded) == (50, 40, 10))
        try balance.release(50)
        #expect(try balance.refund(90) == .refunded)
        #expect(throws: BillingError.amountNotPositive) { try balance.refund(0) }
    }
}
