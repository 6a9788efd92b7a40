import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import BillingServer

/// A world whose clock stands until a test moves it.
private struct HoldWorld: Sendable {
    let world: BillingWorld
    private let seconds: Shared

    private final class Shared: Sendable {
        let value = Mutex<Int64>(1_790_000_000)
    }

    init() async throws {
        let seconds = Shared()
        self.seconds = seconds
        let count = Ticks()
        world = try await BillingWorld(
            TestCluster.shared(),
            clock: BillingClock(
                unixNanoseconds: { seconds.value.withLock { $0 } * 1_000_000_000 + count.next() * 1_000 },
                random: { UInt64.random(in: 0 ... .max) }))
    }

    private final class Ticks: Sendable {
        private let value = Mutex<Int64>(0)

        func next() -> Int64 {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }

    func pass(_ seconds: Int64) { self.seconds.value.withLock { $0 += seconds } }

    var now: Int64 { seconds.value.withLock { $0 } }
}

@Suite("Money that is held")
struct HoldTests {
    private func authorize(
        _ amount: Int64, _ tenant: BillingTenant, _ customer: RecordID, until: Int64, _ method: BillingAPI.PaymentMethod = .upi
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await tenant.payments.authorizePayment(
            .with {
                ($0.customerID, $0.method, $0.reference) = (customer.description, method, "auth-1")
                $0.amount = BillingAPI.Money(amount, .inr)
                $0.expiresAt = .with { $0.seconds = until }
            }, tenant.options(key: BillingTenant.newKey()))
    }

    private func capture(
        _ payment: BillingAPI.Payment, _ tenant: BillingTenant, _ amount: Int64? = nil, in currency: Currency = .inr
    ) async throws(RPCError) -> BillingAPI.Payment {
        try await tenant.payments.capturePayment(
            .with {
                $0.id = payment.id
                if let amount { $0.amount = BillingAPI.Money(amount, currency) }
            }, tenant.options(key: BillingTenant.newKey()))
    }

    private func void(_ payment: BillingAPI.Payment, _ tenant: BillingTenant, failed: Bool = false) async throws(RPCError)
        -> BillingAPI.Payment
    {
        try await tenant.payments.voidPayment(
            .with { ($0.id, $0.isFailed, $0.reason) = (payment.id, failed, "changed their mind") }, tenant.options())
    }

    @Test("Held money posts nothing; captured, it pays invoices, and what is not captured is let go")
    func capture() async throws {
        let world = try await HoldWorld()
        let tenant = try await BillingTenant.selling(world.world)
        let customer = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 60, to: customer)
        let held = try await authorize(100, tenant, customer, until: world.now + 60)
        #expect(held.status == .pending)
        #expect(held.hold?.amount?.minorUnits == 100)
        #expect(held.number.isEmpty)
        #expect(try await tenant.balance(of: .upiClearing) == 0)
        #expect(await refusal { try await capture(held, tenant, 101) }?.reason == "OVER_ALLOCATION")
        #expect(await refusal { try await capture(held, tenant, 10, in: .usd) }?.reason == "CURRENCY_MISMATCH")
        #expect(await refusal { try await capture(held, tenant, 0) }?.violatedFields == ["amount.minor_units"])
        #expect(try await tenant.get(held) == held)
        let captured = try await capture(held, tenant, 80)
        #expect(captured.status == .completed)
        #expect(captured.amount?.minorUnits == 80)
        #expect(captured.unallocated?.minorUnits == 20)
        #expect(captured.tenders.map(\.reference) == ["auth-1"])
        #expect(try await tenant.invoice(invoice) == "paid 60")
        #expect(try await tenant.balance(of: .upiClearing) == 80)
        #expect(await refusal { try await capture(held, tenant) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await void(held, tenant) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.isSound())
    }

