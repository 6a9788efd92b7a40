import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

@testable import BillingServer

@Suite("Plans and their versions")
struct PlanCatalogueTests {
    @Test("A plan is made once under its key, holds from today on, and its code is never another's")
    func creates() async throws {
        let tenant = try await PlanTenant()
        let made = try await tenant.plan(key: "key-of-solo")
        #expect(made.version == 1 && made.effectiveFrom == "2026-03-02" && made.etag == "v1" && !made.isRetired)
        #expect(made.terms == PlanTenant.terms() && made.kind == .base && made.name == "The plan solo")
        let again = try await tenant.plan(key: "key-of-solo")
        #expect(again.encoded(deterministic: true) == made.encoded(deterministic: true))
        #expect(try await tenant.get(made) == made)
        #expect(await refusal { try await tenant.plan() }?.reason == "ALREADY_EXISTS")
        #expect(await refusal { try await tenant.plan("other", key: "key-of-solo") }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(await refusal { try await tenant.get(made, on: "2026-03-01") }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await tenant.get(made, on: "2030-01-01").version == 1)
    }

    @Test("Who has not said who sells has no day on which a plan could begin")
    func sellerMissing() async throws {
        let tenant = try await PlanTenant(sells: false)
        #expect(await refusal { try await tenant.plan() }?.reason == "RESOURCE_NOT_FOUND")
    }

