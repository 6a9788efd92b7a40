import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("Meetings and their fees")
struct MeetingTests {
    /// A subscription since 2 March 2026, within a credit limit.
    private func subscribed(
        _ terms: BillingAPI.PlanTerms = PlanTenant.recovery()
    ) async throws -> (PlanTenant, BillingAPI.Subscription) {
        let desk = try await PlanTenant()
        let plan = try await desk.plan("recovery", .base, terms)
        let customer = try await desk.customer(limit: 10_000_000)
        return (desk, try #require(try await desk.subscribe(customer, to: plan, by: .credit).subscription))
    }

    @Test("A meeting is recorded once, with what it would cost today")
    func recorded() async throws {
        let (desk, subscription) = try await subscribed()
        let key = BillingTenant.newKey()
        let meeting = try await desk.record(subscription, at: "2026-03-05T10:00", worth: 250_000, event: "event-1", key: key)
        #expect(meeting.status == .pending && meeting.fee == PlanTenant.rupees(6_250) && meeting.ordinal == 0)
        #expect(meeting.subject == "lead-1" && meeting.calendarEventID == "event-1" && meeting.subscriptionID == subscription.id)
        let again = try await desk.record(subscription, at: "2026-03-05T10:00", worth: 250_000, event: "event-1", key: key)
        #expect(again.encoded(deterministic: true) == meeting.encoded(deterministic: true))
        #expect(try await desk.get(meeting) == meeting)
        let taken = await refusal { try await desk.record(subscription, at: "2026-03-06T10:00", event: "event-1") }
        #expect(taken?.reason == "ALREADY_EXISTS")
        // What nobody said is what the plan says, and not less than the floor.
        #expect(try await desk.record(subscription, at: "2026-03-06T10:00").fee == PlanTenant.rupees(2_500))
        #expect(try await desk.record(subscription, at: "2026-03-06T10:00", worth: 0).fee == PlanTenant.rupees(800))
        #expect(try await desk.record(subscription, at: "2026-03-06T10:00", worth: 1_000_000_000_000).fee == PlanTenant.rupees(15_000))
        #expect(try await desk.tenant.count("SELECT count(*) FROM meeting WHERE tenant_id = current_tenant()") == 4)
    }

    @Test("Bad input is refused with its fields, and what the plan does not sell with its reason")
    func refused() async throws {
        let (desk, subscription) = try await subscribed()
        func violated(_ change: (inout RecordMeetingRequest) -> Void) async -> [String]? {
            await refusal { try await desk.record(subscription, at: "2026-03-05T10:00", change) }?.violatedFields
        }
        #expect(await violated { $0.calendarEventID = "\u{0}" } == ["calendar_event_id"])
        #expect(await violated { $0.calendarEventID = " " } == ["calendar_event_id"])
        #expect(await violated { $0.subject = "a\nb" } == ["subject"])
        #expect(await violated { $0.dealValue = PlanTenant.rupees(-1) } == ["deal_value.minor_units"])
        #expect(await violated { $0.startTime = .with { $0.seconds = .max } } == ["start_time"])
        #expect(await violated { ($0.startTime, $0.subscriptionID) = (nil, "x") } == ["subscription_id", "start_time"])
        let dollars = await refusal {
            try await desk.record(subscription, at: "2026-03-05T10:00") { $0.dealValue = .with { $0.currencyCode = "USD" } }
        }
        #expect(dollars?.reason == "CURRENCY_MISMATCH")
        for day in ["2026-03-01T23:59", "2025-03-02T12:00"] {
            #expect(await refusal { try await desk.record(subscription, at: day) }?.reason == "PRECONDITION_FAILED", "\(day)")
        }
        var other = subscription
        other.id = LedgerTenant.newID().description
        #expect(await refusal { try await desk.record(other, at: "2026-03-05T10:00") }?.reason == "RESOURCE_NOT_FOUND")
        let (without, plain) = try await subscribed(PlanTenant.terms())
        #expect(await refusal { try await without.record(plain, at: "2026-03-05T10:00") }?.reason == "PRECONDITION_FAILED")
    }

    @Test("Another tenant's meetings are not there")
    func otherTenant() async throws {
        let (desk, subscription) = try await subscribed()
        let meeting = try await desk.record(subscription, at: "2026-03-02T11:00")
        let (other, _) = try await subscribed()
        #expect(await refusal { try await other.record(subscription, at: "2026-03-05T10:00") }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.get(meeting) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.confirm(meeting) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.miss(meeting) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await other.plans.listMeetings(.with { $0.subscriptionID = subscription.id }, other.options()).meetings.isEmpty)
        #expect(try await other.plans.accruedFees(AccruedFeesRequest(), other.options()).accrued.isEmpty)
    }

    @Test("A meeting that took place earns its fee once, by its place in its month; one that is to begin or was short does not")
    func confirmed() async throws {
        let (desk, subscription) = try await subscribed()
        let meeting = try await desk.record(subscription, at: "2026-03-05T10:00", worth: 250_000)
        #expect(await refusal { try await desk.confirm(meeting) }?.reason == "PRECONDITION_FAILED", "it is to begin")
        desk.go(to: "2026-03-05")
        #expect(await refusal { try await desk.confirm(meeting, minutes: 9) }?.reason == "PRECONDITION_FAILED", "it was short")
        #expect(await refusal { try await desk.confirm(meeting, etag: "v7") }?.reason == "ETAG_MISMATCH")
        #expect(try await desk.get(meeting) == meeting)
        let key = BillingTenant.newKey()
        let earned = try await desk.confirm(meeting, minutes: 10, etag: meeting.etag, key: key)
        #expect(earned.status == .earned && earned.fee == PlanTenant.rupees(6_250) && earned.ordinal == 1 && earned.attendedMinutes == 10)
        #expect(earned.etag != meeting.etag)
        let again = try await desk.confirm(meeting, minutes: 10, etag: meeting.etag, key: key)
        #expect(again.encoded(deterministic: true) == earned.encoded(deterministic: true))
        #expect(await refusal { try await desk.confirm(meeting) }?.reason == "PRECONDITION_FAILED")
        #expect(
            await refusal { try await desk.confirm(.with { $0.id = LedgerTenant.newID().description }) }?.reason == "RESOURCE_NOT_FOUND")

        // The month is the tenant's own: the last hours of March in London are April in Kolkata.
        let april = try await desk.record(subscription, at: "2026-04-01T00:30", worth: 250_000)
        desk.go(to: "2026-04-01")
        #expect(try await desk.confirm(april).ordinal == 1)
    }

