import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("What customers may do")
struct EntitlementTests {
    private func values(_ reply: GetEntitlementsReply) -> [String: BillingAPI.Feature.Grant] {
        Dictionary(reply.entitlements.compactMap { entry in entry.feature.flatMap { feature in feature.grant.map { (feature.name, $0) } } })
        {
            first, _ in first
        }
    }

    @Test("The plan grants, add-ons add as often as there are of them, and an override says what holds in its days")
    func grants() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let more = try await tenant.plan(
            "more", .addOn, PlanTenant.terms { $0.features = [PlanTenant.limit("documents", 25), PlanTenant.unlimited("users")] })
        let customer = try await tenant.customer()
        #expect(try await tenant.entitlements(of: customer).entitlements.isEmpty)
        #expect(
            try await tenant.check("documents", for: customer).explanation == "The customer has no subscription, and no override grants it."
        )
        let made = try #require(try await tenant.subscribe(customer, to: plan, adding: [(more, 2)]).subscription)
        let reply = try await tenant.entitlements(of: customer)
        #expect(reply.subscriptionID == made.id && reply.status == .trialing)
        #expect(
            values(reply) == ["documents": .limit(100), "invoices": .isOn(true), "sso": .isOn(false), "users": .isUnlimited(true)])
        #expect(reply.entitlements.map { $0.feature?.name } == ["documents", "invoices", "sso", "users"])

        let promotion = try await tenant.grant(
            PlanTenant.on("sso"), to: customer, from: "2026-03-04", through: "2026-03-05", key: "key-grant")
        #expect(promotion.grantedBy == "tester/ada" && promotion.reason == "a promotion")
        #expect(
            try await tenant.grant(PlanTenant.on("sso"), to: customer, from: "2026-03-04", through: "2026-03-05", key: "key-grant")
                == promotion)
        tenant.clock.go(to: Instant(unixMicroseconds: tenant.clock.now.unixMicroseconds + 1_000_000))
        try await tenant.grant(PlanTenant.limit("documents", 5), to: customer, from: "2026-03-05")
        for (day, sso, documents) in [
            ("2026-03-03", false, 100), ("2026-03-04", true, 100), ("2026-03-05", true, 5), ("2026-03-06", false, 5),
        ] {
            let then = try await tenant.entitlements(of: customer, on: day)
            #expect(values(then)["sso"] == .isOn(sso), "\(day)")
            #expect(values(then)["documents"] == .limit(Int64(documents)), "\(day)")
        }
        #expect(try await tenant.entitlements(of: customer, on: "2026-03-05").overrides.count == 2)
    }

    @Test("Usage of the period counts against a limit; the next period begins anew")
    func limits() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let customer = try await tenant.customer()
        let made = try #require(try await tenant.subscribe(customer, to: plan).subscription)
        try await tenant.ingest([PlanTenant.event("event-0001", made, 48, of: "documents")])
        let check = try await tenant.check("documents", for: customer)
        #expect(check.isAllowed && check.entitlement?.used == 48 && check.entitlement?.left == 2)
        #expect(check.explanation == "Of 50 that the plan grants for this period 48 are used: 1 more fit.")
        #expect(try await tenant.check("documents", 2, for: customer).isAllowed)
        #expect(try await !tenant.check("documents", 3, for: customer).isAllowed)
        try await tenant.ingest([PlanTenant.event("event-0002", made, 10, of: "documents")])
        #expect(try await tenant.check("documents", for: customer).entitlement?.left == 0)
        try await tenant.settle(made, through: "2026-04-15")
        tenant.go(to: "2026-03-16")
        #expect(try await tenant.check("documents", 50, for: customer).isAllowed)
        #expect(try await tenant.check("invoices", for: customer).explanation == "It is granted by the plan.")
        #expect(try await tenant.check("sso", for: customer).explanation == "It is switched off by the plan.")
        let unknown = try await tenant.check("voice", for: customer)
        #expect(!unknown.isAllowed && unknown.entitlement == nil && unknown.explanation == "Neither the plan nor an override names it.")
    }

    @Test("A suspended or cancelled subscription grants nothing, and an override still holds")
    func suspended() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let customer = try await tenant.customer()
        let made = try #require(try await tenant.subscribe(customer, to: plan).subscription)
        try await tenant.grant(PlanTenant.unlimited("users"), to: customer)
        tenant.go(to: "2026-03-16")
        let reply = try await tenant.entitlements(of: customer)
        #expect(reply.status == .suspended && values(reply) == ["users": .isUnlimited(true)])
        #expect(
            try await tenant.check("documents", for: customer).explanation
                == "The subscription is suspended until its bills are paid, and no override grants it.")
        #expect(try await tenant.check("users", 7, for: customer).explanation == "It is granted by an override, without a limit.")
        // As it was in its trial.
        #expect(values(try await tenant.entitlements(of: customer, on: "2026-03-15"))["documents"] == .limit(50))
        try await tenant.cancel(made)
        tenant.go(to: "2026-03-17")
        #expect(try await tenant.entitlements(of: customer).subscriptionID.isEmpty)
    }

    @Test("Who stands for a merged customer has what that one had, and may not subscribe beside it")
    func merged() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let (merged, survivor) = (try await tenant.customer(), try await tenant.customer())
        let made = try #require(try await tenant.subscribe(merged, to: plan).subscription)
        try await tenant.grant(PlanTenant.on("voice"), to: merged)
        try await tenant.tenant.merge(try await tenant.tenant.getCustomer(merged), into: try await tenant.tenant.getCustomer(survivor))
        let reply = try await tenant.entitlements(of: survivor)
        #expect(reply.subscriptionID == made.id && values(reply)["voice"] == .isOn(true) && values(reply)["documents"] == .limit(50))
        #expect(await refusal { try await tenant.subscribe(survivor, to: plan) }?.reason == "ALREADY_EXISTS")
        #expect(await refusal { try await tenant.subscribe(merged, to: plan) }?.reason == "PRECONDITION_FAILED")
        let listed = try await tenant.plans.listSubscriptions(.with { $0.customerID = survivor }, tenant.options())
        #expect(listed.subscriptions.map(\.id) == [made.id])
    }

    @Test("R34 · What a customer may do is one round trip, whatever it depends on")
    func roundTrip() async throws {
        let (world, proxy) = try await BillingWorld.behindProxy()
        let tenant = try await PlanTenant(world)
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let more = try await tenant.plan("more", .addOn, PlanTenant.terms { $0.features = [PlanTenant.limit("documents", 25)] })
        let customer = try await tenant.customer()
        let made = try #require(try await tenant.subscribe(customer, to: plan, adding: [(more, 1)]).subscription)
        try await tenant.ingest([PlanTenant.event("event-0001", made, 60, of: "documents")])
        try await tenant.grant(PlanTenant.on("voice"), to: customer)
        // The connection knows the statements when they are counted.
        for _ in 0..<2 {
            proxy.arm(nil)
            #expect(try await tenant.check("documents", 15, for: customer).isAllowed)
        }
        #expect(proxy.seen.syncs == 1 && proxy.seen.statements == 7, "\(proxy.seen)")
        for _ in 0..<2 {
            proxy.arm(nil)
            #expect(try await tenant.entitlements(of: customer, on: "2026-03-03").entitlements.count == 4)
        }
        #expect(proxy.seen.syncs == 1 && proxy.seen.statements == 7, "\(proxy.seen)")
    }

    @Test("New terms grant from the first period on that begins with them")
    func versions() async throws {
        let tenant = try await PlanTenant()
        let plan = try await tenant.plan("solo", .base, PlanTenant.terms { $0.trialDays = 14 })
        let customer = try await tenant.customer()
        let made = try #require(try await tenant.subscribe(customer, to: plan).subscription)
        try await tenant.settle(made, through: "2026-04-15")
        try await tenant.revise(plan, from: "2026-04-10", PlanTenant.terms { $0.features = [PlanTenant.limit("documents", 10)] })
        #expect(values(try await tenant.entitlements(of: customer, on: "2026-04-15"))["documents"] == .limit(50))
        #expect(values(try await tenant.entitlements(of: customer, on: "2026-04-16")) == ["documents": .limit(10)])
    }

    @Test("An override ends with yesterday when it is revoked; one that has not begun is gone, and one that is over stays over")
    func revokes() async throws {
        let tenant = try await PlanTenant()
        let customer = try await tenant.customer()
        func revoke(_ override: EntitlementOverride) async throws {
            _ = try await tenant.plans.revokeOverride(.with { $0.id = override.id }, tenant.options())
        }
        let now = try await tenant.grant(PlanTenant.on("a"), to: customer)
        let later = try await tenant.grant(PlanTenant.on("b"), to: customer, from: "2026-04-01")
        let over = try await tenant.grant(PlanTenant.on("c"), to: customer, through: "2026-03-03")
        tenant.go(to: "2026-03-10")
        for override in [now, later, over, now] { try await revoke(override) }
        #expect(try await tenant.entitlements(of: customer, on: "2026-03-10").entitlements.isEmpty)
        #expect(try await tenant.entitlements(of: customer, on: "2026-04-01").entitlements.isEmpty)
        #expect(values(try await tenant.entitlements(of: customer, on: "2026-03-09")) == ["a": .isOn(true)])
        #expect(values(try await tenant.entitlements(of: customer, on: "2026-03-03")) == ["a": .isOn(true), "c": .isOn(true)])
        #expect(try await tenant.tenant.count("SELECT count(*)::int FROM outbox WHERE tenant_id = current_tenant()") == 5)
    }

    @Test("Overrides that break rules are refused, and another tenant's are not found")
    func refuses() async throws {
        let tenant = try await PlanTenant()
        let customer = try await tenant.customer()
        let on = PlanTenant.on("a")
        #expect(await refusal { try await tenant.grant(.with { $0.name = "a" }, to: customer) }?.violatedFields == ["feature.grant"])
        #expect(await refusal { try await tenant.grant(on, to: customer, from: "2026-03-01") }?.violatedFields == ["from"])
        #expect(await refusal { try await tenant.grant(on, to: customer, from: "2026-03-32") }?.violatedFields == ["from"])
        #expect(
            await refusal { try await tenant.grant(on, to: customer, from: "2026-03-05", through: "2026-03-04") }?.violatedFields
                == ["through"])
        #expect(await refusal { try await tenant.grant(on, to: RecordID(7).description) }?.reason == "RESOURCE_NOT_FOUND")
        let made = try await tenant.grant(on, to: customer)
        let other = try await PlanTenant()
        #expect(
            await refusal { try await other.plans.revokeOverride(.with { $0.id = made.id }, other.options()) }?.reason
                == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.entitlements(of: customer) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await other.check("a", for: customer) }?.reason == "RESOURCE_NOT_FOUND")
    }
}
