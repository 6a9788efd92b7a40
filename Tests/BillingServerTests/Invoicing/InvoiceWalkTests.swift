import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// Everything that can be done to invoices, by many at once and at random: what is refused leaves nothing, and what is done adds up.
@Suite("Random walks of invoices")
struct InvoiceWalkTests {
    private struct Walker {
        let desk: InvoiceDesk
        var random: SeededRandom
        var drafts: [String] = []
        var proformas: [String] = []
        var issued: [String] = []
        var notes: [String] = []
        var done = 0

        mutating func content() -> InvoiceContent {
            let lines = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                let (product, isPercent) = (Bool.random(using: &random) ? desk.lamp : desk.rice, Bool.random(using: &random))
                let (milli, rate) = (Int64.random(in: 1...3_000, using: &random), Int32.random(in: 0...10_000, using: &random))
                let isInclusive = Bool.random(using: &random)
                return desk.line(product, milli) {
                    if isPercent { $0.lineDiscount = .discountRate(rate) }
                    $0.isPriceInclusive = isInclusive
                }
            }
            let discount = Int32.random(in: 0...3_000, using: &random)
            let place = ["27", "29", "04"].randomElement(using: &random) ?? "27"
            return desk.content {
                ($0.lines, $0.placeOfSupply) = (lines, place)
                $0.billDiscount = .discountRate(discount)
            }
        }

        mutating func step() async throws {
            let content = content()
            let key = BillingTenant.newKey()
            do throws(RPCError) {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: drafts.append(try await desk.draft(content).id)
                case 1:
                    guard let id = drafts.randomElement(using: &random) else { return }
                    _ = try await desk.invoices.updateDraft(
                        .with { ($0.id, $0.etag, $0.invoice) = (id, "*", content) }, desk.tenant.options(key: BillingTenant.newKey()))
                case 2:
                    guard let id = drafts.popLast() else { return }
                    issued.append(try await desk.issue { $0.source = .draftID(id) }.id)
                case 3:
                    proformas.append(
                        try await desk.invoices.createProforma(.with { $0.invoice = content }, desk.tenant.options(key: key)).id)
                case 4:
                    guard let id = proformas.popLast() else { return }
                    issued.append(try await desk.invoices.convertProforma(.with { $0.id = id }, desk.tenant.options(key: key)).id)
                case 5:
                    guard let id = issued.randomElement(using: &random) else { return }
                    try await desk.cancel(id)
                case 6, 7:
                    guard let id = issued.randomElement(using: &random) else { return }
                    let parts: [NoteContentLine] = [
                        .with {
                            $0.lineNumber = 1
                            $0.part = .quantity(.with { $0.milli = Int64.random(in: 1...2_000, using: &random) })
                        }
                    ]
                    let (isWhole, returns) = (Bool.random(using: &random), Bool.random(using: &random))
                    notes.append(try await desk.credit(id, isWhole ? [] : parts, returnStock: returns).id)
                case 8:
                    guard let id = notes.randomElement(using: &random) else { return }
                    try await desk.cancelNote(id)
                case 9:
                    guard let id = issued.randomElement(using: &random) else { return }
                    let note = try await desk.invoices.issueDebitNote(
                        .with {
                            ($0.invoiceID, $0.reason) = (id, .other)
                            $0.lines = [
                                .with { ($0.lineNumber, $0.part) = (1, .value(.with { ($0.currencyCode, $0.minorUnits) = ("INR", 777) })) }
                            ]
                        }, desk.tenant.options(key: key))
                    issued.append(note.id)
                default: issued.append(try await desk.issue(content).id)
                }
                done += 1
            } catch {
                // What a rule refuses is refused; nothing else may go wrong.
                #expect(
                    ["PRECONDITION_FAILED", "OVER_ALLOCATION", "INSUFFICIENT_STOCK", "INVOICE_IMMUTABLE"].contains(error.reason ?? ""),
                    "\(error)")
            }
        }
    }

    @Test(
        "8 walkers draft, issue, convert, cancel, credit and debit: debits are credits, invoices are their journals, and no number is missing"
    )
    func walk() async throws {
        let desk = try await InvoiceDesk(stock: 10_000_000)
        let seed = Soak.seed(8_008)
        let operations = Soak.isOn ? 100_000 : 480
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var walker = Walker(desk: desk, random: SeededRandom(seed: seed &+ UInt64(worker)))
                    for _ in 0..<operations / 8 { try await walker.step() }
                    return walker.done
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(done > operations / 4, "seed \(seed)")
        try await desk.demandOrder("seed \(seed)")
        try await desk.demandExactTaxes("seed \(seed)")
        // A journal is its invoice: what it debits the customer is what is payable.
        let others = try await desk.tenant.count(
            """
            SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND journal_id IS NOT NULL AND payable <> (
                SELECT coalesce(sum(debit - credit), 0) FROM ledger_line
                WHERE ledger_line.tenant_id = current_tenant() AND ledger_line.journal_id = invoice.journal_id AND account = 1100
            )
            """)
        #expect(others == 0, "seed \(seed)")
        // Credit notes of an invoice never come to more than it.
        let above = try await desk.tenant.count(
            """
            SELECT count(*) FROM invoice WHERE tenant_id = current_tenant() AND payable < (
                SELECT coalesce(sum(total), 0) FROM credit_note WHERE invoice_id = invoice.id AND status = 'issued'
            )
            """)
        #expect(above == 0, "seed \(seed)")
    }
}
