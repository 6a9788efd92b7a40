import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Payments that are recorded")
struct RecordPaymentTests {
    @Test("A payment pays the invoice that is due first, then the next; what is left is an advance, and no receivable is negative")
    func oldestFirst() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let late = try await tenant.issue(1, 100_00, to: customer, due: "2026-12-31")
        let early = try await tenant.issue(2, 50_00, to: customer, due: "2026-10-31")
        let payment = try await tenant.pay(60_00, from: customer)
        #expect(payment.number == "RCP2627/000001")
        #expect(payment.status == .completed)
        #expect(payment.allocations.map(\.invoiceID) == [early.description, late.description])
        #expect(payment.allocations.map(\.amount?.minorUnits) == [50_00, 10_00])
        #expect(payment.unallocated?.minorUnits == 0)
        #expect(try await tenant.invoice(early) == "paid 5000")
        #expect(try await tenant.invoice(late) == "partial 1000")
        let over = try await tenant.pay(100_00, from: customer)
        #expect(over.allocated?.minorUnits == 90_00)
        #expect(over.unallocated?.minorUnits == 10_00)
        #expect(try await tenant.balance(of: .receivable, customer) == 0)
        #expect(try await tenant.balance(of: .customerAdvances, customer) == -10_00)
        #expect(try await tenant.balance(of: .cash) == 160_00)
        #expect(try await tenant.get(payment) == payment)
        #expect(try await tenant.isSound())
    }

    @Test("A mixed payment posts each tender to its account, and its tenders add up to it")
    func mixed() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let parts: [(BillingAPI.PaymentMethod, Int64)] = [(.cash, 10), (.upi, 20), (.card, 30), (.bank, 40)]
        func pay(_ amount: Int64) async throws -> BillingAPI.Payment {
            try await tenant.pay(amount, from: customer) {
                $0.tenders = parts.map { part in
                    .with { ($0.method, $0.amount, $0.reference) = (part.0, BillingAPI.Money(part.1, .inr), "ref \(part.1)") }
                }
            }
        }
        let payment = try await pay(100)
        #expect(payment.tenders.map(\.reference) == ["ref 10", "ref 20", "ref 30", "ref 40"])
        #expect(try await tenant.balance(of: .cash) == 10)
        #expect(try await tenant.balance(of: .upiClearing) == 20)
        #expect(try await tenant.balance(of: .cardClearing) == 30)
        #expect(try await tenant.balance(of: .bank) == 40)
        let before = try await tenant.rowCounts()
        #expect(await refusal { try await pay(99) }?.violatedFields == ["tenders"])
        #expect(try await tenant.rowCounts() == before)
    }

    @Test("A repetition gets the first reply byte for byte and pays nothing again; another request under the key is refused")
    func replay() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        try await tenant.issue(1, 100, to: customer)
        let key = BillingTenant.newKey()
        let request = tenant.request(150, from: customer)
        let first = try await tenant.payments.recordPayment(request, tenant.options(key: key))
        let state = try await tenant.moneyState()
        let second = try await tenant.payments.recordPayment(request, tenant.options(key: key))
        #expect(first.encoded(deterministic: true) == second.encoded(deterministic: true))
        #expect(try await tenant.moneyState() == state)
        let other = tenant.request(151, from: customer)
        #expect(
            await refusal { try await tenant.payments.recordPayment(other, tenant.options(key: key)) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(
            await refusal { try await tenant.payments.recordPayment(other, tenant.options()) }?.reason == "IDEMPOTENCY_KEY_MISSING")
        #expect(try await tenant.moneyState() == state)
    }

    /// What is wrong with a request, and what the caller hears of it.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let name: String
        let reason: String
        var fields: [String] = []
        let change: @Sendable (inout RecordPaymentRequest, Facts) -> Void
        var testDescription: String { name }
    }

    struct Facts: Sendable {
        let mine: RecordID
        let paid: RecordID
        let foreignCurrency: RecordID
        let anotherCustomers: RecordID
        let anotherTenants: RecordID
        let strangeCustomer: RecordID
        let mergedCustomer: RecordID
    }

    private static func explicit(_ request: inout RecordPaymentRequest, _ shares: [(RecordID, Int64)], _ currency: Currency = .inr) {
        request.strategy = .explicit
        request.shares = shares.map { share in
            .with { ($0.invoiceID, $0.amount) = (share.0.description, BillingAPI.Money(share.1, currency)) }
        }
    }

    static let wrong: [Wrong] = [
        Wrong(name: "more than is open of the invoice", reason: "OVER_ALLOCATION") { explicit(&$0, [($1.mine, 101)]) },
        Wrong(name: "more than the payment", reason: "OVER_ALLOCATION") {
            $0.amount?.minorUnits = 50
            $0.tenders[0].amount?.minorUnits = 50
            explicit(&$0, [($1.mine, 51)])
        },
        Wrong(name: "an invoice that is paid", reason: "PRECONDITION_FAILED") { explicit(&$0, [($1.paid, 1)]) },
        Wrong(name: "an invoice twice", reason: "FIELD_VIOLATION", fields: ["shares[1].invoice_id"]) {
            explicit(&$0, [($1.mine, 1), ($1.mine, 1)])
        },
        Wrong(name: "another customer's invoice", reason: "PRECONDITION_FAILED") { explicit(&$0, [($1.anotherCustomers, 1)]) },
        Wrong(name: "another tenant's invoice", reason: "PRECONDITION_FAILED") { explicit(&$0, [($1.anotherTenants, 1)]) },
        Wrong(name: "an invoice in another currency", reason: "CURRENCY_MISMATCH") { explicit(&$0, [($1.foreignCurrency, 1)]) },
        Wrong(name: "a share in another currency", reason: "CURRENCY_MISMATCH") { explicit(&$0, [($1.mine, 1)], .usd) },
        Wrong(name: "a tender in another currency", reason: "CURRENCY_MISMATCH") { request, _ in
            request.tenders[0].amount?.currencyCode = "USD"
        },
        Wrong(name: "a currency that is none", reason: "FIELD_VIOLATION", fields: ["amount.currency_code"]) { request, _ in
            request.amount?.currencyCode = "XXQ"
        },
        Wrong(name: "nothing", reason: "FIELD_VIOLATION", fields: ["amount.minor_units", "tenders[0].amount.minor_units"]) { request, _ in
            request.amount?.minorUnits = 0
            request.tenders[0].amount?.minorUnits = 0
        },
        Wrong(name: "less than nothing", reason: "FIELD_VIOLATION", fields: ["amount.minor_units"]) { request, _ in
            request.amount?.minorUnits = -100
        },
        Wrong(
            name: "tenders that no amount is", reason: "FIELD_VIOLATION", fields: ["amount.minor_units", "tenders[1].amount.minor_units"]
        ) {
            request, _ in
            let tender = { (amount: Int64) in BillingAPI.Tender.with { ($0.method, $0.amount) = (.cash, BillingAPI.Money(amount, .inr)) } }
            request.tenders = [tender(Limits.amount), tender(Limits.amount + 1)]
            request.amount?.minorUnits = .max
        },
        Wrong(name: "shares without EXPLICIT", reason: "FIELD_VIOLATION", fields: ["shares"]) {
            explicit(&$0, [($1.mine, 1)])
            $0.strategy = .oldestFirst
        },
        Wrong(name: "a day that there is not", reason: "FIELD_VIOLATION", fields: ["paid_on"]) { request, _ in request.paidOn = "2026-02-30"
        },
        Wrong(name: "a day in the future", reason: "FIELD_VIOLATION", fields: ["paid_on"]) { request, _ in request.paidOn = "9999-01-01" },
        Wrong(name: "a customer of another tenant", reason: "RESOURCE_NOT_FOUND") { $0.customerID = $1.strangeCustomer.description },
        Wrong(name: "a customer who was merged", reason: "PRECONDITION_FAILED") { $0.customerID = $1.mergedCustomer.description },
        Wrong(name: "a closed month", reason: "PERIOD_LOCKED") { request, _ in request.paidOn = "2020-01-15" },
    ]

    @Test("BIL-5 · A payment that cannot be is refused with its reason, and nothing of it is posted", arguments: wrong)
    func refused(_ wrong: Wrong) async throws {
        let tenant = try await BillingTenant.selling()
        let other = try await BillingTenant.selling()
        let (customer, another, strange) = (
            try await tenant.newCustomer(), try await tenant.newCustomer(), try await other.newCustomer()
        )
        let facts = Facts(
            mine: try await tenant.issue(1, 100, to: customer), paid: try await tenant.issue(2, 10, to: customer, due: "2026-01-01"),
            foreignCurrency: try await tenant.issue(3, 100, to: customer, in: .usd),
            anotherCustomers: try await tenant.issue(4, 100, to: another), anotherTenants: try await other.issue(1, 100, to: strange),
            strangeCustomer: strange, mergedCustomer: try await tenant.newCustomer(mergedInto: customer))
        try await tenant.pay(10, from: customer)
        try await tenant.run(
            "INSERT INTO ledger_period (tenant_id, month, is_closed, closed_by) VALUES (current_tenant(), '2020-01-01', true, 'ada')")
        let before = (try await tenant.rowCounts(), try await tenant.moneyState())
        var request = tenant.request(200, from: customer)
        wrong.change(&request, facts)
        let error = await refusal { try await tenant.payments.recordPayment(request, tenant.options(key: BillingTenant.newKey())) }
        #expect(error?.reason == wrong.reason)
        #expect(error?.violatedFields ?? [] == wrong.fields)
        #expect(try await (tenant.rowCounts(), tenant.moneyState()) == before)
    }

    @Test("The largest payment and its reversal leave the accounts open to the next one")
    func largest() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        #expect(await refusal { try await tenant.pay(.max, from: customer) }?.violatedFields.first == "amount.minor_units")
        try await tenant.reverse(try await tenant.pay(Limits.amount, from: customer))
        try await tenant.pay(100, from: customer)
        #expect(try await tenant.balance(of: .cash) == 100)
        #expect(try await tenant.isSound())
    }

    @Test("Without a seller nobody knows what day it is, and nothing is recorded")
    func sellerMissing() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let customer = try await tenant.newCustomer()
        #expect(await refusal { try await tenant.pay(1, from: customer) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await tenant.count("SELECT count(*) FROM payment WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("Who stands for a merged customer pays its old invoices, off its receivable")
    func merged() async throws {
        let tenant = try await BillingTenant.selling()
        let survivor = try await tenant.newCustomer()
        let merged = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 100, to: merged)
        try await tenant.run(
            "UPDATE customer SET merged_into = \(survivor), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(merged)")
        let payment = try await tenant.pay(150, from: survivor)
        #expect(try await tenant.invoice(invoice) == "paid 100")
        #expect(try await tenant.balance(of: .receivable, merged) == 0)
        #expect(try await tenant.balance(of: .receivable, survivor) == 0)
        #expect(try await tenant.balance(of: .customerAdvances, survivor) == -50)
        try await tenant.reverse(payment)
        #expect(try await tenant.balance(of: .receivable, merged) == 100)
        #expect(try await tenant.isSound())
    }

    @Test("BIL-4 · The largest amounts are exact: nothing is a float")
    func exact() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 999_999_999_999_999, to: customer)
        let payment = try await tenant.pay(999_999_999_999_999, from: customer)
        #expect(payment.allocated?.minorUnits == 999_999_999_999_999)
        #expect(try await tenant.invoice(invoice) == "paid 999999999999999")
        // More than 2^53, and odd: no float of 64 bits is so much.
        for _ in 1...10 { try await tenant.pay(900_000_000_000_000, from: customer) }
        try await tenant.pay(2, from: customer)
        #expect(try await tenant.balance(of: .cash) == 9_999_999_999_999_999 + 2)
    }

    @Test("BIL-20 · Numbers are gapless, whatever was refused between; two tenants have their own")
    func numbers() async throws {
        let (one, two) = (try await BillingTenant.selling(), try await BillingTenant.selling())
        let (customer, other) = (try await one.newCustomer(), try await two.newCustomer())
        var numbers: [String] = []
        for amount in 1...5 {
            numbers.append(try await one.pay(Int64(amount), from: customer).number)
            _ = await refusal { try await one.payExplicitly(1, from: customer, [(customer, 1)]) }
        }
        #expect(numbers == (1...5).map { "RCP2627/00000\($0)" })
        #expect(try await two.pay(1, from: other).number == "RCP2627/000001")
    }
}
