import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

/// A document as a test writes it into the tables, with its journal.
private struct Written {
    let id = LedgerTenant.newID()
    let customer = LedgerTenant.newID()
    var number = "INV2526/000001"
    var series = "INV"
    var sequence: Int64 = 1
    var day = "2025-10-15"
    var status = "issued"
    var kind = "unregistered"
    var gstin = ""
    var place: Int16? = 27
    var nature = BillingServer.SupplyNature.intraState
    /// Of each line.
    var lines: [(taxable: Int64, rate: Int64, taxability: String)] = [(1_000_00, 1_800, "taxable")]
    var isPosted = true

    struct Taxes: Equatable {
        var taxable: Int64 = 0
        var cgst: Int64 = 0
        var igst: Int64 = 0
    }

    func taxes(_ line: (taxable: Int64, rate: Int64, taxability: String)) throws -> Taxes {
        let rate = try Rate(basisPoints: line.rate)
        switch nature {
        case .intraState, .unionTerritory: return Taxes(taxable: line.taxable, cgst: try rate.half(of: line.taxable))
        case .interState, .zeroRatedWithTax: return Taxes(taxable: line.taxable, igst: try rate.of(line.taxable))
        case .zeroRatedWithoutTax, .composition, .unregistered: return Taxes(taxable: line.taxable)
        }
    }

    func sum() throws -> Taxes {
        try lines.reduce(into: Taxes()) { sum, line in
            let tax = try taxes(line)
            sum = Taxes(taxable: sum.taxable + tax.taxable, cgst: sum.cgst + tax.cgst, igst: sum.igst + tax.igst)
        }
    }
}

extension BillingTenant {
    /// A discount of 10 paise on each line, so that gross and taxable values differ.
    fileprivate func write(_ document: Written) async throws {
        let (id, customer) = (document.id, document.customer)
        let sum = try document.sum()
        let payable = sum.taxable + 2 * sum.cgst + sum.igst
        let isIssued = document.status != "draft" && document.status != "void"
        let lineCount = Int16(document.lines.count)
        let discount = Int64(10 * document.lines.count)
        var statements: [SQL] = [
            """
            INSERT INTO invoice (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, buyer_kind, buyer_gstin, place_state,
                nature, currency, gross, discount, taxable, cgst, sgst, igst, cess, round_off, payable, paid, line_count, cancel_reason,
                created_at, updated_at, issued_at, issued_by
            ) SELECT current_tenant(), \(id), \(document.status), \(customer), \(document.series), CASE WHEN i THEN 2025 END,
                CASE WHEN i THEN \(document.sequence) END, CASE WHEN i THEN \(document.number) END, CASE WHEN i THEN \(document.day)::date END,
                \(document.kind), \(document.gstin), \(document.place), \(document.nature.rawValue), 'INR', \(sum.taxable + discount),
                \(discount), \(sum.taxable), \(sum.cgst), \(sum.cgst), \(sum.igst), 0, 0, \(payable),
                CASE WHEN \(document.status) = 'paid' THEN \(payable) ELSE 0 END, \(lineCount),
                CASE WHEN \(document.status) = 'cancelled' THEN 'a slip' ELSE '' END, now(), now(), CASE WHEN i THEN now() END,
                CASE WHEN i THEN 'ada' ELSE '' END
            FROM (SELECT \(isIssued) AS i) AS state
            """
        ]
        for (index, line) in document.lines.enumerated() {
            let tax = try document.taxes(line)
            statements.append(
                """
                INSERT INTO invoice_line (
                    tenant_id, invoice_id, number, description, hsn, unit, quantity, unit_price, is_inclusive, gross, discount, bill_discount,
                    taxable, tax_rate_id, taxability, rate, cess_rate, cgst, sgst, igst, cess
                ) VALUES (
                    current_tenant(), \(id), \(Int16(index + 1)), 'Rice', '1006', 'kg', 2000, \(line.taxable), false, \(line.taxable + 10), 10, 0,
                    \(line.taxable), 1, \(line.taxability), \(Int32(line.rate)), 0, \(tax.cgst), \(tax.cgst), \(tax.igst), 0
                )
                """)
        }
        for chunk in [statements] {
            try await world.administration.batch(scope) { batch in
                batch.enqueue("SET LOCAL session_replication_role = replica")
                for statement in chunk { batch.enqueue(statement) }
            }
        }
        guard isIssued, document.isPosted else { return }
        var draft = JournalDraft(in: .inr)
        try draft.add(.debit, .receivable, of: customer, payable)
        try draft.add(.credit, .sales, sum.taxable)
        try draft.add(.credit, .outputCGST, sum.cgst)
        try draft.add(.credit, document.nature == .unionTerritory ? .outputUTGST : .outputSGST, sum.cgst)
        try draft.add(.credit, .outputIGST, sum.igst)
        let posted = Posting(
            id: LedgerTenant.newID(), journal: try draft.journal(), effectiveOn: CivilDate(known: document.day),
            document: .init(kind: .invoice, id: id), postedBy: "billing/ada")
        try await world.connections.batch(scope) { $0.enqueue(.postJournal(posted)) }
        guard document.status == "cancelled" else { return }
        // Taken back in the month after it.
        let reversal = posted.reversal(id: LedgerTenant.newID(), effectiveOn: CivilDate(known: "2025-11-03"), by: "billing/ada")
        try await world.connections.batch(scope) { $0.enqueue(.postJournal(reversal)) }
    }

