import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("What subscriptions use")
struct UsageTests {
    private func subscription(
        _ tenant: PlanTenant, _ code: String = "solo"
    ) async throws -> BillingAPI.Subscription {
        let terms = PlanTenant.terms {
            $0.trialDays = 14
            $0.usageCharges = [PlanTenant.storage]
        }
        let plan = try await tenant.plan(code, .base, terms)
        return try #require(try await tenant.subscribe(try await tenant.customer(), to: plan).subscription)
    }

    @Test("An event counts once, however often it is sent, in its message, its stream or another one")
    func once() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        let time = PlanTenant.noon("2026-03-02")
        let events = [PlanTenant.event("event-0001", made, 40, at: time), PlanTenant.event("event-0002", made, 2)]
        let first = try await tenant.ingest(events + [events[0]], [PlanTenant.event("event-0003", made, 100)], events)
        #expect(first.accepted == 3 && first.duplicates == 3)
        tenant.go(to: "2026-03-03")
        let second = try await tenant.ingest(events, [PlanTenant.event("event-0004", made, 1, of: "calls")])
        #expect(second.accepted == 1 && second.duplicates == 2)
        #expect(try await tenant.usage(of: made).map { "\($0.meter) \($0.units)" } == ["calls 1", "storage 142"])
        #expect(try await tenant.ingest().accepted == 0)
    }

    @Test("The same transaction id with other words stops the stream, and nothing of its message counts")
    func differs() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        let other = try await subscription(tenant, "duo")
        let time = PlanTenant.noon("2026-03-02")
        try await tenant.ingest([PlanTenant.event("event-0001", made, 40, at: time)])
        tenant.go(to: "2026-03-03")
        let bad = [
            PlanTenant.event("event-0001", made, 41, at: time), PlanTenant.event("event-0001", made, 40, of: "calls", at: time),
            PlanTenant.event("event-0001", other, 40, at: time),
            PlanTenant.event("event-0001", made, 40, at: PlanTenant.noon("2026-03-03")),
        ]
        for event in bad {
            let refused = await refusal { try await tenant.ingest([PlanTenant.event("event-0009", made, 5), event]) }
            #expect(refused?.reason == "ALREADY_EXISTS")
        }
        #expect(
            await refusal {
                try await tenant.ingest([PlanTenant.event("event-0008", made, 1), PlanTenant.event("event-0008", made, 2)])
            }?.reason == "ALREADY_EXISTS")
        #expect(try await tenant.usage(of: made).map(\.units) == [40])
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM usage_event WHERE tenant_id = current_tenant()") == 1)
    }

    @Test("Usage is of the period of its time; what is too old, to come, or of nobody is refused with its event")
    func times() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        try await tenant.settle(made, through: "2026-04-15")
        tenant.go(to: "2026-04-05")
        let now = tenant.clock.now
        func refused(_ event: UsageEvent) async -> RPCError? {
            await refusal { try await tenant.ingest([PlanTenant.event("event-good", made, 1), event]) }
        }
        func at(_ seconds: Int64, after time: Instant) -> Instant { Instant(unixMicroseconds: time.unixMicroseconds + seconds * 1_000_000) }
        #expect(await refused(PlanTenant.event("event-0001", made, 1, at: at(301, after: now)))?.violatedFields == ["events[1].time"])
        #expect(
            await refused(PlanTenant.event("event-0001", made, 1, at: at(-35 * 86_400 - 1, after: now)))?.violatedFields == [
                "events[1].time"
            ])
        // Two days before the first one, and young enough.
        #expect(
            await refused(PlanTenant.event("event-0001", made, 1, at: PlanTenant.noon("2026-03-01")))?.violatedFields == ["events[1].time"])
        let nobody = BillingAPI.Subscription.with { $0.id = RecordID(7).description }
        #expect(await refused(PlanTenant.event("event-0001", nobody, 1))?.reason == "RESOURCE_NOT_FOUND")
        let other = try await PlanTenant()
        #expect(await refusal { try await other.ingest([PlanTenant.event("event-0001", made, 1)]) }?.reason == "RESOURCE_NOT_FOUND")
        let reply = try await tenant.ingest([
            PlanTenant.event("event-0001", made, 1, at: at(300, after: now)),
            PlanTenant.event("event-0002", made, 20, at: PlanTenant.noon("2026-03-15")),
            PlanTenant.event("event-0003", made, 300, at: PlanTenant.noon("2026-03-16")),
            // A minute to midnight in Kolkata is of the day before.
            PlanTenant.event("event-0004", made, 4_000, at: ReminderWorld.time("2026-03-15T23:59")),
        ])
        #expect(reply.accepted == 4)
        let trial = try await tenant.usage(of: made, on: "2026-03-02")
        #expect(trial.map { "\($0.periodFrom) \($0.periodThrough) \($0.units)" } == ["2026-03-02 2026-03-15 4020"])
        #expect(trial.first?.charge == PlanTenant.rupees(0) && trial.first?.parts.isEmpty == true)
        let month = try await tenant.usage(of: made)
        #expect(month.map { "\($0.periodFrom) \($0.periodThrough) \($0.units)" } == ["2026-03-16 2026-04-15 301"])
        #expect(await refusal { try await tenant.usage(of: made, on: "2026-03-01") }?.violatedFields == ["on"])

        try await tenant.cancel(made)
        tenant.go(to: "2026-04-16")
        #expect(await refused(PlanTenant.event("event-0005", made, 1))?.reason == "PRECONDITION_FAILED")
        try await tenant.ingest([PlanTenant.event("event-0005", made, 1, at: PlanTenant.noon("2026-04-15"))])
        #expect(try await tenant.usage(of: made, on: "2026-04-15").map(\.units) == [302])
    }

    @Test("What a period's usage costs is said tier by tier, and a meter that the plan does not charge costs nothing")
    func charges() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        try await tenant.settle(made, through: "2026-04-15")
        tenant.go(to: "2026-03-20")
        #expect(try await tenant.usage(of: made).map { "\($0.meter) \($0.units) \($0.charge?.minorUnits ?? -1)" } == ["storage 0 0"])
        try await tenant.ingest([PlanTenant.event("event-0001", made, 1_001), PlanTenant.event("event-0002", made, 7, of: "calls")])
        let usages = try await tenant.usage(of: made)
        #expect(usages.map { "\($0.meter) \($0.charge?.minorUnits ?? -1)" } == ["calls 0", "storage 9006"])
        #expect(
            usages.last?.parts.map { "\($0.units) \($0.unitPrice?.minorUnits ?? -1) \($0.amount?.minorUnits ?? -1)" }
                == ["100 0 0", "900 10 9000", "1 6 6"])
    }

    @Test("What comes late of a period before a change is at the price that the subscription had then")
    func lateUsage() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        let duo = try await tenant.plan("duo")
        try await tenant.settle(made, through: "2026-04-15")
        tenant.go(to: "2026-04-01")
        try await tenant.change(made, to: duo, .year)
        tenant.go(to: "2026-04-20")
        let late = PlanTenant.event("event-0001", made, 101, at: PlanTenant.noon("2026-04-10"))
        try await tenant.ingest([late, PlanTenant.event("event-0002", made, 500)])
        func words(_ usages: [BillingAPI.Usage]) -> [String] {
            usages.map { "\($0.periodFrom) \($0.periodThrough) \($0.units) \($0.charge?.minorUnits ?? -1)" }
        }
        #expect(words(try await tenant.usage(of: made, on: "2026-04-10")) == ["2026-03-16 2026-04-15 101 10"])
        #expect(words(try await tenant.usage(of: made)) == ["2026-04-16 2027-04-15 500 0"])
    }

    @Test("Events are listed, the newest first, page by page, each with its time")
    func lists() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        let noon = PlanTenant.noon("2026-03-02").unixMicroseconds
        // Two of each time, by their ids then.
        let events = (0..<6).map { number in
            PlanTenant.event("event-000\(number)", made, 1, at: Instant(unixMicroseconds: noon + Int64(number / 2)))
        }
        try await tenant.ingest(events)
        try await tenant.ingest([PlanTenant.event("event-other", made, 1, of: "calls")])
        var (all, token) = ([String](), "")
        repeat {
            let reply = try await tenant.plans.listUsageEvents(
                .with { ($0.subscriptionID, $0.meter, $0.pageSize, $0.pageToken) = (made.id, "storage", 4, token) }, tenant.options())
            all += reply.events.map(\.transactionID)
            token = reply.nextPageToken
        } while !token.isEmpty
        #expect(all == events.reversed().map(\.transactionID))
    }

    @Test("Many streams that send the same events count each once, and their sums are those of the events")
    func concurrency() async throws {
        let tenant = try await PlanTenant()
        let made = [try await subscription(tenant), try await subscription(tenant, "duo"), try await subscription(tenant, "trio")]
        let events: [UsageEvent] = (0..<120).map { (number: Int) -> UsageEvent in
            let meter = number % 2 == 0 ? "storage" : "calls"
            return PlanTenant.event("event-\(10_000 + number)", made[number % 3], Int64(number + 1), of: meter)
        }
        let accepted = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let mixed = events.shuffled()
                    return try await tenant.ingest(Array(mixed[..<40]), Array(mixed[40..<80]), Array(mixed[80...])).accepted
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(accepted == 120)
        for (index, subscription) in made.enumerated() {
            for usage in try await tenant.usage(of: subscription) {
                var sum: Int64 = 0
                for number in stride(from: index, to: 120, by: 3) where events[number].meter == usage.meter { sum += events[number].units }
                #expect(usage.units == sum)
            }
        }
    }

    @Test("A sum that would be too large is refused, and the database lets none shrink")
    func bounds() async throws {
        let tenant = try await PlanTenant()
        let made = try await subscription(tenant)
        let id = try #require(RecordID(made.id))
        try await tenant.ingest([PlanTenant.event("event-0001", made, 5)])
        for statement in [
            "UPDATE usage_total SET units = 4 WHERE subscription_id = \(id)",
            "UPDATE usage_total SET billed_units = 6 WHERE subscription_id = \(id)",
            "DELETE FROM usage_total WHERE subscription_id = \(id)", "UPDATE usage_event SET units = 4 WHERE subscription_id = \(id)",
        ] as [SQL] {
            await #expect(throws: PostgresError.self) { try await tenant.tenant.run(statement) }
        }
        try await tenant.tenant.run("UPDATE usage_total SET units = 999999999999999 WHERE subscription_id = \(id)")
        #expect(await refusal { try await tenant.ingest([PlanTenant.event("event-0002", made, 2)]) }?.reason == "FIELD_VIOLATION")
        try await tenant.ingest([PlanTenant.event("event-0002", made, 1)])
    }
}
