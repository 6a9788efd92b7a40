import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Subscriptions in their trials and after them")
struct SubscriptionTests {
    private static let trial = PlanTenant.terms { $0.trialDays = 14 }

    /// A customer in a trial from 2 to 15 March.
    private func trialing(
        _ tenant: PlanTenant, adding addOns: [(BillingAPI.Plan, Int32)] = []
    ) async throws -> (plan: BillingAPI.Plan, subscription: BillingAPI.Subscription) {
        let plan = try await tenant.plan("solo", .base, Self.trial)
        let reply = try await tenant.subscribe(try await tenant.customer(), to: plan, adding: addOns)
        return (plan, try #require(reply.subscription))
    }

    @Test("A trial costs nothing, ends with its day, and is had once of a plan, whatever the plan was changed to in it")
    func trials() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, Self.trial)
        let other = try await tenant.plan("duo", .base, Self.trial)
        let customer = try await tenant.customer()
        let reply = try await tenant.subscribe(customer, to: plan, key: "key-of-trial")
        let made = try #require(reply.subscription)
        #expect(reply.bill == nil)
        #expect(made.status == .trialing && made.startedOn == "2026-03-02" && made.trialThrough == "2026-03-15")
        #expect((made.periodFrom, made.periodThrough) == ("2026-03-02", "2026-03-15") && made.billedThrough.isEmpty)
        #expect(made.planCode == "solo" && made.interval == .month && made.funding == .advance && made.etag == "v1" && made.next == nil)
        let again = try await tenant.subscribe(customer, to: plan, key: "key-of-trial")
        #expect(again.encoded(deterministic: true) == reply.encoded(deterministic: true))
        #expect(try await tenant.get(made) == made)
        #expect(await refusal { try await tenant.subscribe(customer, to: other) }?.reason == "ALREADY_EXISTS")

        tenant.go(to: "2026-03-15")
        #expect(try await tenant.get(made).status == .trialing)
        tenant.go(to: "2026-03-16")
        let after = try await tenant.get(made)
        #expect(after.status == .suspended && (after.periodFrom, after.periodThrough) == ("2026-03-16", "2026-04-15"))

