import Postgres
import TestSupport
import Testing

@testable import BillingServer

/// An invoice with what became of it, written past its service: what is asked here is how it is read on any day, which its days decide alone.
struct Bill: Sendable {
    /// What a payment pays, or a credit note takes off, from a day on, and until it was taken back.
    struct Part: Sendable {
        let amount: Int64
        let on: CivilDate
        let released: CivilDate?

        init(_ amount: Int64, on day: String, released: String? = nil) {
            self.init(amount, CivilDate(known: day), released.map { CivilDate(known: $0) })
        }

        init(_ amount: Int64, _ day: CivilDate, _ released: CivilDate?) { (self.amount, on, self.released) = (amount, day, released) }

        func counts(on day: CivilDate) -> Bool { on <= day && released.map { $0 > day } ?? true }
    }

    let amount: Int64
    let issued: CivilDate
    let due: CivilDate
    let currency: String
    var paid: [Part]
    var credited: [Part]
    var cancelled: CivilDate?

    init(
        _ amount: Int64, issued: String, due: String, in currency: String = "INR", paid: [Part] = [], credited: [Part] = [],
        cancelled: String? = nil
    ) {
        self.init(
            amount, CivilDate(known: issued), CivilDate(known: due), currency, paid, credited, cancelled.map { CivilDate(known: $0) })
    }

    private init(
        _ amount: Int64, _ issued: CivilDate, _ due: CivilDate, _ currency: String, _ paid: [Part], _ credited: [Part],
        _ cancelled: CivilDate?
    ) {
        (self.amount, self.issued, self.due, self.currency) = (amount, issued, due, currency)
        (self.paid, self.credited, self.cancelled) = (paid, credited, cancelled)
    }

    /// What is open at the end of a day.
    func open(on day: CivilDate) -> Int64 {
        guard issued <= day, cancelled.map({ $0 > day }) ?? true else { return 0 }
        return amount - (paid + credited).filter { $0.counts(on: day) }.reduce(0) { $0 + $1.amount }
    }

    /// A day of the tests' years.
    static func day(_ number: Int) -> CivilDate { CivilDate(known: "2025-01-01").adding(days: number) ?? CivilDate(known: "2025-01-01") }

    /// Never more than all of it is paid and credited on any day.
    static func random(_ random: inout SeededRandom) -> Bill {
        let start = Int.random(in: 0..<200, using: &random)
        let amount = Int64.random(in: 4...1_000, using: &random)
        func parts(_ count: Int) -> [Part] {
            (0..<count).map { _ in
                let on = start + Int.random(in: 0..<150, using: &random)
                let released = Int.random(in: 0..<3, using: &random) == 0 ? day(on + Int.random(in: 0..<60, using: &random)) : nil
                return Part(Int64.random(in: 1...amount / 4, using: &random), day(on), released)
            }
        }
        let due = day(start + Int.random(in: 0..<90, using: &random))
        if Int.random(in: 0..<6, using: &random) == 0 {
            return Bill(amount, day(start), due, "INR", [], [], day(start + Int.random(in: 0..<100, using: &random)))
        }
        return Bill(
            amount, day(start), due, "INR", parts(Int.random(in: 0...2, using: &random)), parts(Int.random(in: 0...2, using: &random)), nil)
    }
}