    @Test("Those who confirm at the same moment get places of their own, each with its tier's discount")
    func contention() async throws {
        let (desk, subscription) = try await subscribed()
        var meetings: [BillingAPI.Meeting] = []
        for _ in 0..<8 { meetings.append(try await desk.record(subscription, at: "2026-03-02T09:00", worth: 400_000)) }
        let earned = try await withThrowingTaskGroup(of: BillingAPI.Meeting.self) { group in
            for meeting in meetings { group.addTask { try await desk.confirm(meeting) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.ordinal < $1.ordinal }
        }
        #expect(earned.map(\.ordinal) == Array(1...8))
        #expect(earned.map { $0.fee?.minorUnits } == [10_000, 10_000] + Array(repeating: 9_000, count: 6))
        // A place stays taken when its meeting turns out to have been none.
        try await desk.miss(earned[7])
        #expect(try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00")).ordinal == 9)
    }

    @Test("In the trial nothing costs anything")
    func trial() async throws {
        let (desk, subscription) = try await subscribed(PlanTenant.recovery { $0.trialDays = 14 })
        #expect(subscription.trialThrough == "2026-03-15")
        let free = try await desk.record(subscription, at: "2026-03-15T10:00", worth: 250_000)
        let paid = try await desk.record(subscription, at: "2026-03-16T10:00", worth: 250_000)
        #expect(free.fee == PlanTenant.rupees(0) && paid.fee == PlanTenant.rupees(6_250))
        desk.go(to: "2026-03-17")
        #expect(try await desk.confirm(free).fee == PlanTenant.rupees(0))
        #expect(try await desk.confirm(paid).fee == PlanTenant.rupees(6_250))
    }

    @Test("Nothing is owed for whom nobody met, booked or confirmed; and that is said once")
    func missed() async throws {
        let (desk, subscription) = try await subscribed()
        let pending = try await desk.record(subscription, at: "2026-03-05T10:00")
        let earned = try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00"))
        #expect(await refusal { try await desk.miss(pending, etag: "v7") }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await desk.miss(pending, because: "\u{7}") }?.violatedFields == ["reason"])
        let key = BillingTenant.newKey()
        let void = try await desk.miss(pending, key: key)
        #expect(void.status == .void && void.voidReason == "nobody came" && void.creditNoteID.isEmpty)
        #expect(try await desk.miss(pending, key: key).encoded(deterministic: true) == void.encoded(deterministic: true))
        #expect(try await desk.miss(earned).status == .void)
        for meeting in [pending, earned] {
            #expect(await refusal { try await desk.miss(meeting) }?.reason == "PRECONDITION_FAILED")
            #expect(await refusal { try await desk.confirm(meeting) }?.reason == "PRECONDITION_FAILED")
        }
        desk.go(to: "2026-04-10")
        let bills = try await desk.run("2026-04").bills
        #expect(bills.flatMap(\.lines).allSatisfy { $0.kind != .meeting })
    }

    @Test("What was billed is given back by a credit note over exactly its line, within the plan's days")
    func givenBack() async throws {
        let (desk, subscription) = try await subscribed()
        var meetings: [BillingAPI.Meeting] = []
        for value in [250_000, 400_000] as [Int64] {
            meetings.append(try await desk.confirm(try await desk.record(subscription, at: "2026-03-02T10:00", worth: value)))
        }
        desk.go(to: "2026-04-02")
        let bill = try #require(try await desk.run("2026-04").bills.first)
        let billed = try await desk.get(meetings[1])
        #expect(billed.status == .billed && billed.invoiceID == bill.invoiceID)
        desk.go(to: "2026-04-09")
        let credited = try await desk.miss(meetings[1], because: "the wrong person")
        #expect(credited.status == .credited && credited.voidReason == "the wrong person")
        let note = try await desk.invoices.getCreditNote(.with { $0.id = credited.creditNoteID }, desk.options())
        let line = try #require(bill.lines.first { $0.meetingID == meetings[1].id })
        #expect(note.lines.map(\.lineNumber) == [line.lineNumber])
        #expect(note.taxable == 10_000 && note.total == 11_800 && note.notes == "the wrong person" && note.reason == .other)
        #expect(try await desk.invoice(bill.invoiceID).credited == 11_800)
        #expect(await refusal { try await desk.miss(meetings[1]) }?.reason == "PRECONDITION_FAILED", "once")
        try await desk.demandOrder()
        desk.go(to: "2026-04-10")
        let traces = try await desk.traces()
        #expect(await refusal { try await desk.miss(meetings[0]) }?.reason == "PRECONDITION_FAILED", "the days are over")
        #expect(try await desk.traces() == traces)
        #expect(try await desk.get(meetings[0]).status == .billed)
    }

    @Test("Meetings are listed the newest first, by subscription and status, and what they have come to by subscription")
    func lists() async throws {
        let (desk, subscription) = try await subscribed()
        var ids: [String] = []
        for number in 1...5 {
            desk.clock.go(to: ReminderWorld.time("2026-03-02T12:0\(number)"))
            let meeting = try await desk.record(subscription, at: "2026-03-02T10:00")
            ids.insert(meeting.id, at: 0)
            if number > 3 { try await desk.confirm(meeting) }
        }
        var (read, token) = ([String](), "")
        repeat {
            let page = try await desk.plans.listMeetings(
                .with { ($0.pageSize, $0.pageToken, $0.subscriptionID) = (2, token, subscription.id) }, desk.options())
            read += page.meetings.map(\.id)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(read == ids)
        func listed(_ status: BillingAPI.FeeStatus) async throws -> [String] {
            try await desk.plans.listMeetings(.with { $0.status = status }, desk.options()).meetings.map(\.id)
        }
        #expect(try await listed(.earned) == Array(ids.prefix(2)))
        #expect(try await listed(.pending) == Array(ids.suffix(3)))
        #expect(try await listed(.void).isEmpty)
        let other = await refusal {
            try await desk.plans.listMeetings(.with { $0.pageToken = "x" }, desk.options())
        }
        #expect(other?.reason == "PAGE_TOKEN_INVALID")

        let accrued = try await desk.plans.accruedFees(.with { $0.customerID = subscription.customerID }, desk.options()).accrued
        #expect(
            accrued == [
                .with {
                    ($0.subscriptionID, $0.customerID) = (subscription.id, subscription.customerID)
                    ($0.pendingCount, $0.pending) = (3, PlanTenant.rupees(7_500))
                    ($0.earnedCount, $0.earned) = (2, PlanTenant.rupees(5_000))
                }
            ])
        let stranger = try await desk.customer()
        #expect(try await desk.plans.accruedFees(.with { $0.customerID = stranger }, desk.options()).accrued.isEmpty)
    }
}