        tenant.go(to: "2026-03-05")
        try await tenant.change(made, to: other)
        try await tenant.cancel(made)
        tenant.go(to: "2026-03-06")
        // It has had the one of the plan that it began with, and not the one that it went on to.
        let second = try #require(try await tenant.subscribe(customer, to: other).subscription)
        #expect(second.trialThrough == "2026-03-19")
        try await tenant.cancel(second)
        tenant.go(to: "2026-03-07")
        // Nobody has paid for anything.
        #expect(await refusal { try await tenant.subscribe(customer, to: plan) }?.reason == "OVER_ALLOCATION")
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM subscription WHERE tenant_id = current_tenant()") == 2)
    }

    @Test("Who subscribes, to what and how is checked before anything is kept")
    func refuses() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, Self.trial)
        let addOn = try await tenant.plan("more", .addOn)
        let monthly = try await tenant.plan(
            "monthly", .base,
            PlanTenant.terms {
                $0.yearlyPrice = nil
                $0.trialDays = 14
            })
        let customer = try await tenant.customer()
        let nobody = RecordID(7).description
        #expect(await refusal { try await tenant.subscribe(nobody, to: plan) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await tenant.subscribe(customer, to: .with { $0.id = nobody }) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await tenant.subscribe(customer, to: addOn) }?.violatedFields == ["plan_id"])
        #expect(
            await refusal { try await tenant.subscribe(customer, to: plan, adding: [(monthly, 1)]) }?.violatedFields == [
                "add_ons[0].plan_id"
            ])
        #expect(
            await refusal { try await tenant.subscribe(customer, to: plan, adding: [(addOn, 1), (addOn, 1)]) }?.violatedFields
                == ["add_ons[1].plan_id"])
        #expect(await refusal { try await tenant.subscribe(customer, to: monthly, .year) }?.reason == "PRECONDITION_FAILED")
        let deleted = try await tenant.customer()
        try await tenant.tenant.delete(deleted)
        #expect(await refusal { try await tenant.subscribe(deleted, to: plan) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM subscription WHERE tenant_id = current_tenant()") == 0)
        // One who is subscribed is not deleted.
        try await tenant.subscribe(customer, to: plan)
        #expect(await refusal { try await tenant.tenant.delete(customer) }?.reason == "LEGAL_HOLD")
    }

    @Test("In a trial another plan is at once, and the trial stays as long as it was")
    func changesInTrial() async throws {
        let tenant = try await PlanTenant()
        let (_, made) = try await trialing(tenant)
        let duo = try await tenant.plan("duo")
        let addOn = try await tenant.plan("more", .addOn)
        let changed = try await tenant.change(made, to: duo, .year, adding: [(addOn, 3)], etag: "v1", key: "key-of-change")
        #expect(changed.planCode == "duo" && changed.interval == .year && changed.addOns.map(\.count) == [3] && changed.etag == "v2")
        #expect(changed.trialThrough == "2026-03-15" && changed.next == nil)
        #expect(try await tenant.get(made) == changed)
        let again = try await tenant.change(made, to: duo, .year, adding: [(addOn, 3)], etag: "v1", key: "key-of-change")
        #expect(again == changed)
        #expect(await refusal { try await tenant.change(made, to: duo, etag: "v1") }?.reason == "ETAG_MISMATCH")
        tenant.go(to: "2026-03-16")
        #expect(try await tenant.get(made).periodThrough == "2027-03-15")
    }

    @Test("Once billed, another plan begins with the next period; a change back is no change, and the day of the month stays")
    func changesLater() async throws {
        let tenant = try await PlanTenant()
        let (solo, made) = try await trialing(tenant)
        let duo = try await tenant.plan("duo")
        try await tenant.settle(made, through: "2026-04-15")
        tenant.go(to: "2026-04-01")
        let changed = try await tenant.change(made, to: duo, .year)
        #expect(changed.planCode == "solo" && changed.status == .active)
        #expect(changed.next?.planID == duo.id && changed.next?.interval == .year && changed.next?.from == "2026-04-16")
        let other = try await tenant.change(made, to: duo, .month)
        #expect(other.next?.interval == .month)
        let back = try await tenant.change(made, to: solo)
        #expect(back.next == nil && back.planCode == "solo")
        try await tenant.change(made, to: duo, .year)
        tenant.go(to: "2026-04-16")
        let now = try await tenant.get(made)
        #expect(now.planCode == "duo" && now.next == nil && (now.periodFrom, now.periodThrough) == ("2026-04-16", "2027-04-15"))
        // A period that is under way and not billed yet stays what it is.
        let late = try await tenant.change(made, to: solo)
        #expect(late.planCode == "duo" && late.next?.from == "2027-04-16")
        let listed = try await tenant.plans.listSubscriptions(.with { $0.planID = duo.id }, tenant.options())
        #expect(listed.subscriptions == [late])
        #expect(try await tenant.plans.listSubscriptions(.with { $0.planID = solo.id }, tenant.options()).subscriptions.isEmpty)
    }

    @Test("A plan that is retired is kept by who has it, and by nobody else")
    func keepsRetired() async throws {
        let tenant = try await PlanTenant()
        let (solo, made) = try await trialing(tenant)
        let duo = try await tenant.plan("duo")
        for plan in [solo, duo] { _ = try await tenant.plans.retirePlan(.with { $0.id = plan.id }, tenant.options()) }
        #expect(try await tenant.change(made, to: solo, .year).interval == .year)
        #expect(await refusal { try await tenant.change(made, to: duo) }?.reason == "PRECONDITION_FAILED")
    }

    @Test("A trial ends with the day on which it is cancelled, what is billed with its period; it is cancelled once")
    func cancels() async throws {
        let tenant = try await PlanTenant()
        let (_, made) = try await trialing(tenant)
        let duo = try await tenant.plan("duo")
        #expect(await refusal { try await tenant.cancel(made, etag: "v7") }?.reason == "ETAG_MISMATCH")
        let cancelled = try await tenant.cancel(made, because: "too dear", etag: "v1")
        #expect(cancelled.endsOn == "2026-03-02" && cancelled.cancelReason == "too dear" && cancelled.status == .trialing)
        #expect(await refusal { try await tenant.cancel(made) }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.change(made, to: duo) }?.reason == "PRECONDITION_FAILED")
        tenant.go(to: "2026-03-03")
        #expect(try await tenant.get(made).status == .cancelled)
        #expect(try await tenant.plans.listSubscriptions(.init(), tenant.options()).subscriptions.isEmpty)
        #expect(try await tenant.plans.listSubscriptions(.with { $0.showCancelled = true }, tenant.options()).subscriptions.count == 1)

        let (customer, plan) = (try await tenant.customer(), try await tenant.plan("trio", .base, Self.trial))
        let billed = try #require(try await tenant.subscribe(customer, to: plan).subscription)
        try await tenant.settle(billed, through: "2026-04-16")
        tenant.go(to: "2026-03-20")
        try await tenant.change(billed, to: duo)
        let ending = try await tenant.cancel(billed)
        #expect(ending.endsOn == "2026-04-16" && ending.status == .active && ending.next == nil)
        #expect(await refusal { try await tenant.subscribe(customer, to: duo) }?.reason == "ALREADY_EXISTS")
    }

    @Test("Subscriptions are listed by customer, the newest first, page by page, and another tenant's are not found")
    func lists() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, Self.trial)
        var ids: [String] = []
        var customers: [String] = []
        for _ in 0..<5 {
            customers.append(try await tenant.customer())
            ids.insert(try #require(try await tenant.subscribe(customers.last ?? "", to: plan).subscription?.id), at: 0)
            tenant.clock.go(to: Instant(unixMicroseconds: tenant.clock.now.unixMicroseconds + 1_000_000))
        }
        var (all, token) = ([String](), "")
        repeat {
            let reply = try await tenant.plans.listSubscriptions(.with { ($0.pageSize, $0.pageToken) = (2, token) }, tenant.options())
            all += reply.subscriptions.map(\.id)
            token = reply.nextPageToken
        } while !token.isEmpty
        #expect(all == ids)
        let one = try await tenant.plans.listSubscriptions(.with { $0.customerID = customers[1] }, tenant.options())
        #expect(one.subscriptions.map(\.id) == [ids[3]])

        let other = try await PlanTenant()
        let theirs = BillingAPI.Subscription.with { $0.id = ids[0] }
        #expect(await refusal { try await other.get(theirs) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.cancel(theirs) }?.reason == "RESOURCE_NOT_FOUND")
        let plans = try await other.plan()
        #expect(await refusal { try await other.change(theirs, to: plans) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.usage(of: theirs) }?.reason == "RESOURCE_NOT_FOUND")
    }

    @Test("The database keeps what is billed, whose it is, and that it ends once")
    func database() async throws {
        let tenant = try await PlanTenant()
        let (plan, made) = try await trialing(tenant)
        try await tenant.settle(made, through: "2026-04-15")
        let (id, planID) = (try #require(RecordID(made.id)), try #require(RecordID(plan.id)))
        let other = try #require(RecordID(try await tenant.customer()))
        let cases: [(SQL, String)] = [
            (
                "UPDATE subscription SET billed_through = '2026-04-14', version = version + 1 WHERE id = \(id)",
                "subscription_billed_forward"
            ),
            ("UPDATE subscription SET billed_through = NULL, version = version + 1 WHERE id = \(id)", "subscription_billed_forward"),
            ("UPDATE subscription SET customer_id = \(other), version = version + 1 WHERE id = \(id)", "subscription_immutable"),
            ("UPDATE subscription SET anchored_on = '2026-03-17', version = version + 1 WHERE id = \(id)", "subscription_immutable"),
            ("UPDATE subscription SET ends_on = '2026-05-15' WHERE id = \(id)", "subscription_version_follows"),
            ("DELETE FROM subscription_phase WHERE subscription_id = \(id)", "subscription_phase_billed"),
            ("UPDATE subscription_phase SET billing_interval = 'year' WHERE subscription_id = \(id)", "subscription_phase_billed"),
            (
                """
                INSERT INTO subscription_phase (tenant_id, subscription_id, from_day, plan_id, billing_interval)
                VALUES (current_tenant(), \(id), '2026-04-15', \(planID), 'year')
                """, "subscription_phase_billed"
            ),
            ("UPDATE plan SET name = 'other', version = version + 1 WHERE id = \(planID)", "plan_immutable"),
            ("UPDATE plan_version SET terms = '' WHERE plan_id = \(planID)", "plan_version_append_only"),
        ]
        for (statement, constraint) in cases {
            let refused = await #expect(throws: PostgresError.self) { try await tenant.tenant.run(statement) }
            #expect(refused?.constraint == constraint)
        }
    }
}
