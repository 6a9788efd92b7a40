import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Synchronization
import TestSupport
import Testing

@testable import BillingServer

@Suite("Numbers of invoices")
struct InvoiceNumberTests {
    /// What time it is, as a test says.
    private final class Hands: Sendable {
        private let seconds: Mutex<Int64>
        private let count = Atomic<UInt64>(1)

        init(_ seconds: Int64) { self.seconds = Mutex(seconds) }

        func set(_ seconds: Int64) { self.seconds.withLock { $0 = seconds } }

        var clock: BillingClock {
            BillingClock(
                unixNanoseconds: { self.seconds.withLock { $0 } * 1_000_000_000 },
                random: {
                    // Ids of one moment have to differ.
                    self.count.wrappingAdd(1, ordering: .relaxed).oldValue &* 0x9E37_79B9_7F4A_7C15
                })
        }
    }

    @Test("BIL-1 · the financial year turns at midnight of 1 April where the seller is, not where the server is")
    func yearTurn() async throws {
        // 2026-03-31T18:29:59Z is a second before midnight in Kolkata.
        let hands = Hands(1_774_981_799)
        let world = try await BillingWorld(TestCluster.shared(), clock: hands.clock)
        let kolkata = try await InvoiceDesk(world)
        let london = try await InvoiceDesk(world) { $0.timeZone = "Europe/London" }
        let last = try await kolkata.issue()
        #expect((last.number, last.issuedOn, last.dueOn) == ("INV2526/000001", "2026-03-31", "2026-04-30"))
        hands.set(1_774_981_800)
        let first = try await kolkata.issue()
        #expect((first.number, first.issuedOn) == ("INV2627/000001", "2026-04-01"))
        let elsewhere = try await london.issue()
        #expect((elsewhere.number, elsewhere.issuedOn) == ("INV2526/000001", "2026-03-31"))
        try await kolkata.demandOrder("a year's turn")
    }

    @Test("BIL-1 · two tenants' first invoices have the same number and never collide; the millionth has sixteen characters at most")
    func tenants() async throws {
        let (one, other) = (try await InvoiceDesk(), try await InvoiceDesk())
        let (first, second) = (try await one.issue(), try await other.issue())
        #expect(first.number == second.number)
        try await one.tenant.write(
            "ALTER TABLE document_series DISABLE TRIGGER document_series_step",
            "UPDATE document_series SET last_sequence = 999999 WHERE tenant_id = current_tenant() AND prefix = 'INV'",
            "ALTER TABLE document_series ENABLE TRIGGER document_series_step")
        let millionth = try await one.issue()
        #expect(millionth.number.hasSuffix("/1000000") && millionth.number.utf8.count <= 16)
        let own = try await one.issue { $0.series = "SHOP" }
        #expect(own.number.hasPrefix("SHOP") && own.number.hasSuffix("/000001") && own.number.utf8.count <= 16)
    }

    @Test("BIL-1 · 32 issuers, of whom many fail after their number is drawn: none is missing, none is drawn twice")
    func concurrent() async throws {
        let desk = try await InvoiceDesk()
        let seed = Soak.seed(3_032)
        let operations = Soak.isOn ? 100_000 : 320
        let poor = LedgerTenant.newID()
        try await desk.tenant.write(
            """
            INSERT INTO customer (tenant_id, id, name, kind, state_code, credit_limit, created_at, updated_at)
            VALUES (current_tenant(), \(poor), 'Poor', 'unregistered', 27, 0, now(), now())
            """)
        let numbers = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<32 {
                group.addTask {
                    var random = SeededRandom(seed: seed &+ UInt64(worker))
                    var numbers: [String] = []
                    for _ in 0..<operations / 32 {
                        switch Int.random(in: 0..<3, using: &random) {
                        case 0:
                            let error = await refusal { try await desk.issue(desk.content { $0.customerID = poor.description }) }
                            #expect(error?.reason == "CREDIT_LIMIT_EXCEEDED")
                        default:
                            let milli = Int64.random(in: 1...20, using: &random)
                            numbers.append(try await desk.issue(desk.content { $0.lines = [desk.line(desk.lamp, milli)] }).number)
                        }
                    }
                    return numbers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(numbers).count == numbers.count, "seed \(seed)")
        let sequences = numbers.compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }.sorted()
        #expect(sequences == Array(1...numbers.count), "seed \(seed)")
        try await desk.demandOrder("seed \(seed)")
    }
}
