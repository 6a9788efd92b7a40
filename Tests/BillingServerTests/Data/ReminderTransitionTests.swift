import BillingAPI
import Platform
import Postgres
import Resources
import Testing

@testable import BillingServer

@Suite("What the database refuses of reminders")
struct ReminderTransitionTests {
    @Test("the states that a time of a reminder can go to are the same in both")
    func transitions() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        for old in OccurrenceState.allCases {
            for new in OccurrenceState.allCases {
                let allowed: Bool = try await tenant.world.administration.batch(tenant.scope) {
                    $0.one("SELECT reminder_may_become(\(old.rawValue), \(new.rawValue))")
                }
                #expect(allowed == old.next.contains(new), "\(old) to \(new)")
            }
        }
    }

    @Test(
        "whoever writes: no skipped state, no sent without a time, no other time for what was sent",
        arguments: [
            "state = 'sent', sent_at = now(), attempt = 1, delivery_id = id, begun_at = now()", "state = 'failed', reason = 'refused'",
            "state = 'unknown'", "state = 'sending'", "state = 'expired'", "attempt = 4", "state = 'cancelled', reason = 'refused'",
            "reminder_id = id", "tried = '{fax}'", "moved_by = '{rain}'",
        ] as [StaticString])
    func refused(change: StaticString) async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor())
        await #expect(throws: PostgresError.self) {
            try await tenant.world.administration.batch(tenant.scope) {
                $0.enqueue("UPDATE reminder_occurrence SET \(fragment: change) WHERE tenant_id = current_tenant()")
            }
        }
        #expect(try await tenant.reminder(reminder.id) == reminder)
    }

    @Test("a second time of the same moment, and a second one that is open, are refused")
    func unique() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor())
        for days in [0, 1] {
            await #expect(throws: PostgresError.self) {
                try await tenant.world.administration.batch(tenant.scope) {
                    $0.enqueue(
                        """
                        INSERT INTO reminder_occurrence (tenant_id, id, reminder_id, due_at, run_at, changed_at)
                        SELECT tenant_id, gen_random_uuid(), reminder_id, due_at + \(Int32(days)) * interval '1 day', run_at, changed_at
                        FROM reminder_occurrence WHERE tenant_id = current_tenant()
                        """)
                }
            }
        }
        #expect(try await tenant.reminder(reminder.id) == reminder)
    }
}
