import BillingAPI
import Platform
import Postgres
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Many who pay at once")
struct PaymentContentionTests {
    @Test("Thirty-two who pay one customer's invoices at once pay each invoice once, and what is too much is an advance")
    func oneCustomer() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        for number in 1...20 { try await tenant.issue(number, 100, to: customer) }
        let payments = try await withThrowingTaskGroup(of: BillingAPI.Payment.self) { group in
            for _ in 0..<32 { group.addTask { try await tenant.pay(70, from: customer) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(payments.reduce(0) { $0 + ($1.allocated?.minorUnits ?? 0) } == 2_000)
        #expect(payments.reduce(0) { $0 + ($1.unallocated?.minorUnits ?? 0) } == 32 * 70 - 2_000)
        #expect(try await tenant.balance(of: .receivable, customer) == 0)
        #expect(try await tenant.count("SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND status = 'paid'") == 20)
        #expect(Set(payments.map(\.number)) == Set((1...32).map { "RCP2627/0000\($0 < 10 ? "0" : "")\($0)" }))
        #expect(try await tenant.isSound())
    }

    @Test("Payments, credits and reversals of several customers at once leave every account what its documents say")
    func everything() async throws {
        let tenant = try await BillingTenant.selling()
        var customers: [RecordID] = []
        for number in 1...4 {
            let customer = try await tenant.newCustomer()
            customers.append(customer)
            for index in 1...5 { try await tenant.issue(number * 10 + index, 100, to: customer) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                let customer = customers[worker % customers.count]
                group.addTask {
                    for step in 0..<4 {
                        let payment = try await tenant.pay(Int64(30 + 10 * step), from: customer)
                        if step % 2 == 0 { try await tenant.reverse(payment) }
                        try await tenant.applyCredit(of: customer)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await tenant.isSound())
        // Of each worker the second and the fourth payment stand.
        #expect(try await tenant.balance(of: .cash) == 16 * (40 + 60))
    }

    @Test("One key used by eight at once pays once")
    func oneKey() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let (key, request) = (BillingTenant.newKey(), tenant.request(70, from: customer))
        let reasons = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await refusal { try await tenant.payments.recordPayment(request, tenant.options(key: key)) }?.reason
                }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(reasons.subtracting([nil, "IDEMPOTENCY_IN_PROGRESS"]).isEmpty)
        #expect(try await tenant.balance(of: .cash) == 70)
    }
}
