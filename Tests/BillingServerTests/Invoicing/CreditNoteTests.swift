import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("Credit notes and debit notes")
struct CreditNoteTests {
    private func part(_ line: Int32, quantity milli: Int64) -> NoteContentLine {
        .with {
            $0.lineNumber = line
            $0.part = .quantity(.with { $0.milli = milli })
        }
    }

    private func part(_ line: Int32, value: Int64, _ currency: String = "INR") -> NoteContentLine {
        .with {
            $0.lineNumber = line
            $0.part = .value(.with { ($0.currencyCode, $0.minorUnits) = (currency, value) })
        }
    }

    @Test("BIL-5 · a credit note changes what the customer owes, at the invoice's own rates, and gives goods back at their cost")
    func balance() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        // The law changes: what was sold before is credited as it was taxed.
        try await desk.tenant.write(
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, cess, source, set_by, set_at)
            VALUES (current_tenant(), '9405', '2017-07-02', 'taxable', 4000, 0, 'Notification 9', 'test', now())
            """)
        let note = try await desk.credit(invoice.id, [part(1, quantity: 1_000)], returnStock: true)
        #expect(note.number.hasPrefix("CRN") && note.invoiceNumber == invoice.number && note.status == .issued)
        #expect((note.taxable, note.cgst, note.sgst, note.total) == (100_050, 9_005, 9_005, 118_060))
        #expect((note.toReceivable, note.toAdvance, note.returnedStock) == (118_060, 0, true))
        #expect(try await desk.balance(.receivable) == 249_600 - 118_060)
        #expect(try await desk.balance(.salesReturns) == 100_050)
        #expect(try await desk.stock(desk.lamp).milli == 999_000)
        #expect(try await desk.stock(desk.lamp).value == 59_940_000)
        let credited = try await desk.get(invoice.id)
        #expect(credited.status == .partial && credited.credited == 118_060)
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PRECONDITION_FAILED")

        // All that is left: the last paisa of each tax, and the invoice's round-off.
        let rest = try await desk.credit(invoice.id)
        #expect(rest.total == 249_600 - 118_060 && rest.cgst == 18_009 - 9_005)
        #expect(try await desk.balance(.receivable) == 0)
        #expect(try await desk.get(invoice.id).status == .paid)
        #expect(await refusal { try await desk.credit(invoice.id) }?.reason == "PRECONDITION_FAILED")
        try await desk.demandOrder("credited in full")
    }

    @Test("a cancelled note leaves everything as it was, once, and its number stays")
    func cancel() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let note = try await desk.credit(invoice.id, returnStock: true)
        #expect(try await desk.get(invoice.id).status == .paid)
        let cancelled = try await desk.cancelNote(note.id)
        #expect(cancelled.status == .cancelled && cancelled.number == note.number)
        #expect(try await desk.invoices.getCreditNote(.with { $0.id = note.id }, desk.tenant.options()) == cancelled)
        let after = try await desk.get(invoice.id)
        #expect(after.status == .issued && after.credited == 0)
        #expect(try await desk.balance(.receivable) == 249_600)
        #expect(try await desk.balance(.salesReturns) == 0)
        #expect(try await desk.stock(desk.lamp).milli == 998_000)
        #expect(await refusal { try await desk.cancelNote(note.id) }?.reason == "PRECONDITION_FAILED")
        let second = try await desk.credit(invoice.id, [part(2, quantity: 500)])
        #expect(second.number.hasSuffix("/000002"))
        let list = try await desk.invoices.listCreditNotes(.with { $0.invoiceID = invoice.id }, desk.tenant.options())
        #expect(list.creditNotes.map(\.id) == [second.id, note.id])
        try await desk.cancelNote(second.id)
        try await desk.cancel(invoice.id)
        try await desk.demandOrder("cancelled notes")
    }

    @Test("a cancelled note takes along what its goods' batch holds now, to the last paisa; the rest is cost of goods sold")
    func retaken() async throws {
        let desk = try await InvoiceDesk()
        try await desk.tenant.write("UPDATE stock_batch SET on_hand = 3000, value = 100 WHERE product_id = \(desk.lamp)")
        let one = desk.content { $0.lines = [desk.line(desk.lamp, 1_000)] }
        func demandBalance() async throws {
            let moved = try await desk.tenant.count(
                "SELECT coalesce(sum(value), 0)::bigint FROM stock_movement WHERE tenant_id = current_tenant()")
            #expect(try await desk.balance(.stock) == Int64(moved))
            #expect(try await desk.stock(desk.lamp).value == Int64(100 + moved))
        }
        try await desk.issue(one)
        let second = try await desk.issue(one)
        let note = try await desk.credit(second.id, returnStock: true)
        let third = try await desk.issue(one)
        // It came back at 34 paise, and 33 are left.
        #expect(try await desk.stock(desk.lamp) == (1_000, 33))
        try await desk.cancelNote(note.id)
        #expect(try await desk.stock(desk.lamp) == (0, 0))
        try await demandBalance()
        try await desk.cancel(second.id)
        #expect(try await desk.stock(desk.lamp).milli == 1_000)
        try await demandBalance()
        // What was sold again since is not there to be taken.
        let again = try await desk.credit(third.id, returnStock: true)
        try await desk.issue(desk.content { $0.lines = [desk.line(desk.lamp, 2_000)] })
        let refused = await refusal { try await desk.cancelNote(again.id) }
        #expect(refused?.reason == "INSUFFICIENT_STOCK" && refused?.message.contains(": 0 can be taken") == true)
        try await demandBalance()
    }

    @Test("no more is taken off a line than it has, and only of lines that are there, in rupees, each once, and in time")
    func refused() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        try await desk.credit(invoice.id, [part(1, quantity: 1_500)])
        let before = try await desk.traces()
        func reason(_ lines: [NoteContentLine]) async -> String? { await refusal { try await desk.credit(invoice.id, lines) }?.reason }
        #expect(await reason([part(1, quantity: 501)]) == "OVER_ALLOCATION")
        #expect(await reason([part(1, value: 50_026)]) == "OVER_ALLOCATION")
        #expect(await reason([part(2, quantity: 1_501)]) == "OVER_ALLOCATION")
        #expect(await reason([part(3, quantity: 1)]) == "FIELD_VIOLATION")
        #expect(await reason([part(2, quantity: 1), part(2, quantity: 1)]) == "FIELD_VIOLATION")
        #expect(await reason([part(2, quantity: 0)]) == "FIELD_VIOLATION")
        #expect(await reason([part(2, value: -1)]) == "FIELD_VIOLATION")
        #expect(await reason([part(2, value: .max)]) == "FIELD_VIOLATION")
        #expect(await reason([part(2, value: 1, "USD")]) == "CURRENCY_MISMATCH")
        #expect(await reason([NoteContentLine.with { $0.lineNumber = 1 }]) == "FIELD_VIOLATION")
        #expect(try await desk.traces() == before)
        try await desk.tenant.write(
            "ALTER TABLE invoice DISABLE TRIGGER invoice_keep",
            "UPDATE invoice SET issued_on = '2020-01-01' WHERE id = \(RecordID(invoice.id) ?? .none)",
            "ALTER TABLE invoice ENABLE TRIGGER invoice_keep")
        #expect(await reason([part(2, quantity: 1)]) == "PRECONDITION_FAILED")
        // More that is owed has no last day.
        let debit = try await desk.invoices.issueDebitNote(
            .with { ($0.invoiceID, $0.reason, $0.lines) = (invoice.id, .priceAdjustment, [part(2, quantity: 1_000)]) },
            desk.tenant.options(key: BillingTenant.newKey()))
        #expect(debit.correctsID == invoice.id && debit.status == .issued)
    }

    @Test("a debit note keeps to the customer's credit limit, unless who may pass it says so")
    func debitLimit() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        try await desk.tenant.write("UPDATE customer SET credit_limit = \(Int64(249_600 + 11_800)) WHERE id = \(desk.customer)")
        func debit(_ value: Int64, by tenant: BillingTenant, overriding: Bool = false) async throws(RPCError) -> Invoice {
            try await desk.invoices.issueDebitNote(
                .with {
                    ($0.invoiceID, $0.reason, $0.overrideCreditLimit) = (invoice.id, .priceAdjustment, overriding)
                    $0.lines = [part(1, value: value)]
                }, tenant.options(key: BillingTenant.newKey()))
        }
        let before = try await desk.traces()
        #expect(await refusal { try await debit(10_100, by: desk.tenant) }?.reason == "CREDIT_LIMIT_EXCEEDED")
        #expect(await refusal { try await debit(10_100, by: desk.tenant, overriding: true) }?.reason == "SCOPE_MISSING")
        #expect(try await desk.traces() == before)
        #expect(try await debit(10_000, by: desk.tenant).totals?.payable == 11_800)
        let manager = desk.tenant.acting(as: "grace", with: ["billing:override"])
        #expect(try await debit(10_000, by: manager, overriding: true).number.hasSuffix("/000002"))
    }

    @Test("a debit note is an invoice in a series of its own: at the invoice's rates, owed, and without stock")
    func debit() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        let note = try await desk.invoices.issueDebitNote(
            .with {
                ($0.invoiceID, $0.reason) = (invoice.id, .priceAdjustment)
                $0.lines = [part(1, value: 10_000), part(2, quantity: 1_000)]
            }, desk.tenant.options(key: BillingTenant.newKey()))
        #expect(note.number.hasPrefix("DBN") && note.correctsID == invoice.id && note.status == .issued)
        #expect(note.lines.map { $0.quantity?.milli } == [0, 1_000])
        #expect(note.totals?.taxable == 19_000 && note.totals?.cgst == 900 && note.totals?.payable == 20_800)
        #expect(try await desk.balance(.receivable) == 249_600 + 20_800)
        #expect(try await desk.stock(desk.rice).milli == 998_500)
        #expect(try await desk.render(note.id).contains("DEBIT NOTE"))
        let again = await refusal {
            try await desk.invoices.issueDebitNote(
                .with { ($0.invoiceID, $0.reason, $0.lines) = (note.id, .other, [part(1, value: 1)]) },
                desk.tenant.options(key: BillingTenant.newKey()))
        }
        #expect(again?.reason == "PRECONDITION_FAILED" && again?.message.hasPrefix("It is a debit note itself") == true)
        // One more kilogram of rice is sold, and no more lamps.
        let best = try await ReportServiceClient(desk.tenant.world.channel).topSelling(
            .with { ($0.from, $0.to) = (invoice.issuedOn, note.issuedOn) }, desk.tenant.options())
        #expect(best.products.map(\.productID) == [desk.lamp.description, desk.rice.description])
        #expect(best.products.map(\.quantityMilli) == [2_000, 2_500])
        #expect(best.products.map(\.taxable) == [210_100, 22_500])
        let month = String(invoice.issuedOn.prefix(7))
        let codes = try await desk.tenant.tax.gstr1(.with { $0.month = month }, desk.tenant.options()).lines.compactMap { line in
            line.hsn.isEmpty ? nil : "\(line.hsn) \(line.quantityMilli)"
        }
        #expect(codes.sorted() == ["1006 2500", "9405 2000"])
        let before = try await desk.traces()
        let held = await refusal { try await desk.cancel(invoice.id) }
        #expect(held?.reason == "PRECONDITION_FAILED" && held?.message.contains(note.number) == true)
        #expect(try await desk.traces() == before)
        try await desk.cancel(note.id)
        #expect(try await desk.balance(.receivable) == 249_600)
        try await desk.cancel(invoice.id)
        try await desk.demandOrder("a debit note")
    }
}
