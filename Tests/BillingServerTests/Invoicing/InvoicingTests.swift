import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("Invoices are issued, cancelled and read")
struct InvoicingTests {
    @Test("an invoice is issued in one call: its number, its taxes, its stock, its journal and what others are told")
    func issue() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        #expect(invoice.status == .issued)
        #expect(invoice.number.hasSuffix("/000001") && invoice.number.hasPrefix("INV"))
        #expect(invoice.nature == .intraState && invoice.placeOfSupply == "27")
        // Two lamps at 1000.50, and 1.5 kg of exempt rice at 90.00.
        let totals = try #require(invoice.totals)
        #expect((totals.gross, totals.taxable, totals.cgst, totals.sgst) == (213_600, 213_600, 18_009, 18_009))
        #expect((totals.roundOff, totals.payable) == (-18, 249_600))
        #expect(invoice.dueOn == CivilDate(invoice.issuedOn)?.adding(days: 30)?.description)
        #expect(try await desk.get(invoice.id) == invoice)

        #expect(try await desk.balance(.receivable) == 249_600)
        #expect(try await desk.balance(.sales) == -213_600)
        #expect(try await desk.balance(.outputCGST) == -18_009)
        #expect(try await desk.balance(.roundOff) == 18)
        let (lamps, rice) = (try await desk.stock(desk.lamp), try await desk.stock(desk.rice))
        #expect((lamps.milli, lamps.value) == (998_000, 59_880_000))
        #expect((rice.milli, rice.value) == (998_500, 6_989_500))
        #expect(try await desk.balance(.costOfGoodsSold) == 120_000 + 10_500)
        #expect(try await desk.balance(.stock) == -130_500)
        #expect(
            try await desk.tenant.count("SELECT count(*) FROM outbox WHERE topic LIKE '%InvoiceIssued' AND tenant_id = current_tenant()")
                == 1)
        try await desk.demandOrder("one invoice")
    }

    @Test("a draft is changed under its etag, keeps no number, moves nothing, and becomes the invoice")
    func drafts() async throws {
        let desk = try await InvoiceDesk()
        let draft = try await desk.draft()
        #expect(draft.status == .draft && draft.number.isEmpty && draft.totals?.payable == 249_600)
        #expect(try await desk.stock(desk.lamp).milli == 1_000_000)
        #expect(try await desk.balance(.receivable) == 0)
        let changed = try await desk.invoices.updateDraft(
            .with {
                ($0.id, $0.etag) = (draft.id, draft.etag)
                $0.invoice = desk.content { $0.lines = [desk.line(desk.lamp, 1_000)] }
            }, desk.tenant.options(key: BillingTenant.newKey()))
        #expect(changed.lines.count == 1 && changed.etag != draft.etag)
        let stale = await refusal {
            try await desk.invoices.updateDraft(
                .with { ($0.id, $0.etag, $0.invoice) = (draft.id, draft.etag, desk.content()) },
                desk.tenant.options(key: BillingTenant.newKey()))
        }
        #expect(stale?.reason == "ETAG_MISMATCH")
        let invoice = try await desk.issue { ($0.source, $0.etag) = (.draftID(draft.id), changed.etag) }
        #expect(invoice.id == draft.id && invoice.status == .issued && invoice.totals?.taxable == 100_050)
        #expect(try await desk.get(draft.id) == invoice)
        #expect(try await desk.stock(desk.lamp).milli == 999_000)
        let again = await refusal {
            try await desk.invoices.updateDraft(
                .with { ($0.id, $0.etag, $0.invoice) = (draft.id, "*", desk.content()) }, desk.tenant.options(key: BillingTenant.newKey()))
        }
        #expect(again?.reason == "INVOICE_IMMUTABLE")
        #expect(await refusal { try await desk.issue { $0.source = .draftID(draft.id) } }?.reason == "INVOICE_IMMUTABLE")
        let other = try await desk.draft()
        let void = try await desk.invoices.discardDraft(
            .with { ($0.id, $0.etag) = (other.id, "*") }, desk.tenant.options(key: BillingTenant.newKey()))
        #expect(void.status == .void)
        #expect(
            await refusal {
                try await desk.invoices.discardDraft(
                    .with { ($0.id, $0.etag) = (other.id, "*") }, desk.tenant.options(key: BillingTenant.newKey()))
            }?
            .reason == "INVOICE_IMMUTABLE")
        try await desk.demandOrder("drafts")
    }

    @Test("BIL-11 · a bill's discount is taken once, however often the draft is changed, and holds when it is issued")
    func billDiscount() async throws {
        let desk = try await InvoiceDesk()
        let content = desk.content { $0.billDiscount = .discountRate(1_000) }
        var draft = try await desk.draft(content)
        for _ in 0..<3 {
            draft = try await desk.invoices.updateDraft(
                .with { ($0.id, $0.etag, $0.invoice) = (draft.id, draft.etag, content) }, desk.tenant.options(key: BillingTenant.newKey()))
        }
        let invoice = try await desk.issue { $0.source = .draftID(draft.id) }
        #expect(invoice.totals?.discount == 21_360 && invoice.totals?.taxable == 192_240)
        #expect(invoice.totals == draft.totals)
    }

    @Test("BIL-1 · a proforma has a number of its own series, moves nothing, and is converted once into an invoice whose series has no gap")
    func proforma() async throws {
        let desk = try await InvoiceDesk()
        let proforma = try await desk.invoices.createProforma(
            .with { $0.invoice = desk.content() }, desk.tenant.options(key: BillingTenant.newKey()))
        #expect(proforma.status == .proforma && proforma.number.hasPrefix("PRO"))
        #expect(try await desk.balance(.receivable) == 0)
        #expect(try await desk.stock(desk.lamp).milli == 1_000_000)
        func convert() async throws(RPCError) -> Invoice {
            try await desk.invoices.convertProforma(.with { $0.id = proforma.id }, desk.tenant.options(key: BillingTenant.newKey()))
        }
        let invoice = try await convert()
        #expect(invoice.id != proforma.id && invoice.number.hasSuffix("/000001") && invoice.number.hasPrefix("INV"))
        #expect(try await desk.get(proforma.id).convertedInto == invoice.id)
        #expect(try await desk.get(proforma.id).status == .converted)
        #expect(await refusal { try await convert() }?.reason == "PRECONDITION_FAILED")
        try await desk.demandOrder("a proforma")
    }

    @Test("BIL-5 · what is cancelled gives back its stock at its cost and its journal by a linked one, once, and its number stays")
    func cancel() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue()
        #expect(await refusal { try await desk.cancel(invoice.id, etag: "v7") }?.reason == "ETAG_MISMATCH")
        let cancelled = try await desk.cancel(invoice.id, etag: invoice.etag)
        #expect(cancelled.status == .cancelled && cancelled.number == invoice.number && cancelled.cancelReason == "a mistake")
        for account in [AccountCode.receivable, .sales, .outputCGST, .outputSGST, .roundOff, .costOfGoodsSold, .stock] {
            #expect(try await desk.balance(account) == 0, "\(account)")
        }
        let lamps = try await desk.stock(desk.lamp)
        #expect((lamps.milli, lamps.value) == (1_000_000, 60_000_000))
        #expect(
            try await desk.tenant.count(
                "SELECT count(*) FROM ledger_journal WHERE reverses_id IS NOT NULL AND tenant_id = current_tenant()") == 1)
        #expect(await refusal { try await desk.cancel(invoice.id) }?.reason == "PRECONDITION_FAILED")
        #expect(try await desk.issue().number.hasSuffix("/000002"))
        try await desk.demandOrder("a cancelled invoice")
    }

    @Test("a repeated call gets the first reply, byte for byte, and another request under its key is refused")
    func replay() async throws {
        let desk = try await InvoiceDesk()
        let key = BillingTenant.newKey()
        let first = try await desk.issue(key: key)
        let traces = try await desk.traces()
        #expect(try await desk.issue(key: key).encoded(deterministic: true) == first.encoded(deterministic: true))
        #expect(
            await refusal { try await desk.issue(desk.content { $0.notes = "another" }, key: key) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await desk.traces() == traces)
        let note = try await desk.credit(first.id, key: "\(key)-2")
        #expect(try await desk.credit(first.id, key: "\(key)-2").encoded(deterministic: true) == note.encoded(deterministic: true))
        let draft = try await desk.draft(key: "\(key)-3")
        #expect(try await desk.draft(key: "\(key)-3") == draft)
    }

    @Test("a credit limit is met exactly, exceeded by nobody without the right to, and by who has it only when the request says so")
    func creditLimit() async throws {
        let desk = try await InvoiceDesk()
        try await desk.tenant.write("UPDATE customer SET credit_limit = 499200 WHERE id = \(desk.customer)")
        try await desk.issue()
        try await desk.issue()
        #expect(await refusal { try await desk.issue() }?.reason == "CREDIT_LIMIT_EXCEEDED")
        #expect(await refusal { try await desk.issue { $0.overrideCreditLimit = true } }?.reason == "SCOPE_MISSING")
        let manager = desk.tenant.acting(as: "eve", with: ["billing:override"])
        var request = IssueInvoiceRequest()
        request.source = .invoice(desk.content())
        #expect(
            await refusal { try await desk.invoices.issueInvoice(request, manager.options(key: BillingTenant.newKey())) }?.reason
                == "CREDIT_LIMIT_EXCEEDED")
        request.overrideCreditLimit = true
        let invoice = try await desk.invoices.issueInvoice(request, manager.options(key: BillingTenant.newKey()))
        #expect(invoice.number.hasSuffix("/000003"))
    }

    @Test("the rates change: an invoice behind the change is of the old law when supply and advance were before it, from a draft as well")
    func paidInAdvance() async throws {
        let desk = try await InvoiceDesk()
        let today = try #require(CivilDate(try await desk.issue().issuedOn))
        let (before, change) = (try #require(today.adding(days: -2)), try #require(today.adding(days: -1)))
        try await desk.tenant.write(
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, cess, source, set_by, set_at)
            VALUES (current_tenant(), '94', \(change), 'taxable', 4000, 0, 'Notification 9', 'test', now())
            """)
        func content(_ supplied: CivilDate, _ paid: CivilDate?) -> InvoiceContent {
            desk.content {
                ($0.suppliedOn, $0.paidOn) = (supplied.description, paid?.description ?? "")
                $0.lines = [desk.line(desk.lamp, 1_000)]
            }
        }
        func rate(_ invoice: Invoice) -> Int32? { invoice.lines.first?.taxRate?.rate }
        #expect(rate(try await desk.issue(content(before, before))) == 1_800)
        #expect(rate(try await desk.issue(content(before, nil))) == 4_000)
        #expect(rate(try await desk.issue(content(today, before))) == 4_000)
        let draft = try await desk.draft(content(before, before))
        #expect(rate(try await desk.issue { $0.source = .draftID(draft.id) }) == 1_800)
        let preview = try await desk.invoices.previewTax(.with { $0.invoice = content(before, before) }, desk.tenant.options())
        #expect(preview.timeOfSupply == before.description)
    }

    @Test("who pays under the composition scheme issues bills of supply: no tax is in them, in print or in the ledger")
    func composition() async throws {
        let desk = try await InvoiceDesk { $0.isComposition = true }
        let invoice = try await desk.issue()
        #expect(invoice.nature == .composition && invoice.totals?.cgst == 0 && invoice.totals?.payable == 213_600)
        #expect(try await desk.balance(.outputCGST) == 0)
        #expect(try await desk.render(invoice.id).contains("BILL OF SUPPLY"))
    }

    @Test("who has no registration collects no tax: bills of supply that say so, and an empty GSTR-1")
    func unregistered() async throws {
        let desk = try await InvoiceDesk { ($0.gstin, $0.stateCode) = ("", "27") }
        let preview = try await desk.invoices.previewTax(.with { $0.invoice = desk.content() }, desk.tenant.options())
        #expect(preview.lines.first?.steps.last == "The seller has no registration under GST: no tax.")
        let invoice = try await desk.issue(desk.content { $0.lines[0].isPriceInclusive = true })
        #expect(invoice.nature == .unregistered && invoice.totals?.cgst == 0 && invoice.totals?.payable == 213_600)
        let note = try await desk.credit(invoice.id, [.with { ($0.lineNumber, $0.part) = (1, .value(BillingAPI.Money(100, .inr))) }])
        #expect(note.total == 100)
        for account in [AccountCode.outputCGST, .outputSGST, .outputIGST, .outputCess] { #expect(try await desk.balance(account) == 0) }
        let text = try await desk.render(invoice.id)
        #expect(text.contains("BILL OF SUPPLY") && text.contains("not registered under GST") && !text.contains("CGST"))
        let month = String(invoice.issuedOn.prefix(7))
        let reply = try await desk.tenant.tax.gstr1(.with { $0.month = month }, desk.tenant.options())
        #expect(reply.lines.isEmpty)
        #expect(reply.reconciliation.allSatisfy { $0.documents == 0 && $0.ledger == 0 })
    }

    @Test("BIL-2 · tax is on the value after all discounts, cess is due at 0 %, and a registered buyer elsewhere gets IGST")
    func taxes() async throws {
        let desk = try await InvoiceDesk()
        let preview = try await desk.invoices.previewTax(
            .with {
                $0.invoice = desk.content {
                    $0.lines = [
                        desk.line(desk.lamp, 1_000) { $0.lineDiscount = .discountRate(1_000) }, desk.unlisted("2701", 1_000, 10_000),
                    ]
                    $0.allowUnlisted = true
                    $0.placeOfSupply = "29"
                }
            }, desk.tenant.options())
        #expect(preview.nature == .interState)
        #expect(preview.lines.map(\.taxable) == [90_045, 10_000])
        #expect(preview.lines.map(\.igst) == [16_208, 0])
        #expect(preview.lines.map(\.cess) == [0, 400])
        #expect(preview.lines.map { $0.taxRate?.source } == ["Notification 1/2017", "Notification 1/2017-Cess"])
        #expect(preview.lines.map { $0.taxRate?.hsnPrefix } == ["94", "2701"])
        #expect(preview.lines.allSatisfy { ($0.taxRate?.id ?? 0) > 0 && $0.steps.count >= 3 })
        #expect(try await desk.traces() == 0)
    }

    @Test("a product is named by its name, SKU or barcode; one that nobody knows is answered with those that may be meant")
    func names() async throws {
        let desk = try await InvoiceDesk()
        func line(_ name: String) -> InvoiceContent {
            desk.content { content in
                content.lines = [
                    .with {
                        $0.product = name; $0.quantity = .with { $0.milli = 1_000 }
                    }
                ]
            }
        }
        #expect(try await desk.issue(line("desk  LAMP")).lines.first?.productID == desk.lamp.description)
        #expect(try await desk.issue(line("lamp-1")).lines.first?.productID == desk.lamp.description)
        let error = try #require(await refusal { try await desk.issue(line("lamp for the desk")) })
        #expect(error.reason == "RESOURCE_NOT_FOUND")
        #expect(!error.message.contains("for the desk"))
        #expect(error.candidates == ["Desk Lamp"])
        #expect(await refusal { try await desk.issue(line("zzz")) }?.candidates == [])
        let unlisted = try await desk.issue(
            desk.content {
                $0.lines = [desk.unlisted("9405", 1_000, 5_000)]
                $0.allowUnlisted = true
            })
        #expect(unlisted.lines.first?.productID == "" && unlisted.totals?.payable == 5_900)
    }

    @Test("names and SKUs in capitals outside ASCII, and with other spaces, are found as they are kept")
    func namesOutsideASCII() async throws {
        let desk = try await InvoiceDesk()
        let name = ProductName("ÇAY\u{A0}Ölçü  ДОМ")
        let product = LedgerTenant.newID()
        try await desk.tenant.write(
            """
            INSERT INTO product (
                tenant_id, id, name, sku, folded_name, words, hsn, unit, currency, price, is_stocked, created_at, updated_at
            ) VALUES (
                current_tenant(), \(product), \("ÇAY\u{A0}Ölçü  ДОМ"), 'ÄB-1', \(name.folded), \(name.words), '9405', 'pcs', 'INR', 100, false,
                now(), now()
            )
            """)
        func found(_ name: String) async throws -> String? {
            try await desk.issue(
                desk.content { content in
                    content.lines = [.with { ($0.product, $0.quantity) = (name, .with { $0.milli = 1_000 }) }]
                }
            ).lines.first?.productID
        }
        for name in ["ÇAY\u{A0}Ölçü  ДОМ", "çay ölçü дом", " Çay\u{3000}ÖLÇÜ дом", "ÄB-1", "Äb-1"] {
            #expect(try await found(name) == product.description, "\(name)")
        }
        #expect(await refusal { _ = try await found("çay дом") }?.candidates == ["ÇAY\u{A0}Ölçü  ДОМ"])
    }

    @Test("invoices are listed by customer, status, days and what is overdue, each on one page, and exported with their lines")
    func lists() async throws {
        let desk = try await InvoiceDesk()
        var ids: [String] = []
        for _ in 0..<7 { ids.append(try await desk.issue().id) }
        let draft = try await desk.draft()
        try await desk.cancel(ids[0])
        func list(_ change: (inout InvoiceFilter) -> Void = { _ in }, _ size: Int32 = 3) async throws -> [String] {
            var request = ListInvoicesRequest()
            var filter = InvoiceFilter()
            change(&filter)
            (request.filter, request.pageSize) = (filter, size)
            var found: [String] = []
            repeat {
                let reply = try await desk.invoices.listInvoices(request, desk.tenant.options())
                #expect(reply.invoices.count <= size)
                found += reply.invoices.map(\.id)
                request.pageToken = reply.nextPageToken
            } while !request.pageToken.isEmpty
            return found
        }
        #expect(try await list() == [draft.id] + ids.reversed())
        #expect(try await list { $0.statuses = [.draft] } == [draft.id])
        #expect(try await list { $0.statuses = [.cancelled] } == [ids[0]])
        #expect(try await list { $0.customerID = LedgerTenant.newID().description } == [])
        let day = try await desk.get(ids[1]).issuedOn
        #expect(try await list { ($0.issuedFrom, $0.issuedThrough) = (day, day) }.count == 7)
        #expect(try await list { $0.isOverdue = true } == [])
        try await desk.tenant.write(
            "ALTER TABLE invoice DISABLE TRIGGER invoice_keep",
            "UPDATE invoice SET due_on = '2025-01-01' WHERE id = \(RecordID(ids[1]) ?? .none)",
            "ALTER TABLE invoice ENABLE TRIGGER invoice_keep")
        #expect(try await list { $0.isOverdue = true } == [ids[1]])
        #expect(try await desk.get(ids[1]).isOverdue)
        var exported: [Invoice] = []
        let everything = ExportInvoicesRequest.with { $0.filter = .with { $0.statuses = [.issued] } }
        for try await reply in try await desk.invoices.exportInvoices(everything, desk.tenant.options()) { exported.append(reply) }
        #expect(exported.map(\.id) == Array(ids.dropFirst()) && exported.allSatisfy { $0.lines.count == 2 })
        let tooWide = await refusal { try await list { ($0.issuedFrom, $0.issuedThrough) = ("2025-01-01", "2026-01-02") } }
        #expect(tooWide?.reason == "DATE_RANGE_TOO_WIDE")
        #expect(try await list { ($0.issuedFrom, $0.issuedThrough) = ("2025-01-01", "2026-01-01") } == [])
        var stolen = ListInvoicesRequest()
        stolen.pageToken = "nonsense"
        #expect(await refusal { try await desk.invoices.listInvoices(stolen, desk.tenant.options()) }?.reason == "PAGE_TOKEN_INVALID")
        let series = try await desk.invoices.listSeries(ListSeriesRequest(), desk.tenant.options()).series
        #expect(series.map(\.prefix) == ["INV"] && series.first?.lastSequence == 7 && series.first?.lastNumber.hasSuffix("/000007") == true)
    }

    @Test("an invoice in print has its numbers as India groups them, its amount in words and its taxes by rate")
    func print() async throws {
        let desk = try await InvoiceDesk()
        let invoice = try await desk.issue(desk.content { $0.lines = [desk.line(desk.lamp, 123_000), desk.line(desk.rice, 1_500)] })
        let text = try await desk.render(invoice.id)
        #expect(text.contains("TAX INVOICE") && text.contains(invoice.number))
        #expect(text.contains("1,23,061.50"))
        #expect(text.contains("Rupees One Lakh Forty-Five Thousand Three Hundred Forty-Eight Only"))
        #expect(text.contains("18 %") && text.contains("CGST"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
    }
}

extension InvoiceDesk {
    func render(_ id: String) async throws -> String {
        var text = ""
        for try await reply in try await invoices.renderInvoice(.with { $0.id = id }, tenant.options()) { text += reply.text }
        return text
    }
}

extension RPCError {
    /// The names of what a caller may have meant.
    fileprivate var candidates: [String] { details.compactMap { $0.decoded(as: ResourceInfo.self) }.dropFirst().map(\.description) }
}
