import BillingAPI
import Platform
import Postgres
import Resources
import Testing

@testable import BillingServer

/// The table of a fee's statuses stands in the service and in the database: they are the same, and both hold.
@Suite("Every transition of a meeting's fee, legal and not")
struct MeetingTransitionTests {
    @Test("the database's table is the service's")
    func tables() async throws {
        let world = try await BillingWorld.shared()
        let scope = world.tenant().scope
        for from in BillingServer.FeeStatus.allCases {
            for to in BillingServer.FeeStatus.allCases {
                let isLegal: Bool = try await world.administration.batch(scope) {
                    $0.one("SELECT meeting_fee_may_become(\(from.rawValue), \(to.rawValue))")
                }
                #expect(isLegal == from.next.contains(to), "\(from) to \(to)")
            }
        }
    }

    @Test("by raw SQL, as the role that serves and as a superuser, no other move is made", arguments: BillingServer.FeeStatus.allCases)
    func raw(from: BillingServer.FeeStatus) async throws {
        let desk = try await PlanTenant()
        let id = try await meeting(in: from, desk)
        for to in BillingServer.FeeStatus.allCases where to != from && !from.next.contains(to) {
            for asAdministrator in [false, true] {
                let refused = await desk.tenant.constraint(
                    against: """
                        UPDATE meeting SET status = \(to.rawValue), version = version + 1
                        WHERE tenant_id = current_tenant() AND id = \(id)
                        """, asAdministrator: asAdministrator)
                #expect(refused == "meeting_transition", "\(from) to \(to)")
            }
        }
    }

    @Test("what was booked and what was earned stays what it is, whoever writes")
    func immutable() async throws {
        let desk = try await PlanTenant()
        let earned = try await meeting(in: .earned, desk)
        for change in [
            "fee = fee + 1", "ordinal = ordinal + 1", "attended_minutes = 40", "deal_value = 0", "subject = 'x'",
            "calendar_event_id = 'x'", "month = '2026-04-01'",
        ] as [StaticString] {
            for asAdministrator in [false, true] {
                let refused = await desk.tenant.constraint(
                    against:
                        "UPDATE meeting SET \(fragment: change), version = version + 1 WHERE tenant_id = current_tenant() AND id = \(earned)",
                    asAdministrator: asAdministrator)
                // The role that serves may not even write to a column that never changes.
                #expect(refused == "meeting_immutable" || !asAdministrator, "\(change)")
            }
        }
        #expect(
            await desk.tenant.constraint(
                against: "UPDATE meeting SET void_reason = 'x' WHERE tenant_id = current_tenant() AND id = \(earned)", asAdministrator: true
            )
                == "meeting_version_follows")
        await #expect(throws: PostgresError.self) {
            try await desk.tenant.run("DELETE FROM meeting WHERE tenant_id = current_tenant()")
        }
        await #expect(throws: PostgresError.self) {
            try await desk.tenant.run("DELETE FROM bill_line WHERE tenant_id = current_tenant()")
        }
    }

    private func meeting(in status: BillingServer.FeeStatus, _ desk: PlanTenant) async throws -> RecordID {
        let plan = try await desk.plan("recovery", .base, PlanTenant.recovery())
        let customer = try await desk.customer(limit: 10_000_000)
        let subscription = try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription)
        let meeting = try await desk.record(subscription, at: "2026-03-02T10:00")
        switch status {
        case .pending: break
        case .void: try await desk.miss(meeting)
        case .earned, .billed, .credited: try await desk.confirm(meeting)
        }
        if status == .billed || status == .credited {
            desk.go(to: "2026-04-02")
            try await desk.run("2026-04")
        }
        if status == .credited { try await desk.miss(meeting) }
        #expect(try await desk.get(meeting).status == status.message)
        return try #require(RecordID(meeting.id))
    }
}
