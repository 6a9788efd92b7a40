import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import TestSupport
import Testing

@testable import BillingServer

@Suite("Documents in print")
struct PrintTests {
    private static let part = NoteContentLine.with {
        $0.lineNumber = 1
        $0.part = .value(.with { ($0.currencyCode, $0.minorUnits) = ("INR", 10_000) })
    }

    private func debit(_ desk: InvoiceDesk, _ id: String) async throws -> Invoice {
        try await desk.invoices.issueDebitNote(
            .with { ($0.invoiceID, $0.reason, $0.lines) = (id, .priceAdjustment, [Self.part]) },
            desk.tenant.options(key: BillingTenant.newKey()))
    }

    private static func rename(_ desk: InvoiceDesk) async throws {
        try await desk.tenant.write(
            """
            UPDATE seller SET legal_name = 'Bolt Traders', address = '2 New Road', gstin = '29AAGCB7383J1Z4', state_code = 29
            WHERE tenant_id = current_tenant()
            """,
            "UPDATE customer SET name = 'Bela', address = '9 Other Street', state_code = 29 WHERE id = \(desk.customer)")
    }

    @Test("what is issued says the same in print for ever: who sold and who bought are as they were, and a draft's as they are")
    func kept() async throws {
        let desk = try await InvoiceDesk { $0.address = "1 Market Road" }
        try await desk.tenant.write("UPDATE customer SET address = '7 Lake View' WHERE id = \(desk.customer)")
        let draft = try await desk.draft()
        let other = try await desk.draft()
        let fromDraft = try await desk.issue { $0.source = .draftID(other.id) }
        let invoice = try await desk.issue()
        let proforma = try await desk.invoices.createProforma(
            .with { $0.invoice = desk.content() }, desk.tenant.options(key: BillingTenant.newKey()))
        let (debit, credit) = (try await debit(desk, invoice.id), try await desk.credit(invoice.id, [Self.part]))
        let ids = [fromDraft.id, invoice.id, proforma.id, debit.id, credit.id]
        var before: [String] = []
        for id in ids { before.append(try await desk.render(id)) }
        for text in before {
            for words in ["Acme Traders", "27AAPFU0939F1ZV", "1 Market Road", "To: Ada", "7 Lake View"] { #expect(text.contains(words)) }
        }
        try await Self.rename(desk)
        for (id, text) in zip(ids, before) { #expect(try await desk.render(id) == text) }
        let today = try await desk.render(draft.id)
        for words in ["Bolt Traders", "29AAGCB7383J1Z4", "2 New Road", "To: Bela", "9 Other Street"] { #expect(today.contains(words)) }
        // A note that is written later is from who sells now, to whom the invoice names.
        let late = try await desk.render(try await desk.credit(fromDraft.id).id)
        #expect(late.contains("Bolt Traders") && late.contains("To: Ada") && late.contains("7 Lake View"))
    }

    @Test("what was issued before documents kept who is who prints what is known now")
    func older() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let note = try await desk.credit(invoice.id, [Self.part])
        try await desk.tenant.write(
            "SELECT set_config('session_replication_role', 'replica', true)",
            """
            UPDATE invoice SET seller_name = NULL, seller_gstin = NULL, seller_state = NULL, seller_address = NULL, buyer_name = NULL,
                buyer_address = NULL, buyer_state = NULL WHERE tenant_id = current_tenant()
            """,
            """
            UPDATE credit_note SET seller_name = NULL, seller_gstin = NULL, seller_state = NULL, seller_address = NULL, buyer_name = NULL,
                buyer_address = NULL, buyer_state = NULL WHERE tenant_id = current_tenant()
            """)
        try await Self.rename(desk)
        for id in [invoice.id, note.id] {
            let text = try await desk.render(id)
            #expect(text.contains("Bolt Traders") && text.contains("To: Bela"))
        }
    }

    @Test("a customer is deleted, and its tax documents are what they were")
    func deleted() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let note = try await desk.credit(invoice.id)
        let before = (try await desk.render(invoice.id), try await desk.render(note.id))
        try await desk.tenant.delete(desk.customer.description)
        #expect(try await (desk.render(invoice.id), desk.render(note.id)) == before)
        #expect(before.0.contains("To: Ada"))
    }

    @Test("notes name the invoice that they are against, and a credit note says what it takes off and why")
    func notes() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let (debit, credit) = (try await debit(desk, invoice.id), try await desk.credit(invoice.id, [Self.part]))
        let against = "Against invoice \(invoice.number) of \(invoice.issuedOn)"
        #expect(try await desk.render(debit.id).contains(against))
        let text = try await desk.render(credit.id)
        for words in [
            "CREDIT NOTE", credit.number, against, "Desk Lamp", "9405", "18 %", "CGST", "9.00", "118.00", "Reason: goods returned",
            "Rupees One Hundred Eighteen Only",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
        try await desk.cancelNote(credit.id)
        #expect(try await desk.render(credit.id).contains("CREDIT NOTE (CANCELLED)"))
        #expect(await refusal { try await desk.render(LedgerTenant.newID().description) }?.reason == "RESOURCE_NOT_FOUND")
    }
}
