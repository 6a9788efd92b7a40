import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@testable import BillingServer

@Suite("What is done and what is told of it")
struct OutboxFaultTests {
    /// A method that tells of what it does.
    struct Change: Sendable, CustomTestStringConvertible {
        let topic: String
        /// Makes what it needs, and says how it is called and what its event is about.
        let prepare: @Sendable (InvoiceDesk) async throws -> @Sendable (CallOptions) async throws -> String

        var testDescription: String { topic }

        static let all = [
            Change(topic: "InvoiceIssued") { desk in
                let request = IssueInvoiceRequest.with { $0.source = .invoice(desk.content()) }
                return { try await desk.invoices.issueInvoice(request, $0).id }
            },
            Change(topic: "InvoiceCancelled") { desk in
                let invoice = try await desk.issue()
                try await desk.tenant.pay(100, from: desk.customer)
                return { try await desk.invoices.cancelInvoice(.with { ($0.id, $0.reason) = (invoice.id, "a mistake") }, $0).id }
            },
            Change(topic: "CreditNoteIssued") { desk in
                let invoice = try await desk.issue()
                try await desk.tenant.pay(249_600, from: desk.customer)
                let request = IssueCreditNoteRequest.with { ($0.invoiceID, $0.reason) = (invoice.id, .goodsReturned) }
                return { try await desk.invoices.issueCreditNote(request, $0).id }
            },
            Change(topic: "CreditNoteCancelled") { desk in
                let note = try await desk.credit(desk.issue().id)
                return { try await desk.invoices.cancelCreditNote(.with { ($0.id, $0.reason) = (note.id, "a mistake") }, $0).id }
            },
            Change(topic: "PaymentCompleted") { desk in
                try await desk.issue()
                let request = desk.tenant.request(100, from: desk.customer)
                return { try await desk.tenant.payments.recordPayment(request, $0).id }
            },
            Change(topic: "CreditApplied") { desk in
                // More than what the invoices before it leave open.
                try await desk.tenant.pay(1_000_000, from: desk.customer)
                try await desk.issue()
                let request = ApplyCreditRequest.with { ($0.customerID, $0.currencyCode) = (desk.customer.description, "INR") }
                return {
                    _ = try await desk.tenant.payments.applyCredit(request, $0)
                    return desk.customer.description
                }
            },
            Change(topic: "PaymentRefunded") { desk in
                let payment = try await desk.tenant.pay(100, from: desk.customer)
                let request = RefundPaymentRequest.with {
                    ($0.id, $0.method, $0.reason, $0.amount) = (payment.id, .cash, "not wanted", BillingAPI.Money(60, .inr))
                }
                return { try await desk.tenant.payments.refundPayment(request, $0).id }
            },
            Change(topic: "PaymentReversed") { desk in
                try await desk.issue()
                let payment = try await desk.tenant.pay(100, from: desk.customer)
                let request = ReversePaymentRequest.with { ($0.id, $0.cause, $0.reason) = (payment.id, .bounced, "it bounced") }
                return { try await desk.tenant.payments.reversePayment(request, $0).id }
            },
        ]
    }

    /// Between what is done and what is told, behind both, and at the commit of both.
    private static let faults: [(place: String, trigger: SQL)] = [
        ("before it is told", "CREATE TRIGGER fault BEFORE INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION fault()"),
        ("behind what is told", "CREATE TRIGGER fault AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION fault()"),
        (
            "at the commit",
            "CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault()"
        ),
    ]

    @Test(
        "BIL-17 · what fails between a change and its event, or behind both, leaves neither; made again under its key it leaves both, once",
        arguments: Change.all)
    func faults(_ change: Change) async throws {
        let world = try await BillingWorld(TestCluster.shared(), loops: 1)
        let desk = try await InvoiceDesk(world)
        let tenant = desk.tenant
        try await tenant.run(
            """
            CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'a fault' USING ERRCODE = '53300';
            END
            $$
            """)
        for (place, trigger) in Self.faults {
            let call = try await change.prepare(desk)
            let key = BillingTenant.newKey()
            let (traces, rows, state) = (try await desk.traces(), try await tenant.rowCounts(), try await tenant.moneyState())
            let told = try await Self.told(tenant)
            try await tenant.run(trigger)
            #expect(await refusal { try await call(tenant.options(key: key)) }?.reason == "DB_UNAVAILABLE", "\(place)")
            try await tenant.run("DROP TRIGGER fault ON outbox")
            #expect(try await (desk.traces(), tenant.rowCounts(), tenant.moneyState()) == (traces, rows, state), "\(place)")
            #expect(try await Self.told(tenant) == told, "\(place)")

            let subject = try await call(tenant.options(key: key))
            #expect(try await tenant.rowCounts() != rows, "\(place)")
            #expect(try await Self.told(tenant) == told + ["switchboard.billing.v1.\(change.topic) \(subject)"], "\(place)")
            #expect(try await call(tenant.options(key: key)) == subject, "\(place)")
            #expect(try await Self.told(tenant).count == told.count + 1, "\(place)")
        }
        try await desk.demandOrder("\(change.topic)")
    }

    private static func told(_ tenant: BillingTenant) async throws -> [String] {
        try await tenant.world.administration.batch(tenant.scope) {
            $0.all("SELECT topic || ' ' || subject FROM outbox WHERE tenant_id = current_tenant() ORDER BY xid, number", as: String.self)
        }
    }
}