    @Test("A capture after the hold's end is refused though nobody has noted it, and notes it")
    func expiry() async throws {
        let world = try await HoldWorld()
        let tenant = try await BillingTenant.selling(world.world)
        let customer = try await tenant.newCustomer()
        let held = try await authorize(100, tenant, customer, until: world.now + 60)
        let other = try await authorize(100, tenant, customer, until: world.now + 61)
        world.pass(60)
        #expect(try await tenant.get(held).status == .expired)
        #expect(try await tenant.count("SELECT count(*) FROM payment WHERE status = 'expired' AND tenant_id = current_tenant()") == 0)
        #expect(try await list(tenant, .expired) == [held.id])
        #expect(try await list(tenant, .pending) == [other.id])
        let unnoted = try #require(await refusal { try await capture(held, tenant) })
        #expect(unnoted.reason == "PRECONDITION_FAILED" && unnoted.code == .failedPrecondition)
        #expect(unnoted.message.hasPrefix("The hold expired at 2026-09-21T14:14:20Z: "))
        #expect(try await tenant.count("SELECT count(*) FROM payment WHERE status = 'expired' AND tenant_id = current_tenant()") == 1)
        // Noted, it is told in the same words.
        for refused in [await refusal { try await capture(held, tenant) }, await refusal { try await void(held, tenant) }] {
            #expect(refused?.code == unnoted.code && refused?.reason == unnoted.reason && refused?.message == unnoted.message)
        }
        world.pass(1)
        #expect(await refusal { try await void(other, tenant) }?.reason == "PRECONDITION_FAILED")
        #expect(try await list(tenant, .expired) == [other.id, held.id])
        // Whoever authorizes for the customer notes what is over, too.
        _ = try await authorize(1, tenant, customer, until: world.now + 1)
        world.pass(1)
        _ = try await authorize(1, tenant, customer, until: world.now + 1)
        #expect(try await tenant.count("SELECT count(*) FROM payment WHERE status = 'expired' AND tenant_id = current_tenant()") == 3)
        #expect(try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant()") == 0)
    }

    private func list(_ tenant: BillingTenant, _ status: BillingAPI.PaymentStatus) async throws -> [String] {
        try await tenant.payments.listPayments(.with { $0.status = status }, tenant.options()).payments.map(\.id)
    }

    @Test("What is let go, or was refused, stays so")
    func void() async throws {
        let world = try await HoldWorld()
        let tenant = try await BillingTenant.selling(world.world)
        let customer = try await tenant.newCustomer()
        for (failed, status) in [(false, BillingAPI.PaymentStatus.void), (true, .failed)] {
            let held = try await authorize(100, tenant, customer, until: world.now + 60)
            let ended = try await void(held, tenant, failed: failed)
            #expect(ended.status == status)
            #expect(ended.endReason == "changed their mind")
            #expect(await refusal { try await void(held, tenant) }?.reason == "PRECONDITION_FAILED")
            #expect(await refusal { try await capture(held, tenant) }?.reason == "PRECONDITION_FAILED")
            #expect(await refusal { try await tenant.reverse(held) }?.reason == "PRECONDITION_FAILED")
            #expect(await refusal { try await tenant.refund(1, of: held) }?.reason == "PRECONDITION_FAILED")
            #expect(try await tenant.get(held) == ended)
        }
    }

    @Test("A hold ends in the future, at most thirty days from now, and is UPI's or a card's", arguments: [0, -1, 30 * 86_400 + 1])
    func ends(after seconds: Int64) async throws {
        let world = try await HoldWorld()
        let tenant = try await BillingTenant.selling(world.world)
        let customer = try await tenant.newCustomer()
        #expect(
            await refusal { try await authorize(100, tenant, customer, until: world.now + seconds) }?.violatedFields == ["expires_at"])
        #expect(await refusal { try await authorize(100, tenant, customer, until: world.now + 60, .cash) }?.violatedFields == ["method"])
        #expect(try await tenant.count("SELECT count(*) FROM payment WHERE tenant_id = current_tenant()") == 0)
    }
}
