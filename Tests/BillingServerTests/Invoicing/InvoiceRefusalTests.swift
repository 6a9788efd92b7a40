import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// What no invoice is made of: the documented status and reason, and nothing that is half posted.
@Suite("Invoices that are refused")
struct InvoiceRefusalTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: StatusCode
        let reason: String
        let fields: [String]
        let change: @Sendable (InvoiceDesk, inout InvoiceContent) -> Void

        init(
            _ name: String, _ code: StatusCode, _ reason: String, _ fields: [String] = [],
            _ change: @escaping @Sendable (InvoiceDesk, inout InvoiceContent) -> Void
        ) {
            (testDescription, self.code, self.reason, self.fields, self.change) = (name, code, reason, fields, change)
        }
    }

    private static let all: [Refused] = [
        Refused("another currency", .invalidArgument, "CURRENCY_MISMATCH") { _, content in
            content.lines[0].unitPrice = .with { ($0.currencyCode, $0.minorUnits) = ("USD", 100) }
        },
        Refused("a discount in another currency", .invalidArgument, "CURRENCY_MISMATCH") { _, content in
            content.billDiscount = .discount(.with { ($0.currencyCode, $0.minorUnits) = ("EUR", 100) })
        },
        Refused(
            "texts with control characters", .invalidArgument, "FIELD_VIOLATION",
            [
                "invoice.lines[0].description", "invoice.lines[1].product", "invoice.notes",
                "invoice.tags[0]",
                "invoice.tags[1]",
            ]
        ) { _, content in
            (content.notes, content.tags) = ("thanks\u{1B}[2J", ["a\nb", " "])
            content.lines[0].description = "a lamp\nTOTAL 1.00"
            (content.lines[1].productID, content.lines[1].product) = ("", "ric\u{0}e")
        },
        Refused("501 lines", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines"]) { desk, content in
            content.lines = Array(repeating: desk.line(desk.lamp, 1_000), count: 501)
        },
        Refused("no line", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines"]) { _, content in content.lines = [] },
        Refused("a quantity of 10^15", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].quantity"]) { _, content in
            content.lines[0].quantity?.milli = 1_000_000_000_000_000
        },
        Refused("no quantity", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[1].quantity"]) { _, content in
            content.lines[1].quantity?.milli = 0
        },
        Refused("a negative quantity", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[1].quantity"]) { _, content in
            content.lines[1].quantity?.milli = -1_000
        },
        Refused("another unit", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[1].quantity.unit"]) { _, content in
            content.lines[1].quantity?.unit = "box"
        },
        Refused("a price below zero", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].unit_price"]) { _, content in
            content.lines[0].unitPrice = .with { ($0.currencyCode, $0.minorUnits) = ("INR", -1) }
        },
        Refused("an amount beyond 64 bits", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].quantity"]) { _, content in
            content.lines[0].quantity?.milli = 1_000_000_000_000
            content.lines[0].unitPrice = BillingAPI.Money(Limits.amount, .inr)
        },
        Refused("a price that no amount is", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].unit_price"]) { _, content in
            content.lines[0].unitPrice = BillingAPI.Money(Limits.amount + 1, .inr)
        },
        Refused("discounts that no amount is", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].discount", "invoice.discount"]) {
            _, content in
            content.lines[0].lineDiscount = .discount(BillingAPI.Money(.max, .inr))
            content.billDiscount = .discount(BillingAPI.Money(.max, .inr))
        },
        Refused("a bill that no amount is", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines"]) { desk, content in
            content.lines = [
                desk.line(desk.rice, 1_000) { $0.unitPrice = BillingAPI.Money(Limits.amount, .inr) }, desk.line(desk.rice, 1_000),
            ]
        },
        Refused("a line's discount above its value", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].discount"]) { _, content in
            content.lines[0].lineDiscount = .discount(.with { ($0.currencyCode, $0.minorUnits) = ("INR", 200_101) })
        },
        Refused("a bill's discount above its value", .invalidArgument, "FIELD_VIOLATION", ["invoice.discount"]) { _, content in
            content.billDiscount = .discount(.with { ($0.currencyCode, $0.minorUnits) = ("INR", 213_601) })
        },
        Refused("a day that is none", .invalidArgument, "FIELD_VIOLATION", ["invoice.supplied_on"]) { _, content in
            content.suppliedOn = "2025-02-30"
        },
        Refused("a supply of long ago", .invalidArgument, "FIELD_VIOLATION", ["invoice.supplied_on"]) { _, content in
            content.suppliedOn = "2018-01-01"
        },
        Refused("paid in advance behind its day", .invalidArgument, "FIELD_VIOLATION", ["invoice.paid_on"]) { _, content in
            content.paidOn = "9999-01-01"
        },
        Refused("due before it is issued", .invalidArgument, "FIELD_VIOLATION", ["invoice.due_on"]) { _, content in
            content.dueOn = "2020-01-01"
        },
        Refused("a state that is none", .invalidArgument, "FIELD_VIOLATION", ["invoice.place_of_supply"]) { _, content in
            content.placeOfSupply = "40"
        },
        Refused("a line without a product", .invalidArgument, "FIELD_VIOLATION", ["invoice.lines[0].product_id"]) { desk, content in
            content.lines = [desk.unlisted("9405", 1_000, 100)]
        },
        Refused("nobody", .invalidArgument, "FIELD_VIOLATION", ["invoice.customer_id"]) { _, content in content.customerID = "" },
        Refused("a customer that is not there", .notFound, "RESOURCE_NOT_FOUND") { _, content in
            content.customerID = LedgerTenant.newID().description
        },
        Refused("a product that is not there", .notFound, "RESOURCE_NOT_FOUND") { _, content in
            content.lines[0].productID = LedgerTenant.newID().description
        },
        Refused("an HSN without a rate", .failedPrecondition, "PRECONDITION_FAILED") { desk, content in
            content.lines = [desk.unlisted("8401", 1_000, 100)]
            content.allowUnlisted = true
        },
        Refused("more than is in stock", .failedPrecondition, "INSUFFICIENT_STOCK") { _, content in
            content.lines[0].quantity?.milli = 1_000_001
        },
        Refused("more than is in stock by two lines", .failedPrecondition, "INSUFFICIENT_STOCK") { desk, content in
            content.lines = [desk.line(desk.lamp, 600_000), desk.line(desk.lamp, 600_000)]
        },
        Refused("50,000 rupees to who knows where", .failedPrecondition, "PRECONDITION_FAILED") { desk, content in
            content.lines = [desk.line(desk.lamp, 50_000)]
            content.customerID = desk.stranger.description
        },
    ]

    @Test("IssueInvoice, CreateDraft and CreateProforma refuse", arguments: all)
    func refused(_ refused: Refused) async throws {
        let desk = try await InvoiceDesk()
        try await desk.tenant.write(
            """
            INSERT INTO customer (tenant_id, id, name, kind, created_at, updated_at)
            VALUES (current_tenant(), \(desk.stranger), 'Passer-by', 'unregistered', now(), now())
            """)
        let content = desk.content { refused.change(desk, &$0) }
        let before = try await desk.traces()
        let error = try #require(await refusal { try await desk.issue(content) })
        #expect(error.code == refused.code && error.reason == refused.reason, "\(error)")
        if !refused.fields.isEmpty { #expect(error.violatedFields == refused.fields) }
        #expect(try await desk.traces() == before)
        guard refused.reason != "INSUFFICIENT_STOCK" else { return }
        #expect(await refusal { try await desk.draft(content) }?.reason == refused.reason)
        let proforma = await refusal {
            try await desk.invoices.createProforma(.with { $0.invoice = content }, desk.tenant.options(key: BillingTenant.newKey()))
        }
        #expect(proforma?.reason == refused.reason)
        #expect(try await desk.traces() == before)
    }

    @Test("what is not there, is another's, is named in the wrong series or is missing altogether")
    func others() async throws {
        let (desk, other) = (try await InvoiceDesk(), try await InvoiceDesk())
        let invoice = try await other.issue()
        let before = try await desk.traces()
        #expect(await refusal { try await desk.get(invoice.id) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await desk.credit(invoice.id) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await desk.issue { $0.source = .draftID(invoice.id) } }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await desk.issue(desk.content { $0.customerID = other.customer.description }) }?.code == .notFound)
        #expect(await refusal { try await desk.issue(desk.content { $0.lines = [other.line(other.lamp, 1)] }) }?.code == .notFound)
        for series in ["PRO", "CRN", "DBN", "RCP", "RFD"] {
            #expect(await refusal { try await desk.issue { $0.series = series } }?.violatedFields == ["series"])
        }
        #expect(try await desk.traces() == before)
        let nobody = try await BillingWorld.shared().tenant()
        let error = await refusal {
            try await desk.invoices.issueInvoice(
                .with { $0.source = .invoice(desk.content()) }, nobody.options(key: BillingTenant.newKey()))
        }
        #expect(error?.reason == "RESOURCE_NOT_FOUND")
    }

    @Test("a closed month takes no invoice, lets none of its own be cancelled, and no credit note of it")
    func closedMonth() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let note = try await desk.credit(try await desk.issue().id)
        let day = try #require(CivilDate(invoice.issuedOn))
        let month = try #require(CivilDate(year: day.year, month: day.month, day: 1))
        try await desk.tenant.write(.closePeriod(month, by: "ada"))
        let before = try await desk.traces()
        #expect(await refusal { try await desk.issue() }?.reason == "PERIOD_LOCKED")
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PERIOD_LOCKED")
        #expect(await refusal { try await desk.credit(invoice.id) }?.reason == "PERIOD_LOCKED")
        #expect(await refusal { try await desk.cancelNote(note.id) }?.reason == "PERIOD_LOCKED")
        #expect(try await desk.traces() == before)
    }
}

extension InvoiceDesk {
    /// Nobody knows where they live.
    var stranger: RecordID { RecordID(customer.value ^ 1) }
}