    /// A credit note over the first line of an invoice, at 18 % within the state or beyond it.
    fileprivate func credit(_ taxable: Int64, of document: Written, number: Int64) async throws {
        let id = LedgerTenant.newID()
        let tax = try document.taxes((taxable, 1_800, "taxable"))
        let total = taxable + 2 * tax.cgst + tax.igst
        try await forge(
            """
            INSERT INTO credit_note (
                tenant_id, id, status, series, start_year, sequence, number, issued_on, invoice_id, customer_id, payer_id, reason, currency,
                taxable, cgst, sgst, igst, cess, round_off, total, to_receivable, to_advance, returned_stock, line_count, issued_at, issued_by,
                updated_at
            ) VALUES (
                current_tenant(), \(id), 'issued', 'CN', 2025, \(number), \("CN2526/00000\(number)"), '2025-10-20', \(document.id),
                \(document.customer), \(document.customer), 'discount', 'INR', \(taxable), \(tax.cgst), \(tax.cgst), \(tax.igst), 0, 0, \(total),
                \(total), 0, false, 1, now(), 'ada', now()
            )
            """,
            """
            INSERT INTO credit_note_line (
                tenant_id, credit_note_id, invoice_id, line_number, quantity, taxable, cgst, sgst, igst, cess
            ) VALUES (current_tenant(), \(id), \(document.id), 1, 500, \(taxable), \(tax.cgst), \(tax.cgst), \(tax.igst), 0)
            """)
        var draft = JournalDraft(in: .inr)
        try draft.add(.credit, .receivable, of: document.customer, total)
        try draft.add(.debit, .salesReturns, taxable)
        try draft.add(.debit, .outputCGST, tax.cgst)
        try draft.add(.debit, .outputSGST, tax.cgst)
        try draft.add(.debit, .outputIGST, tax.igst)
        let posted = Posting(
            id: LedgerTenant.newID(), journal: try draft.journal(), effectiveOn: CivilDate(known: "2025-10-20"),
            document: .init(kind: .creditNote, id: id), postedBy: "billing/ada")
        try await world.connections.batch(scope) { $0.enqueue(.postJournal(posted)) }
    }

    fileprivate func gstr1(_ month: String = "2025-10") async throws(RPCError) -> Gstr1Reply {
        try await tax.gstr1(.with { $0.month = month }, options())
    }
}

