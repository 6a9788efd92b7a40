import BillingAPI
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

/// What the tables of payments refuse, whoever writes them.
@Suite("The tables of payments")
struct PaymentTableTests {
    private func refused(_ tenant: BillingTenant, _ statements: [SQL], asServer: Bool = false) async -> String? {
        await refusal { () throws(PostgresError) in
            try await (asServer ? tenant.world.connections : tenant.world.administration).batch(tenant.scope) { batch in
                for statement in statements { batch.enqueue(statement) }
            }
        }
    }

    @Test(
        "Every move of a payment that is not in the table is refused by the database as well",
        arguments: BillingServer.PaymentStatus.allCases)
    func transitions(from: BillingServer.PaymentStatus) async throws {
        let tenant = try await BillingTenant.selling()
        for to in BillingServer.PaymentStatus.allCases {
            let allowed: Bool = try await tenant.world.administration.batch(tenant.scope) {
                $0.one("SELECT payment_may_become(\(from), \(to))")
            }
            #expect(allowed == from.next.contains(to), "\(from) \(to)")
        }
        let customer = try await tenant.newCustomer()
        let payment = try await tenant.pay(100, from: customer)
        let id = try #require(RecordID(payment.id))
        guard from == .completed else { return }
        for to in BillingServer.PaymentStatus.allCases where to != from && !from.next.contains(to) {
            #expect(
                await refused(
                    tenant,
                    ["UPDATE payment SET status = \(to), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(id)"])
                    == "payment_transition", "\(to)")
        }
    }

    @Test("What came does not change, is not removed, and is the sum of its parts")
    func kept() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let invoice = try await tenant.issue(1, 60, to: customer)
        let payment = try await tenant.pay(100, from: customer)
        let id = try #require(RecordID(payment.id))
        let cases: [(SQL, String)] = [
            ("UPDATE payment SET amount = 200, unallocated = 140, version = version + 1 WHERE id = \(id)", "payment_immutable"),
            ("UPDATE payment SET note = 'other', version = version + 1 WHERE id = \(id)", "payment_immutable"),
            ("UPDATE payment SET end_reason = '' WHERE id = \(id)", "payment_version_follows"),
            ("UPDATE payment SET unallocated = 41, allocated = 59, version = version + 1 WHERE id = \(id)", "payment_sums"),
            ("UPDATE payment SET unallocated = 41, version = version + 1 WHERE id = \(id)", "payment_amounts"),
            ("DELETE FROM payment WHERE id = \(id)", "payment_append_only"),
            ("DELETE FROM payment_tender WHERE payment_id = \(id)", "payment_tender_append_only"),
            ("UPDATE payment_tender SET amount = 1 WHERE payment_id = \(id)", "payment_tender_append_only"),
            ("DELETE FROM payment_allocation WHERE payment_id = \(id)", "payment_allocation_append_only"),
            ("UPDATE payment_allocation SET amount = 1 WHERE payment_id = \(id)", "payment_allocation_released_once"),
            (
                "UPDATE payment_allocation SET released_by = journal_id, released_at = now() WHERE payment_id = \(id)",
                "payment_sums"
            ),
            (
                """
                INSERT INTO payment_tender (tenant_id, payment_id, number, method, amount) VALUES (current_tenant(), \(id), 2, 'cash', 1)
                """, "payment_sums"
            ),
            (
                """
                INSERT INTO payment (tenant_id, id, status, customer_id, currency, created_at, updated_at, created_by)
                VALUES (current_tenant(), gen_random_uuid(), 'void', \(customer), 'INR', now(), now(), 'ada')
                """, "payment_begins"
            ),
        ]
        for (statement, constraint) in cases {
            #expect(await refused(tenant, [statement]) == constraint, "\(statement)")
        }
        // An invoice that is paid without a payment, in the transaction of an allocation.
        #expect(
            await refused(
                tenant,
                [
                    "UPDATE payment SET unallocated = 30, allocated = 70, allocation_count = 2, version = version + 1 WHERE id = \(id)",
                    """
                    INSERT INTO payment_allocation (tenant_id, payment_id, number, invoice_id, amount, journal_id, allocated_at)
                    SELECT tenant_id, payment_id, 2, \(invoice), 10, journal_id, now() FROM payment_allocation WHERE payment_id = \(id)
                    """,
                ]) == "payment_allocation_sums")
        #expect(try await tenant.get(payment) == payment)
    }

    @Test("The role that serves cannot change what came, nor remove it")
    func grants() async throws {
        let tenant = try await BillingTenant.selling()
        try await tenant.pay(100, from: tenant.newCustomer())
        for statement: SQL in [
            "UPDATE payment SET customer_id = customer_id", "DELETE FROM payment", "UPDATE payment_tender SET amount = 1",
            "UPDATE refund SET amount = 1", "UPDATE payment_allocation SET amount = 1", "UPDATE payment_receipt SET amount = 1",
        ] {
            #expect(await refused(tenant, [statement], asServer: true) == "insufficientPrivilege", "\(statement)")
        }
    }

    @Test("A hold is captured before its end and expires at it, and a receipt has one payment at a time, whoever writes")
    func holdsAndReceipts() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let id = tenant.world.office.clock.newID()
        try await tenant.run(
            """
            INSERT INTO payment (
                tenant_id, id, status, customer_id, currency, held, held_method, held_until, created_at, updated_at, created_by
            ) VALUES (
                current_tenant(), \(id), 'pending', \(customer), 'INR', 100, 'upi', now() + interval '1 day', now(), now(), 'ada')
            """)
        #expect(
            await refused(tenant, ["UPDATE payment SET status = 'expired', version = version + 1 WHERE id = \(id)"]) == "payment_hold_end")
        #expect(
            await refused(
                tenant,
                [
                    """
                    UPDATE payment SET status = 'completed', version = version + 1, amount = 100, unallocated = 100, series = 'RCP',
                        start_year = 2026, sequence = 1, number = 'RCP2627/000001', paid_on = '2026-11-01',
                        updated_at = now() + interval '2 days' WHERE id = \(id)
                    """
                ]) == "payment_hold_end")
        let told = try await tenant.payments.recordReceipt(
            .with {
                ($0.provider, $0.eventID, $0.method) = ("razorpay", "1", .upi)
                $0.amount = BillingAPI.Money(100, .inr)
            }, tenant.options(key: BillingTenant.newKey()))
        let receipt = try #require(RecordID(told.receipt?.id ?? ""))
        for (statement, constraint) in [
            ("UPDATE payment_receipt SET status = 'reversed', version = version + 1 WHERE id = \(receipt)", "payment_receipt_transition"),
            (
                "UPDATE payment_receipt SET status = 'matched', version = version + 1, amount = 1 WHERE id = \(receipt)",
                "payment_receipt_immutable"
            ),
            (
                """
                INSERT INTO payment_receipt (
                    tenant_id, id, provider, event_id, method, currency, amount, received_on, journal_id, created_at, updated_at, created_by
                ) SELECT tenant_id, gen_random_uuid(), provider, event_id, method, currency, amount, received_on, journal_id, now(), now(), 'ada'
                FROM payment_receipt WHERE id = \(receipt)
                """, "payment_receipt_event"
            ),
        ] as [(SQL, String)] {
            #expect(await refused(tenant, [statement]) == constraint)
        }
    }
}
