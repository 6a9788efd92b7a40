import LeadAPI
import Net
import Postgres
import Resources
import TestSupport
import Testing

@testable import LeadServer

/// Ten thousand leads of one tenant; under `make soak-million` a million.
@Suite("Many leads")
struct ManyLeadsTests {
    private static let count = Soak.isOn ? 1_000_000 : 10_000

    /// Lead number 1 is the oldest; each is a millisecond younger than the one before.
    private func crowd() async throws -> Tenant {
        let tenant = try await LeadWorld(TestCluster.shared()).tenant()
        let scope = Scope(tenant: tenant.name, caller: "tester/ada", requestID: "test")
        try await tenant.world.administration.transaction(scope) { transaction in
            transaction.enqueue("SELECT set_config('statement_timeout', '0', true)")
            transaction.enqueue(
                """
                INSERT INTO lead (tenant_id, id, first_name, last_name, email, status, score, source, tags, created_at, updated_at)
                SELECT current_tenant(),
                    (lpad(to_hex(1700000000000 + number), 12, '0') || '70008000' || lpad(to_hex(number), 12, '0'))::uuid,
                    'First', 'Last', 'lead-' || number || '@example.com',
                    ('{new,contacted,engaged,qualified,meeting_booked,converted,unresponsive,opted_out}'::text[])[1 + number % 8],
                    number % 101, 'source-' || number % 10, ARRAY['tag-' || number % 4],
                    to_timestamp((1700000000000 + number) / 1000.0), now()
                FROM generate_series(1, \(Self.count)) AS number
                """)
            transaction.enqueue("ANALYZE lead")
            transaction.enqueue("ANALYZE lead_tag")
        }
        return tenant
    }

    private func id(_ number: Int) throws -> LeadID {
        func hex(_ number: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 12 - digits.count) + digits
        }
        let time = hex(1_700_000_000_000 + number)
        return try #require(LeadID("\(time.prefix(8))-\(time.suffix(4))-7000-8000-\(hex(number))"))
    }

    private typealias Listing = (name: String, criteria: LeadCriteria, order: LeadOrder)

    private func listings() throws -> [Listing] {
        func criteria(_ change: (inout LeadFilter) -> Void) throws -> LeadCriteria {
            var filter = LeadFilter()
            change(&filter)
            var violations = Violations()
            return try #require(LeadCriteria(filter, &violations))
        }
        let all = try criteria { _ in }
        return [
            ("newest", all, .newestFirst), ("oldest", all, .oldestFirst), ("highest score", all, .highestScoreFirst),
            ("status", try criteria { $0.statuses = [.qualified] }, .newestFirst),
            ("two statuses", try criteria { $0.statuses = [.qualified, .new] }, .newestFirst),
            ("source", try criteria { $0.source = "source-7" }, .oldestFirst),
            ("tag", try criteria { $0.tags = ["tag-1"] }, .newestFirst),
            ("score from 50 on", try criteria { $0.minScore = 50 }, .newestFirst),
        ]
    }

    /// Where the pages of a list begin: at its start, in the middle, and where a page is left of it, more or less.
    private func positions(_ order: LeadOrder) throws -> [PagePosition?] {
        let left = 2_000
        let middle = try id(Self.count / 2)
        return switch order {
        case .oldestFirst: [nil, PagePosition(id: middle, score: 0), PagePosition(id: try id(Self.count - left), score: 0)]
        case .highestScoreFirst: [nil, PagePosition(id: middle, score: 50), PagePosition(id: try id(Self.count), score: 2)]
        default: [nil, PagePosition(id: middle, score: 0), PagePosition(id: try id(left), score: 0)]
        }
    }

    @Test("R13: whatever the order and the filter, PostgreSQL reads as little for the last page of a list as for its first, by index alone")
    func pages() async throws {
        let tenant = try await crowd()
        for list in try listings() {
            var reads: [Int] = []
            for position in try positions(list.order) {
                let statement = SQL.leads(list.criteria, list.order, after: position, limit: 51)
                let plan = try await tenant.world.connections.batch(tenant.scope) {
                    $0.all("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) \(statement)", as: String.self)
                }
                #expect(!plan.contains { $0.contains("Seq Scan") || $0.contains("Sort") }, "\(list.name):\n\(plan.joined(separator: "\n"))")
                reads.append(try #require(plan.lazy.compactMap(buffers).first, "\(plan)"))
            }
            // Where leads and their index entries happen to lie makes some difference; what is skipped by counting would make thousands.
            for read in reads { #expect(read <= 2 * reads[0] + 16, "\(list.name): \(reads)") }
            guard Soak.isOn else { continue }
            let times = try await times(of: list, tenant)
            print("\(list.name): \(reads) blocks, \(times) µs")
            for time in times { #expect(Double(time) <= 1.2 * Double(times[0]), "\(list.name): \(times)") }
        }
    }

    /// The blocks of `Buffers: shared hit=56 read=3`: the first such line of a plan counts all of it.
    private func buffers(_ line: String) -> Int? {
        guard line.contains("Buffers: shared") else { return nil }
        return line.split(separator: " ").compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }.reduce(0, +)
    }

    /// Medians of what a page takes the service's own statement, its rows decoded, in microseconds.
    private func times(of list: Listing, _ tenant: Tenant) async throws -> [Int64] {
        let positions = try positions(list.order)
        var times = positions.map { _ in [Int64]() }
        for _ in 0..<101 {
            for (index, position) in positions.enumerated() {
                let begun = MonotonicTime.now()
                let rows = try await tenant.world.connections.batch(tenant.scope) {
                    $0.all(.leads(list.criteria, list.order, after: position, limit: 51), as: LeadRow.self)
                }
                #expect(rows.count == 51, "\(list.name)")
                times[index].append((MonotonicTime.now() - begun).wholeNanoseconds / 1_000)
            }
        }
        return times.map { $0.sorted()[$0.count / 2] }
    }
}
