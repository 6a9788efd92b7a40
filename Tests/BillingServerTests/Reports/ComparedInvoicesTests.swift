import Platform
import Postgres
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("What invoices are compared with")
struct ComparedInvoicesTests {
    @Test("each is compared with the twelve before it, and a page reads a customer's invoices once")
    func plan() async throws {
        let tenant = try await BillingWorld(TestCluster.shared()).tenant()
        let customer = try #require(RecordID(try await tenant.debtor()))
        try await tenant.world.administration.batch(tenant.scope) { batch in
            batch.enqueue("SELECT set_config('session_replication_role', 'replica', true)")
            batch.enqueue(
                """
                INSERT INTO invoice (
                    tenant_id, id, status, customer_id, series, start_year, sequence, number, issued_on, buyer_kind, nature, currency, gross,
                    discount, taxable, cgst, sgst, igst, cess, round_off, payable, line_count, created_at, updated_at, issued_at, issued_by
                )
                SELECT current_tenant(), gen_random_uuid(), 'issued',
                    CASE WHEN number % 5 > 0 THEN \(customer) ELSE md5((number % 25)::text)::uuid END, 'INV', 2025, number, 'INV2526/' || number,
                    date '2025-04-01' + number / 20, 'unregistered', 'intra_state', 'INR', number, 0, number, 0, 0, 0, 0, 0, number, 1, now(), now(),
                    now(), 'ada'
                FROM generate_series(1, 2000) AS number
                """)
        }
        let days = try DayRange(from: "2025-06-01", to: "2026-03-31", atMost: Limits.reportDays)
        func page(after last: ComparedInvoiceRow?) async throws -> [ComparedInvoiceRow] {
            try await tenant.world.connections.batch(tenant.scope) { $0.all(.comparedInvoices(days, after: last, limit: 150)) }
        }
        // By hand, of all that there are.
        let all: [ComparedInvoiceRow] = try await tenant.world.connections.batch(tenant.scope) {
            $0.all(
                """
                SELECT id, number, customer_id, issued_on, payable, '{}'::bigint[] AS earlier FROM invoice
                WHERE tenant_id = current_tenant() ORDER BY issued_on, id
                """)
        }
        var (count, last) = (0, ComparedInvoiceRow?.none)
        while case let rows = try await page(after: last), !rows.isEmpty {
            for row in rows {
                let index = try #require(all.firstIndex { $0.id == row.id })
                let before = all[..<index].filter { $0.customer == row.customer }.suffix(12).map(\.payable)
                #expect(row.earlier == before)
            }
            count += rows.count
            last = rows.last
        }
        #expect(count == all.filter { $0.issuedOn >= days.from }.count && count > 500)

        let plan: [String] = try await tenant.world.connections.batch(tenant.scope) {
            $0.all("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) \(SQL.comparedInvoices(days, after: nil, limit: 150))")
        }
        // Each line ends with how often it was done: `(actual rows=150 loops=1)`.
        let loops = plan.compactMap { line in line.split(separator: "=").last.flatMap { Int($0.prefix { $0.isNumber }) } }
        #expect(try #require(loops.max()) <= 6, "\(plan.joined(separator: "\n"))")
    }
}