@Suite("TaxService: returns of a month")
struct ReturnTests {
    @Test(
        "BIL-3 · each document stands in its table, after discounts; drafts, proformas and void ones in none, cancelled ones among the documents"
    )
    func tables() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let registered = "29AAGCB7383J1Z4"
        let documents: [Written] = [
            Written(number: "INV2526/000001", kind: "registered", gstin: registered, place: 29, nature: .interState),
            Written(number: "INV2526/000002", sequence: 2, place: 29, nature: .interState, lines: [(1_00_000_00, 500, "taxable")]),
            Written(number: "INV2526/000003", sequence: 3, place: 29, nature: .interState, lines: [(10_000_00, 500, "taxable")]),
            Written(number: "INV2526/000004", sequence: 4, status: "paid", lines: [(100_00, 500, "taxable"), (50_00, 0, "exempt")]),
            Written(number: "INV2526/000005", sequence: 5, kind: "abroad", place: nil, nature: .zeroRatedWithoutTax),
            Written(number: "INV2526/000006", sequence: 6, status: "cancelled"),
            Written(number: "PRO2526/000001", series: "PRO", status: "proforma", isPosted: false),
            Written(status: "draft"), Written(status: "void"),
            Written(number: "INV2526/000007", sequence: 7, day: "2025-09-30"),
        ]
        for document in documents { try await tenant.write(document) }
        let reply = try await tenant.gstr1()
        func numbers(_ table: ReturnTable) -> [String] { reply.lines.filter { $0.table == table }.map(\.number) }
        #expect(numbers(.b2b) == ["INV2526/000001"])
        #expect(numbers(.b2cl) == ["INV2526/000002"])
        #expect(numbers(.exports) == ["INV2526/000005"])
        let small = reply.lines.filter { $0.table == .b2cs }
        #expect(small.map(\.placeState) == ["27", "29"])
        #expect(small.map(\.taxable) == [100_00, 10_000_00])
        #expect(small.map(\.igst) == [0, 500_00] && small.map(\.cgst) == [2_50, 0])
        let untaxed = reply.lines.filter { $0.table == .nil }
        #expect(untaxed.map(\.nature) == ["exempt"] && untaxed.map(\.taxable) == [50_00])
        let codes = reply.lines.filter { $0.table == .hsn }
        #expect(codes.allSatisfy { $0.hsn == "1006" && $0.uqc == "KGS" })
        #expect(codes.first { $0.isRegistered }?.taxable == 1_000_00)
        #expect(codes.map(\.taxable).reduce(0, +) == 1_12_150_00)
        let series = reply.lines.filter { $0.table == .documents }
        #expect(series.map(\.number) == ["INV2526/000001"] && series.map(\.lastNumber) == ["INV2526/000006"])
        #expect(series.map(\.documents) == [6] && series.map(\.cancelled) == [1])
        #expect(reply.reconciliation.map(\.account) == [2110, 2120, 2130, 2140, 2150])
        #expect(reply.reconciliation.allSatisfy { $0.difference == 0 })
        #expect((reply.isFiled, reply.dueOn) == (false, "2025-11-11"))