extension BillingTenant {
    /// Writes an invoice as it is when all of that has happened, with a journal for each day.
    func write(_ bill: Bill, of customer: String) async throws {
        let customer = try #require(RecordID(customer))
        let (id, journal) = (LedgerTenant.newID(), LedgerTenant.newID())
        try await world.administration.batch(scope) { batch in
            // No trigger and no foreign key of this transaction is looked at.
            batch.enqueue("SELECT set_config('session_replication_role', 'replica', true)")
            batch.enqueue(Self.journal(journal, on: bill.issued))
            if let day = bill.cancelled { batch.enqueue(Self.journal(LedgerTenant.newID(), on: day, reverses: journal)) }
            batch.enqueue(Self.invoice(bill, id, journal, customer))
            for part in bill.paid {
                let (made, released) = (LedgerTenant.newID(), LedgerTenant.newID())
                batch.enqueue(Self.journal(made, on: part.on))
                if let day = part.released { batch.enqueue(Self.journal(released, on: day)) }
                batch.enqueue(
                    """
                    INSERT INTO payment_allocation (
                        tenant_id, payment_id, number, invoice_id, amount, journal_id, allocated_at, released_by, released_at
                    ) VALUES (
                        current_tenant(), \(made), 1, \(id), \(part.amount), \(made), now(), \(part.released.map { _ in released }),
                        CASE WHEN \(part.released != nil) THEN now() END
                    )
                    """)
            }
            for part in bill.credited {
                let note = LedgerTenant.newID()
                batch.enqueue(Self.journal(note, on: part.on))
                if let day = part.released { batch.enqueue(Self.journal(LedgerTenant.newID(), on: day, reverses: note)) }
                batch.enqueue(Self.creditNote(part, note, of: id, customer, bill.currency))
            }
        }
    }

    private static func journal(_ id: RecordID, on day: CivilDate, reverses: RecordID? = nil) -> SQL {
        """
        INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count, reverses_id)
        VALUES (current_tenant(), \(id), \(day), 'invoice', \(id), 'tester/ada', 2, \(reverses))
        """
    }

    private static func invoice(_ bill: Bill, _ id: RecordID, _ journal: RecordID, _ customer: RecordID) -> SQL {
        let live = { (parts: [Bill.Part]) in parts.filter { $0.released == nil }.reduce(Int64(0)) { $0 + $1.amount } }
        let (paid, credited) = (live(bill.paid), live(bill.credited))
        let status =
            bill.cancelled != nil ? "cancelled" : paid + credited == 0 ? "issued" : paid + credited == bill.amount ? "paid" : "partial"
        let sequence = Int64.random(in: 1 ... .max)
        return """
            INSERT INTO invoice (
                tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, due_on, buyer_kind, nature, currency, gross,
                discount, taxable, cgst, sgst, igst, cess, round_off, payable, paid, credited, line_count, cancel_reason, journal_id, created_at,
                updated_at, issued_at, issued_by
            ) VALUES (
                current_tenant(), \(id), \(status), \(customer), 'INV', 2024, \(sequence), left(md5(\(sequence)::text), 16), \(bill.issued),
                \(bill.due), 'unregistered', 'intra_state', \(bill.currency), \(bill.amount), 0, \(bill.amount), 0, 0, 0, 0, 0, \(bill.amount),
                \(paid), \(credited), 1, \(status == "cancelled" ? "mistake" : ""), \(journal), now(), now(), now(), 'tester/ada'
            )
            """
    }

    private static func creditNote(
        _ part: Bill.Part, _ id: RecordID, of invoice: RecordID, _ customer: RecordID, _ currency: String
    ) -> SQL {
        let sequence = Int64.random(in: 1 ... .max)
        let isCancelled = part.released != nil
        return """
            INSERT INTO credit_note (
                tenant_id, id, status, series, start_year, sequence, number, issued_on, invoice_id, customer_id, payer_id, reason, currency, taxable,
                cgst, sgst, igst, cess, round_off, total, to_receivable, to_advance, returned_stock, line_count, cancel_reason, journal_id, issued_at,
                issued_by, updated_at
            ) VALUES (
                current_tenant(), \(id), \(isCancelled ? "cancelled" : "issued"), 'CN', 2024, \(sequence), left(md5(\(sequence)::text), 16),
                \(part.on), \(invoice), \(customer), \(customer), 'discount', \(currency), \(part.amount), 0, 0, 0, 0, 0, \(part.amount),
                \(part.amount), 0, false, 1, \(isCancelled ? "mistake" : ""), \(id), now(), 'tester/ada', now()
            )
            """
    }
}
