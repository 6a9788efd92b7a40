import BillingAPI
import Platform
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

/// What people write is text on a line, or on lines; the refusal names its field.
@Suite("Texts of requests")
struct PlainTextTests {
    private static let bad = "a\u{0}b"
    private static let id = LedgerTenant.newID().description
    private static let money = PlanTenant.rupees(100)

    struct Written: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fields: [String]
        let call: @Sendable (BillingTenant, CallOptions) async throws -> Void

        init(_ name: String, _ fields: String..., call: @escaping @Sendable (BillingTenant, CallOptions) async throws -> Void) {
            (testDescription, self.fields, self.call) = (name, fields, call)
        }
    }

    private static let all: [Written] = [
        Written("CancelInvoice", "reason") { tenant, options in
            _ = try await InvoiceServiceClient(tenant.world.channel).cancelInvoice(
                .with { ($0.id, $0.reason, $0.etag) = (id, bad, "*") }, options)
        },
        Written("CancelInvoice without a reason", "reason") { tenant, options in
            _ = try await InvoiceServiceClient(tenant.world.channel).cancelInvoice(
                .with { ($0.id, $0.reason, $0.etag) = (id, " ", "*") }, options)
        },
        Written("IssueCreditNote", "notes") { tenant, options in
            _ = try await InvoiceServiceClient(tenant.world.channel).issueCreditNote(
                .with { ($0.invoiceID, $0.reason, $0.notes) = (id, .discount, bad) }, options)
        },
        Written("CancelCreditNote", "reason") { tenant, options in
            _ = try await InvoiceServiceClient(tenant.world.channel).cancelCreditNote(.with { ($0.id, $0.reason) = (id, "a\nb") }, options)
        },
        Written("IssueDebitNote", "notes") { tenant, options in
            _ = try await InvoiceServiceClient(tenant.world.channel).issueDebitNote(
                .with {
                    ($0.invoiceID, $0.reason, $0.notes) = (id, .other, bad)
                    $0.lines = [.with { ($0.lineNumber, $0.part) = (1, .value(money)) }]
                }, options)
        },
        Written("RecordPayment", "tenders[0].reference", "note") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).recordPayment(
                .with {
                    ($0.customerID, $0.amount, $0.note) = (id, money, bad)
                    $0.tenders = [.with { ($0.method, $0.amount, $0.reference) = (.cash, money, bad) }]
                }, options)
        },
        Written("AuthorizePayment", "reference", "note") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).authorizePayment(
                .with {
                    ($0.customerID, $0.amount, $0.method) = (id, money, .upi)
                    ($0.reference, $0.note, $0.expiresAt) = (bad, bad, ReminderWorld.now.timestamp)
                }, options)
        },
        Written("VoidPayment", "reason") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).voidPayment(.with { ($0.id, $0.reason) = (id, bad) }, options)
        },
        Written("ReversePayment", "reason") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).reversePayment(
                .with { ($0.id, $0.cause, $0.reason) = (id, .mistake, bad) }, options)
        },
        Written("RefundPayment", "reference", "reason") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).refundPayment(
                .with { ($0.id, $0.amount, $0.method, $0.reference, $0.reason) = (id, money, .cash, bad, bad) }, options)
        },
        Written("RecordReceipt", "event_id", "reference", "payer") { tenant, options in
            _ = try await PaymentServiceClient(tenant.world.channel).recordReceipt(
                .with {
                    ($0.provider, $0.eventID, $0.amount, $0.method) = ("bank", bad, money, .bank)
                    ($0.reference, $0.payer) = (bad, bad)
                }, options)
        },
        Written("PostJournal", "description") { tenant, options in
            var request = BillingTenant.journal(77)
            request.description = bad
            _ = try await tenant.ledger.postJournal(request, options)
        },
        Written("ReverseJournal", "description") { tenant, options in
            _ = try await tenant.ledger.reverseJournal(.with { ($0.id, $0.description) = (id, bad) }, options)
        },
        Written("AskToReopenPeriod", "reason") { tenant, options in
            _ = try await tenant.ledger.askToReopenPeriod(.with { ($0.month, $0.reason) = ("2025-10", bad) }, options)
        },
        Written("CancelSubscription", "reason") { tenant, options in
            _ = try await PlanServiceClient(tenant.world.channel).cancelSubscription(.with { ($0.id, $0.reason) = (id, bad) }, options)
        },
        Written("GrantOverride", "reason") { tenant, options in
            _ = try await PlanServiceClient(tenant.world.channel).grantOverride(
                .with { ($0.customerID, $0.feature, $0.reason) = (id, PlanTenant.on("sso"), bad) }, options)
        },
        Written("ListCustomers by text", "text") { tenant, options in
            _ = try await tenant.customers.listCustomers(.with { $0.text = bad }, options)
        },
        Written("ListCustomers by tag", "tag") { tenant, options in
            _ = try await tenant.customers.listCustomers(.with { $0.tag = bad }, options)
        },
        Written("ListProducts", "text") { tenant, options in
            _ = try await CatalogServiceClient(tenant.world.channel).listProducts(.with { $0.text = bad }, options)
        },
        Written("FindProducts", "text") { tenant, options in
            _ = try await CatalogServiceClient(tenant.world.channel).findProducts(.with { $0.text = bad }, options)
        },
    ]

    @Test("control characters are refused with their field", arguments: all)
    func refused(written: Written) async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let error = await refusal { try await written.call(tenant, tenant.options(key: BillingTenant.newKey())) }
        #expect((error?.reason, error?.violatedFields) == ("FIELD_VIOLATION", written.fields))
    }
}