    @Test("Terms that contradict themselves are refused, each with its field")
    func refuses() async throws {
        let tenant = try await PlanTenant()
        let dollars = BillingAPI.Money.with { ($0.currencyCode, $0.minorUnits) = ("USD", 100) }
        func fields(_ kind: BillingAPI.PlanKind = .base, _ change: (inout BillingAPI.PlanTerms) -> Void) async -> [String] {
            let terms = PlanTenant.terms(99_900, change)
            return await refusal { try await tenant.plan("x", kind, terms) }?.violatedFields ?? []
        }
        #expect(await fields { ($0.monthlyPrice, $0.yearlyPrice) = (nil, nil) } == ["terms.monthly_price"])
        #expect(await fields { $0.monthlyPrice = PlanTenant.rupees(-1) } == ["terms.monthly_price.minor_units"])
        #expect(await fields { $0.hsn = "99831" } == ["terms.hsn"])
        #expect(await fields { $0.features += [PlanTenant.on("sso")] } == ["terms.features[3].name"])
        #expect(await fields { $0.features = [.with { $0.name = "sso" }] } == ["terms.features[0].grant"])
        #expect(await fields { $0.usageCharges = [PlanTenant.storage, PlanTenant.storage] } == ["terms.usage_charges[1].meter"])
        #expect(
            await fields {
                $0.usageCharges = [PlanTenant.storage]
                $0.usageCharges[0].tiers.removeLast()
            } == ["terms.usage_charges[0].tiers"])
        #expect(
            await fields {
                $0.meetingFee = .with {
                    ($0.floor, $0.cap, $0.defaultDealValue) = (PlanTenant.rupees(2), PlanTenant.rupees(1), PlanTenant.rupees(0))
                }
            } == ["terms.meeting_fee"])
        #expect(
            await fields(.addOn) { terms in
                terms.trialDays = 1
                terms.usageCharges = [PlanTenant.storage]
                terms.meetingFee = .with {
                    ($0.floor, $0.cap, $0.defaultDealValue) = (PlanTenant.rupees(0), PlanTenant.rupees(1), PlanTenant.rupees(0))
                }
            } == ["terms.trial_days", "terms.usage_charges", "terms.meeting_fee"])
        let foreign = PlanTenant.terms { $0.monthlyPrice = dollars }
        #expect(await refusal { try await tenant.plan("x", .base, foreign) }?.reason == "CURRENCY_MISMATCH")
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM plan WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("A version follows another, from a day that is still to come, and a period's day decides which one holds")
    func revises() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan()
        let next = try await tenant.revise(plan, from: "2026-03-03", etag: "v1")
        #expect(next.version == 2 && next.effectiveFrom == "2026-03-03" && next.etag == "v2")
        #expect(try await tenant.get(plan).version == 1)
        #expect(try await tenant.get(plan, on: "2026-03-03").terms == PlanTenant.terms(199_900))
        #expect(await refusal { try await tenant.revise(plan, from: "2026-03-04", etag: "v1") }?.reason == "ETAG_MISMATCH")
        for day in ["2026-03-03", "2026-03-01", "2026-02-30"] {
            #expect(await refusal { try await tenant.revise(plan, from: day) }?.violatedFields == ["effective_from"], "\(day)")
        }
        let addOnTerms = PlanTenant.terms { $0.trialDays = 7 }
        let addOn = try await tenant.plan("more", .addOn)
        #expect(await refusal { try await tenant.revise(addOn, from: "2026-03-05", addOnTerms) }?.violatedFields == ["terms.trial_days"])
        tenant.go(to: "2026-03-03")
        #expect(try await tenant.get(plan).version == 2)
    }

    @Test("While somebody is subscribed, as to a plan or an add-on, other terms are thirty days ahead")
    func notice() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let addOn = try await tenant.plan("more", .addOn)
        let subscription = try #require(
            try await tenant.subscribe(try await tenant.customer(), to: plan, adding: [(addOn, 2)]).subscription)
        for plan in [plan, addOn] {
            #expect(await refusal { try await tenant.revise(plan, from: "2026-03-31") }?.violatedFields == ["effective_from"])
            #expect(try await tenant.revise(plan, from: "2026-04-01").version == 2)
        }
        let yearly = PlanTenant.terms { $0.monthlyPrice = nil }
        for plan in [plan, addOn] {
            #expect(await refusal { try await tenant.revise(plan, from: "2026-05-01", yearly) }?.violatedFields == ["terms.monthly_price"])
        }
        let other = try await tenant.plan("other")
        try await tenant.change(subscription, to: other)
        // Nobody has it any more.
        #expect(try await tenant.revise(addOn, from: "2026-04-02", yearly).version == 3)
        try await tenant.change(subscription, to: plan)
        // When its last day is over, nobody has it.
        try await tenant.cancel(subscription)
        #expect(await refusal { try await tenant.revise(plan, from: "2026-03-31") }?.violatedFields == ["effective_from"])
        tenant.go(to: "2026-04-02")
        #expect(try await tenant.revise(plan, from: "2026-04-03").version == 3)
    }

    @Test("What is retired is listed where that is asked for, is retired once, and nobody subscribes to it")
    func retires() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan()
        let retired = try await tenant.plans.retirePlan(.with { ($0.id, $0.etag) = (plan.id, "v1") }, tenant.options())
        #expect(retired.isRetired && retired.etag == "v2")
        #expect(try await tenant.plans.retirePlan(.with { $0.id = plan.id }, tenant.options()) == retired)
        #expect(await refusal { try await tenant.revise(plan, from: "2026-03-10") }?.reason == "PRECONDITION_FAILED")
        let customer = try await tenant.customer()
        #expect(await refusal { try await tenant.subscribe(customer, to: plan) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.plans.listPlans(.init(), tenant.options()).plans.isEmpty)
        #expect(try await tenant.plans.listPlans(.with { $0.showRetired = true }, tenant.options()).plans == [retired])
    }

    @Test("Plans are listed as they are today, the newest first, page by page and by kind")
    func lists() async throws {
        let tenant = try await PlanTenant()
        var codes: [String] = []
        for number in 1...5 {
            codes.insert(try await tenant.plan("plan_\(number)", number == 3 ? .addOn : .base).code, at: 0)
            tenant.clock.go(to: Instant(unixMicroseconds: tenant.clock.now.unixMicroseconds + 1_000_000))
        }
        var (all, token) = ([String](), "")
        repeat {
            let reply = try await tenant.plans.listPlans(.with { ($0.pageSize, $0.pageToken) = (2, token) }, tenant.options())
            all += reply.plans.map(\.code)
            token = reply.nextPageToken
        } while !token.isEmpty
        #expect(all == codes)
        #expect(try await tenant.plans.listPlans(.with { $0.kind = .addOn }, tenant.options()).plans.map(\.code) == ["plan_3"])
        let page = try await tenant.plans.listPlans(.with { $0.pageSize = 2 }, tenant.options())
        #expect(
            await refusal {
                try await tenant.plans.listPlans(
                    .with { ($0.kind, $0.pageToken) = (.base, page.nextPageToken) }, tenant.options())
            }?.reason == "PAGE_TOKEN_INVALID")
    }

    @Test("Another tenant's plan is not found")
    func otherTenant() async throws {
        let plan = try await PlanTenant().plan()
        let tenant = try await PlanTenant()
        let customer = try await tenant.customer()
        #expect(await refusal { try await tenant.get(plan) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await tenant.revise(plan, from: "2026-03-10") }?.reason == "RESOURCE_NOT_FOUND")
        #expect(
            await refusal { try await tenant.plans.retirePlan(.with { $0.id = plan.id }, tenant.options()) }?.reason == "RESOURCE_NOT_FOUND"
        )
        #expect(await refusal { try await tenant.subscribe(customer, to: plan) }?.reason == "RESOURCE_NOT_FOUND")
    }
}
