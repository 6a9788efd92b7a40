import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

/// The table of an invoice's statuses stands in the service and in the database: they are the same, and both hold.
@Suite("Every transition of an invoice, legal and not")
struct InvoiceTransitionTests {
    @Test("R38 · the database's table is the service's")
    func tables() async throws {
        let world = try await BillingWorld.shared()
        let scope = world.tenant().scope
        for from in BillingServer.InvoiceStatus.allCases {
            for to in BillingServer.InvoiceStatus.allCases {
                let isLegal: Bool = try await world.administration.batch(scope) {
                    $0.one("SELECT invoice_may_become(\(from.rawValue), \(to.rawValue))")
                }
                #expect(isLegal == from.next.contains(to), "\(from) to \(to)")
            }
        }
    }

    @Test(
        "R17 · by raw SQL, as the role that serves and as a superuser, no other move is made",
        arguments: BillingServer.InvoiceStatus.allCases)
    func raw(from: BillingServer.InvoiceStatus) async throws {
        let desk = try await InvoiceDesk()
        for to in BillingServer.InvoiceStatus.allCases where to != from {
            for asAdministrator in [false, true] {
                let id = try await desk.invoice(in: from)
                let refused = await desk.tenant.constraint(against: Self.move(id, to), asAdministrator: asAdministrator)
                if from.next.contains(to) {
                    // A draft becomes an invoice with a number and a day; only its name is changed here.
                    #expect(refused != "invoice_transition", "\(from) to \(to)")
                } else {
                    #expect(refused == "invoice_transition", "\(from) to \(to)")
                }
            }
        }
    }

    private static func move(_ id: RecordID, _ to: BillingServer.InvoiceStatus) -> SQL {
        """
        UPDATE invoice SET status = \(to.rawValue), version = version + 1,
            paid = CASE \(to.rawValue) WHEN 'partial' THEN 1 WHEN 'paid' THEN payable - credited ELSE 0 END,
            cancel_reason = CASE \(to.rawValue) WHEN 'cancelled' THEN 'test' ELSE '' END,
            converted_into = CASE \(to.rawValue) WHEN 'converted' THEN id END
        WHERE tenant_id = current_tenant() AND id = \(id)
        """
    }

    @Test("BIL-5 · nothing of what is issued changes, whoever writes: not a field, not a line, not its version, and it is not removed")
    func immutable() async throws {
        let desk = try await InvoiceDesk()
        let id = try await desk.invoice(in: .issued)
        let statements: [(SQL, [String])] = [
            ("UPDATE invoice SET payable = payable + 1, version = version + 1 WHERE id = \(id)", ["invoice_immutable"]),
            ("UPDATE invoice SET notes = 'x', version = version + 1 WHERE id = \(id)", ["invoice_immutable"]),
            ("UPDATE invoice SET number = 'X', version = version + 1 WHERE id = \(id)", ["invoice_immutable"]),
            ("UPDATE invoice SET due_on = '2030-01-01', version = version + 1 WHERE id = \(id)", ["invoice_immutable"]),
            ("UPDATE invoice SET paid = 1 WHERE id = \(id)", ["invoice_version_follows"]),
            ("UPDATE invoice SET paid = payable + 1, version = version + 1 WHERE id = \(id)", ["invoice_settled"]),
            ("UPDATE invoice SET paid = -1, version = version + 1 WHERE id = \(id)", ["invoice_settled"]),
            ("DELETE FROM invoice WHERE id = \(id)", ["invoice_append_only", "insufficientPrivilege"]),
            ("DELETE FROM invoice_line WHERE invoice_id = \(id)", ["invoice_line_immutable"]),
            ("UPDATE invoice_line SET quantity = 1 WHERE invoice_id = \(id)", ["invoice_line_append_only", "insufficientPrivilege"]),
            (
                """
                INSERT INTO invoice_line SELECT tenant_id, invoice_id, 3, product_id, description, hsn, unit, quantity, unit_price, is_inclusive,
                    discount_rate, discount_flat, gross, discount, bill_discount, taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst,
                    igst, cess, cost FROM invoice_line WHERE invoice_id = \(id) AND number = 1
                """, ["invoice_line_within"]
            ),
        ]
        for (statement, allowed) in statements {
            for asAdministrator in [false, true] {
                let refused = await desk.tenant.constraint(against: statement, asAdministrator: asAdministrator)
                #expect(refused.map(allowed.contains) == true, "\(statement): \(refused ?? "taken")")
            }
        }
        let note = try await desk.credit(id.description)
        let noteID = try #require(RecordID(note.id))
        let notes: [(SQL, [String])] = [
            (
                "UPDATE credit_note SET total = 1, version = version + 1 WHERE id = \(noteID)",
                ["credit_note_immutable", "credit_note_amounts"]
            ),
            ("UPDATE credit_note SET status = 'cancelled', cancel_reason = 'x' WHERE id = \(noteID)", ["credit_note_version_follows"]),
            ("DELETE FROM credit_note WHERE id = \(noteID)", ["credit_note_append_only", "insufficientPrivilege"]),
            (
                "UPDATE credit_note_line SET taxable = 1 WHERE credit_note_id = \(noteID)",
                ["credit_note_line_append_only", "insufficientPrivilege"]
            ),
        ]
        for (statement, allowed) in notes {
            for asAdministrator in [false, true] {
                let refused = await desk.tenant.constraint(against: statement, asAdministrator: asAdministrator)
                #expect(refused.map(allowed.contains) == true, "\(statement): \(refused ?? "taken")")
            }
        }
        try await desk.cancelNote(note.id)
        for asAdministrator in [false, true] {
            let back: SQL = "UPDATE credit_note SET status = 'issued', cancel_reason = '', version = version + 1 WHERE id = \(noteID)"
            #expect(await desk.tenant.constraint(against: back, asAdministrator: asAdministrator) == "credit_note_transition")
        }
    }