        var exported: [ReturnLine] = []
        for try await line in try await tenant.tax.exportGstr1(.with { $0.month = "2025-10" }, tenant.options()) { exported.append(line) }
        #expect(exported == reply.lines)
        let sums = try await tenant.tax.gstr3bSummary(.with { $0.month = "2025-10" }, tenant.options())
        #expect(sums.taxable == 1_11_100_00)
        #expect((sums.zeroRated, sums.nilRatedAndExempt, sums.nonGst) == (1_000_00, 50_00, 0))
        #expect((sums.igst, sums.cgst, sums.sgst) == (5_680_00, 2_50, 2_50))
        #expect(try await BillingWorld.shared().tenant().gstr1().lines.isEmpty)
    }

    @Test("whatever documents there are, a return agrees with the ledger; what somebody posts to a tax by hand is the difference")
    func reconciled() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let seed = Soak.seed(7_051)
        var random = SeededRandom(seed: seed)
        var (cgst, igst): (Int64, Int64) = (0, 0)
        let count = Soak.isOn ? 400 : 40
        for number in 1...count {
            var document = Written(number: "INV2526/\(100_000 + number)", sequence: Int64(number))
            document.nature = [.intraState, .unionTerritory, .interState, .zeroRatedWithTax].randomElement(using: &random) ?? .intraState
            document.status = ["issued", "paid", "cancelled"].randomElement(using: &random) ?? "issued"
            document.day = "2025-\(Bool.random(using: &random) ? "10" : "11")-\(Int.random(in: 10...28, using: &random))"
            document.lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                (Int64.random(in: 1...1_000_000, using: &random), [0, 25, 500, 1_800, 4_000].randomElement(using: &random) ?? 0, "taxable")
            }
            // The day it is taken back has to be behind it.
            if document.status == "cancelled" { document.day = "2025-10-20" }
            try await tenant.write(document)
            guard document.status != "cancelled", document.day < "2025-11" else { continue }
            let sum = try document.sum()
            (cgst, igst) = (cgst + sum.cgst, igst + sum.igst)
        }
        for month in ["2025-10", "2025-11"] {
            let reply = try await tenant.gstr1(month)
            #expect(reply.reconciliation.allSatisfy { $0.difference == 0 && $0.documents == $0.ledger }, "seed \(seed)")
        }
        let october = try await tenant.gstr1().reconciliation
        #expect(october.first { $0.account == 2110 }?.documents == cgst, "seed \(seed)")
        #expect(october.first { $0.account == 2140 }?.documents == igst, "seed \(seed)")
        let byHand = BillingTenant.journal(77) {
            $0.lines[1].account = 2140
            $0.onKeptAccounts = true
        }
        let posted = try await tenant.ledger.postJournal(byHand, tenant.options(key: BillingTenant.newKey()))
        func difference() async throws -> Int64? {
            try await tenant.gstr1().reconciliation.first { $0.account == 2140 }?.difference
        }
        #expect(try await difference() == 77)
        // Taken back, and that taken back again.
        let reversal = try await tenant.ledger.reverseJournal(
            .with { ($0.id, $0.description) = (posted.id, "a slip") }, tenant.options(key: BillingTenant.newKey()))
        #expect(try await difference() == 0)
        _ = try await tenant.ledger.reverseJournal(
            .with { ($0.id, $0.description) = (reversal.id, "it was none") }, tenant.options(key: BillingTenant.newKey()))
        #expect(try await difference() == 77)
    }

    @Test("BIL-3 · credit notes stand in their own tables, or are taken off small sales, and the return agrees with the ledger")
    func notes() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let large = Written(kind: "registered", gstin: "29AAGCB7383J1Z4", place: 29, nature: .interState)
        let small = Written(number: "INV2526/000002", sequence: 2)
        try await tenant.write(large)
        try await tenant.write(small)
        try await tenant.credit(100_00, of: large, number: 1)
        try await tenant.credit(200_00, of: small, number: 2)
        let reply = try await tenant.gstr1()
        let notes = reply.lines.filter { $0.table == .cdnr }
        #expect(notes.map(\.number) == ["CN2526/000001"] && notes.map(\.originalNumber) == ["INV2526/000001"])
        #expect(notes.map(\.igst) == [18_00] && notes.allSatisfy(\.isCreditNote))
        #expect(reply.lines.filter { $0.table == .b2cs }.map(\.taxable) == [800_00])
        #expect(reply.lines.filter { $0.table == .hsn }.map(\.taxable) == [800_00, 900_00])
        #expect(reply.lines.filter { $0.table == .documents }.map(\.documents) == [2, 2])
        #expect(reply.reconciliation.allSatisfy { $0.difference == 0 })
        #expect(reply.reconciliation.first { $0.account == 2140 }?.documents == 162_00)
    }

    @Test("what bears no tax is between states or within one, and a series' numbers are in the order in which they were drawn")
    func untaxed() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let registered = "29AAGCB7383J1Z4"
        let exempt: [(taxable: Int64, rate: Int64, taxability: String)] = [(100_00, 0, "exempt")]
        let documents: [Written] = [
            Written(number: "INV2526/999999", sequence: 999_999, lines: exempt),
            Written(number: "INV2526/1000000", sequence: 1_000_000, place: 29, nature: .interState, lines: exempt),
            Written(
                number: "INV2526/1000001", sequence: 1_000_001, kind: "registered", gstin: registered, place: 29, nature: .interState,
                lines: exempt),
            Written(
                number: "INV2526/1000002", sequence: 1_000_002, kind: "registered", gstin: "27AAPFU0939F1ZV",
                lines: [(100_00, 0, "nil_rated"), (7_00, 0, "exempt")]),
        ]
        for document in documents { try await tenant.write(document) }
        let reply = try await tenant.gstr1()
        let lines = reply.lines.filter { $0.table == .nil }.map { "\($0.nature) \($0.isRegistered) \($0.isInterState) \($0.taxable)" }
        #expect(
            lines == [
                "exempt true true 10000", "exempt true false 700", "exempt false true 10000", "exempt false false 10000",
                "nil_rated true false 10000",
            ])
        let series = reply.lines.filter { $0.table == .documents }
        #expect(series.map(\.number) == ["INV2526/999999"] && series.map(\.lastNumber) == ["INV2526/1000002"])
    }

    @Test("a filed month stays closed for ever: no journal, no document, no cancellation, and nobody opens it again")
    func filed() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        func file(_ month: String) async throws(RPCError) -> LockPeriodReply {
            try await tenant.tax.lockPeriod(
                .with {
                    $0.month = month
                    $0.acknowledgement = "AA2710250000001"
                }, tenant.options())
        }
        #expect(await refusal { try await file("2025-10") }?.reason == "RESOURCE_NOT_FOUND")
        try await tenant.sell()
        try await tenant.write(Written())
        try await tenant.write(Written(number: "INV2526/000002", sequence: 2, status: "draft"))
        let future = await refusal { try await file("9998-01") }
        #expect(future?.code == .failedPrecondition && future?.reason == "PRECONDITION_FAILED")
        let reply = try await file("2025-10")
        #expect((reply.month, reply.filedBy, reply.acknowledgement) == ("2025-10", "tester/ada", "AA2710250000001"))
        #expect(try await file("2025-10") == reply)
        #expect(try await tenant.gstr1().isFiled)
        #expect(await refusal { try await tenant.post(1, on: "2025-10-31") }?.reason == "PERIOD_LOCKED")
        func constraint(_ statement: SQL) async -> String? {
            await BillingServerTests.refusal { () async throws(PostgresError) in
                try await tenant.world.connections.batch(tenant.scope) { $0.enqueue(statement) }
            }
        }
        let cancel: SQL = """
            UPDATE invoice SET status = 'cancelled', cancel_reason = 'late', version = version + 1
            WHERE tenant_id = current_tenant() AND number IS NOT NULL
            """
        #expect(await constraint(cancel) == "tax_period_filed")
        let backdate: SQL = """
            UPDATE invoice SET status = 'issued', version = version + 1, start_year = 2025, sequence = 9, number = 'INV2526/000009',
                issued_on = '2025-10-31', issued_at = now(), issued_by = 'ada'
            WHERE tenant_id = current_tenant() AND status = 'draft'
            """
        #expect(await constraint(backdate) == "tax_period_filed")
        #expect(BillingError(posting: PostgresError(.checkViolation, "", constraint: "tax_period_filed")) == .periodLocked)
        for call in ["ask", "reopen"] {
            let error = await refusal {
                if call == "ask" {
                    _ = try await tenant.ledger.askToReopenPeriod(
                        .with {
                            $0.month = "2025-10"
                            $0.reason = "x"
                        }, tenant.options())
                } else {
                    _ = try await tenant.ledger.reopenPeriod(.with { $0.month = "2025-10" }, tenant.options())
                }
            }
            #expect(error?.reason == "PRECONDITION_FAILED")
        }
        let reopened: SQL = """
            UPDATE ledger_period SET is_closed = false, reopened_by = 'b' WHERE tenant_id = current_tenant() AND month = '2025-10-01'
            """
        #expect(await constraint("UPDATE ledger_period SET reopening_asked_by = 'a' WHERE tenant_id = current_tenant()") == nil)
        #expect(await constraint(reopened) == "ledger_period_filed")
        #expect(
            await constraint("INSERT INTO tax_period (tenant_id, month, filed_by) VALUES (current_tenant(), '2025-08-01', 'a')")
                == "tax_period_closed")
    }

    @Test(
        "e-invoices, e-way bills and HSN digits follow the law's thresholds",
        arguments: [
            (5_00_00_000_00, 50_000_00, 200, true, false, false, 0, 4), (5_00_00_000_01, 50_000_01, 200, true, true, true, 1, 6),
            (5_00_00_000_01, 50_000_01, 201, false, false, true, 2, 6), (0, 50_000_01, 0, false, false, true, 1, 4),
        ] as [(Int64, Int64, Int32, Bool, Bool, Bool, Int32, Int32)])
    func eligibility(
        turnover: Int64, consignment: Int64, kilometres: Int32, isRegistered: Bool, eInvoice: Bool, eWayBill: Bool, days: Int32,
        digits: Int32
    ) async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let reply = try await tenant.tax.checkEligibility(
            .with {
                $0.turnover = turnover
                $0.consignment = consignment
                $0.distanceKm = kilometres
                $0.buyerIsRegistered = isRegistered
            }, tenant.options())
        #expect((reply.needsEInvoice, reply.needsEWayBill, reply.eWayBillDays, reply.hsnDigits) == (eInvoice, eWayBill, days, digits))
    }

    @Test("reports read the same documents and the ledger")
    func reports() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let reports = ReportServiceClient(tenant.world.channel)
        try await tenant.write(Written(lines: [(1_000_00, 1_800, "taxable"), (500_00, 500, "taxable")]))
        try await tenant.write(Written(number: "INV2526/000002", sequence: 2, day: "2025-10-16", status: "cancelled"))
        try await tenant.write(Written(number: "PRO2526/000001", series: "PRO", status: "proforma", isPosted: false))
        try await tenant.post(7_00, on: "2025-10-15")
        let days = try await reports.dailySummary(
            .with {
                $0.from = "2025-10-01"
                $0.to = "2025-10-31"
            }, tenant.options()
        ).days
        #expect(days.map(\.day) == ["2025-10-15"])
        #expect(days.map(\.invoices) == [1] && days.map(\.taxable) == [1_500_00] && days.map(\.cash) == [7_00])
        #expect(days.map(\.tax) == [205_00] && days.map(\.discount) == [20])
        let sold = try await reports.topSelling(
            .with {
                $0.from = "2025-10-01"
                $0.to = "2025-10-31"
            }, tenant.options()
        ).products
        #expect(sold.map(\.taxable) == [1_500_00] && sold.map(\.quantityMilli) == [4_000] && sold.map(\.invoices) == [1])
        let result = try await reports.profitAndLoss(
            .with {
                $0.from = "2025-10-01"
                $0.to = "2025-11-30"
            }, tenant.options())
        #expect((result.sales, result.grossProfit, result.netProfit) == (1_500_00, 1_500_00, 1_500_00))
        let wide = await refusal {
            try await reports.anomalies(
                .with {
                    $0.from = "2024-10-01"
                    $0.to = "2025-10-02"
                }, tenant.options())
        }
        #expect(wide?.code == .outOfRange && wide?.reason == "DATE_RANGE_TOO_WIDE")
    }
}
