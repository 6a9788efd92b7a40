import Postgres
import TestSupport
import Testing

@testable import BillingServer

@Suite("Closed months")
struct PeriodTests {
    private let month = CivilDate(known: "2025-10-01")

    @Test("A closed month takes no journal, the months beside it do")
    func closed() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        try await tenant.run(.closePeriod(month, by: "ada"))
        for (day, constraint) in [
            ("2025-09-30", nil), ("2025-10-01", "ledger_period_open"), ("2025-10-31", "ledger_period_open"), ("2025-11-01", nil),
        ] {
            let posting = try tenant.posting(1, on: day)
            #expect(await refusal { () async throws(PostgresError) in try await tenant.post(posting) } == constraint, "\(day)")
        }
        // It is this tenant's month.
        let other = try await LedgerWorld.shared().tenant()
        try await other.post(other.posting(1))
    }

    @Test("Opening a month again takes two: who asks cannot grant it, not even in one change, and nobody grants what nobody asked for")
    func fourEyes() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        func written(_ statement: SQL) async throws -> Int {
            try await tenant.world.connections.batch(tenant.scope) { $0.execute(statement) }
        }
        let month = month
        #expect(try await written(.askToReopenPeriod(month, by: "ada")) == 0)
        #expect(try await written(.closePeriod(month, by: "ada")) == 1)
        #expect(try await written(.closePeriod(month, by: "ben")) == 0)
        #expect(try await written(.reopenPeriod(month, by: "ben")) == 0)
        #expect(try await written(.askToReopenPeriod(month, by: "ada")) == 1)
        #expect(
            await refusal { () async throws(PostgresError) in try await tenant.run(.reopenPeriod(month, by: "ada")) }
                == "ledger_period_four_eyes")
        let both: SQL = "UPDATE ledger_period SET is_closed = false, reopening_asked_by = 'eve', reopened_by = 'ada'"
        #expect(await refusal { () async throws(PostgresError) in try await tenant.run(both) } == "ledger_period_four_eyes")
        #expect(try await written(.reopenPeriod(month, by: "ben")) == 1)
        try await tenant.post(tenant.posting(1))
        // Closed again, nothing is left of who asked before.
        #expect(try await written(.closePeriod(month, by: "ben")) == 1)
        #expect(try await written(.reopenPeriod(month, by: "ben")) == 0)
    }

    @Test("A month is a month, closed before it is opened again")
    func shape() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let refused: [(SQL, String)] = [
            (.closePeriod(CivilDate(known: "2025-10-02"), by: "ada"), "ledger_period_month"),
            (.closePeriod(month, by: ""), "ledger_period_closed_by"),
            (
                "INSERT INTO ledger_period (tenant_id, month, is_closed, closed_by, reopening_asked_by, reopened_by) VALUES (current_tenant(), '2025-10-01', false, 'a', 'b', 'c')",
                "ledger_period_first_closed"
            ),
        ]
        for (statement, constraint) in refused {
            #expect(await refusal { () async throws(PostgresError) in try await tenant.run(statement) } == constraint)
        }
    }

    @Test("Who closes a month waits for those who post to it, and no journal slips in behind")
    func race() async throws {
        let tenant = try await LedgerWorld.shared().tenant()
        let month = month
        let posting = try tenant.posting(1)
        let closing = try await tenant.world.connections.transaction(tenant.scope) { tx in
            try await tx.execute(.postJournal(posting))
            let closing = Task { try await tenant.run(.closePeriod(month, by: "ada")) }
            // Not a matter of time: it is seen to wait, however long it takes to come there.
            while try await !Self.someoneWaits(for: month, of: tenant) { try Task.checkCancellation() }
            return closing
        }
        try await closing.value
        #expect(try await tenant.balance(of: .cash) == 1)
        let late = try tenant.posting(1)
        #expect(await refusal { () async throws(PostgresError) in try await tenant.post(late) } == "ledger_period_open")
    }

    private static func someoneWaits(for month: CivilDate, of tenant: LedgerTenant) async throws -> Bool {
        try await tenant.world.administration.batch(tenant.scope) {
            $0.one(
                """
                SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                    AND (classid::bigint << 32 | objid::bigint) = ledger_period_lock(current_tenant(), \(month)))
                """)
        }
    }
}