    @Test("R38 · by the service, what is not legal is refused with its reason", arguments: BillingServer.InvoiceStatus.allCases)
    func served(from: BillingServer.InvoiceStatus) async throws {
        let desk = try await InvoiceDesk()
        let id = try await desk.invoice(in: from).description
        let options = desk.tenant.options(key: BillingTenant.newKey())
        let isCancelled = await refusal { try await desk.cancel(id) }
        switch from {
        case .issued, .partial: #expect(isCancelled == nil)
        case .draft, .proforma, .void, .converted, .expired, .cancelled, .paid:
            #expect(isCancelled?.reason == "PRECONDITION_FAILED", "\(from)")
        }
        if from != .proforma {
            #expect(
                await refusal { try await desk.invoices.convertProforma(.with { $0.id = id }, options) }?.reason == "PRECONDITION_FAILED")
        }
        if from != .draft {
            let error = await refusal { try await desk.issue { $0.source = .draftID(id) } }
            #expect(error?.reason == "INVOICE_IMMUTABLE")
            // It is not said of what was never issued; what could be cancelled is cancelled by now.
            #expect(error?.message.hasPrefix("An issued invoice") == (from == .paid), "\(from)")
        }
        let discarded = await refusal {
            try await desk.invoices.discardDraft(.with { ($0.id, $0.etag) = (id, "*") }, desk.tenant.options(key: BillingTenant.newKey()))
        }
        #expect(discarded?.reason == ([.draft, .proforma].contains(from) ? nil : "INVOICE_IMMUTABLE"), "\(from)")
        if ![.issued, .partial, .paid].contains(from) {
            #expect(await refusal { try await desk.credit(id) }?.reason == "PRECONDITION_FAILED", "\(from)")
        }
    }
}

extension InvoiceDesk {
    /// A new one that has come there by legal moves.
    fileprivate func invoice(in status: BillingServer.InvoiceStatus) async throws -> RecordID {
        let id: String
        switch status {
        case .draft: id = try await draft().id
        case .void:
            id = try await draft().id
            _ = try await invoices.discardDraft(.with { ($0.id, $0.etag) = (id, "*") }, tenant.options(key: BillingTenant.newKey()))
        case .proforma, .converted, .expired:
            id = try await invoices.createProforma(.with { $0.invoice = content() }, tenant.options(key: BillingTenant.newKey())).id
            if status == .converted {
                _ = try await invoices.convertProforma(.with { $0.id = id }, tenant.options(key: BillingTenant.newKey()))
            }
        case .issued, .partial, .paid, .cancelled:
            id = try await issue().id
            if status == .cancelled { try await cancel(id) }
        }
        let record = try #require(RecordID(id))
        switch status {
        case .expired: try await tenant.write("UPDATE invoice SET status = 'expired', version = version + 1 WHERE id = \(record)")
        case .partial: try await tenant.payExplicitly(1, from: customer, [(record, 1)])
        case .paid: try await tenant.payExplicitly(249_600, from: customer, [(record, 249_600)])
        default: break
        }
        return record
    }
}
