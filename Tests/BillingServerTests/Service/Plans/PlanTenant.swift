import BillingAPI
import Net
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Synchronization
import TestSupport
import Testing

@testable import BillingServer

/// What time it is for one tenant: a test goes from day to day.
final class PlanClock: Sendable {
    private let time: Mutex<Instant>

    init(_ time: Instant) { self.time = Mutex(time) }

    var now: Instant { time.withLock { $0 } }

    func go(to time: Instant) { self.time.withLock { $0 = time } }

    /// Ids are in the order of the times.
    var clock: BillingClock {
        BillingClock(unixNanoseconds: { [self] in now.unixMicroseconds * 1_000 }, random: BillingClock.system.random)
    }
}

/// A tenant in Maharashtra that sells plans, with a server of its own whose clock a test sets. It begins at noon of 2 March 2026 in Kolkata.
struct PlanTenant: Sendable {
    let tenant: BillingTenant
    let clock: PlanClock
    let channel: RPC.Channel
    private let server: Server

    var plans: PlanServiceClient { PlanServiceClient(channel) }

    /// - Parameter sells: whether the tenant has said who it is.
    init(_ world: BillingWorld? = nil, sells: Bool = true) async throws {
        let world = if let world { world } else { try await BillingWorld.shared() }
        tenant = world.tenant()
        clock = PlanClock(Self.noon("2026-03-02"))
        let loops = try EventLoopGroup(count: 1)
        let office = Office(
            database: world.connections, secret: try #require(ServerSecret(Array(0..<32))), clock: clock.clock)
        let server = try Server(
            services: Billing(office).services,
            interceptors: [MapErrors(log: Log(minimum: .error)), ActAsTester(), RequireIdempotencyKey()], loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        channel = try RPC.Channel("\(address)", loop: loops.loops[0])
        self.server = server
        guard sells else { return }
        try await tenant.sell()
        try await tenant.run(
            """
            INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, source, set_by, set_at)
            VALUES (current_tenant(), '99', '2017-07-01', 'taxable', 1800, 'Notification 11/2017', 'test', now())
            """)
    }

    /// By the clocks of Kolkata.
    static func noon(_ day: String) -> Instant { ReminderWorld.time("\(day)T12:00") }

    func go(to day: String) { clock.go(to: Self.noon(day)) }

    func options(key: String? = nil) -> CallOptions { tenant.options(key: key) }

    /// - Parameter limit: what the customer may owe, in paise; nil for one that nobody has approved.
    func customer(limit: Int64? = nil) async throws -> String {
        let id = clock.clock.newID()
        try await tenant.run(
            """
            INSERT INTO customer (tenant_id, id, name, kind, state_code, payment_days, credit_limit, created_at, updated_at)
            VALUES (current_tenant(), \(id), 'Ada', 'unregistered', 27, 7, \(limit), now(), now())
            """)
        return id.description
    }

    // MARK: Plans

    static func rupees(_ paise: Int64) -> BillingAPI.Money { BillingAPI.Money(paise, .inr) }

    static func limit(_ name: String, _ limit: Int64) -> BillingAPI.Feature { .with { ($0.name, $0.grant) = (name, .limit(limit)) } }

    static func on(_ name: String, _ isOn: Bool = true) -> BillingAPI.Feature { .with { ($0.name, $0.grant) = (name, .isOn(isOn)) } }

    static func unlimited(_ name: String) -> BillingAPI.Feature { .with { ($0.name, $0.grant) = (name, .isUnlimited(true)) } }

    /// 999.00 a month, 9990.00 a year; 50 documents and invoices on, and no single sign-on.
    static func terms(_ monthly: Int64? = 99_900, _ change: (inout BillingAPI.PlanTerms) -> Void = { _ in }) -> BillingAPI.PlanTerms {
        .with {
            $0.monthlyPrice = monthly.map { rupees($0) }
            $0.yearlyPrice = monthly.map { rupees($0 * 10) }
            $0.hsn = "998314"
            $0.features = [limit("documents", 50), on("invoices"), on("sso", false)]
            change(&$0)
        }
    }

    /// Units of storage up to 100 for nothing, to 1,000 for 0.10, from there on for 0.06.
    static let storage = BillingAPI.UsageCharge.with {
        ($0.meter, $0.name) = ("storage", "Storage")
        $0.tiers = [
            .with { ($0.through, $0.unitPrice) = (100, rupees(0)) }, .with { ($0.through, $0.unitPrice) = (1_000, rupees(10)) },
            .with { $0.unitPrice = rupees(6) },
        ]
    }

    @discardableResult
    func plan(
        _ code: String = "solo", _ kind: BillingAPI.PlanKind = .base, _ terms: BillingAPI.PlanTerms = terms(),
        key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> BillingAPI.Plan {
        try await plans.createPlan(
            .with { ($0.code, $0.name, $0.kind, $0.terms) = (code, "The plan \(code)", kind, terms) }, options(key: key))
    }

    @discardableResult
    func revise(
        _ plan: BillingAPI.Plan, from day: String, etag: String = "", _ terms: BillingAPI.PlanTerms = terms(199_900)
    ) async throws(RPCError) -> BillingAPI.Plan {
        try await plans.revisePlan(
            .with { ($0.id, $0.terms, $0.effectiveFrom, $0.etag) = (plan.id, terms, day, etag) }, options())
    }

    func get(_ plan: BillingAPI.Plan, on day: String = "") async throws(RPCError) -> BillingAPI.Plan {
        try await plans.getPlan(.with { ($0.id, $0.on) = (plan.id, day) }, options())
    }

    // MARK: Subscriptions

    @discardableResult
    func subscribe(
        _ customer: String, to plan: BillingAPI.Plan, _ interval: BillingInterval = .month, adding addOns: [(BillingAPI.Plan, Int32)] = [],
        by funding: SubscriptionFunding = .advance, skippingTrial: Bool = false, key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> SubscribeReply {
        try await plans.subscribe(
            .with {
                ($0.customerID, $0.planID, $0.interval, $0.funding) = (customer, plan.id, interval, funding)
                $0.addOns = addOns.map { addOn in .with { ($0.planID, $0.count) = (addOn.0.id, addOn.1) } }
                $0.skipTrial = skippingTrial
            }, options(key: key))
    }

    func get(_ subscription: BillingAPI.Subscription) async throws(RPCError) -> BillingAPI.Subscription {
        try await plans.getSubscription(.with { $0.id = subscription.id }, options())
    }

    @discardableResult
    func change(
        _ subscription: BillingAPI.Subscription, to plan: BillingAPI.Plan, _ interval: BillingInterval = .month,
        adding addOns: [(BillingAPI.Plan, Int32)] = [], etag: String = "", key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> BillingAPI.Subscription {
        try await plans.changePlan(
            .with {
                ($0.id, $0.planID, $0.interval, $0.etag) = (subscription.id, plan.id, interval, etag)
                $0.addOns = addOns.map { addOn in .with { ($0.planID, $0.count) = (addOn.0.id, addOn.1) } }
            }, options(key: key))
    }

    @discardableResult
    func cancel(
        _ subscription: BillingAPI.Subscription, because reason: String = "too dear", etag: String = ""
    ) async throws(RPCError) -> BillingAPI.Subscription {
        try await plans.cancelSubscription(.with { ($0.id, $0.reason, $0.etag) = (subscription.id, reason, etag) }, options())
    }

    /// Says that a subscription is billed, past the billing: what only reads needs no invoice.
    func settle(_ subscription: BillingAPI.Subscription, through day: String) async throws {
        let id = try #require(RecordID(subscription.id))
        try await tenant.run(
            """
            UPDATE subscription SET billed_through = \(CivilDate(known: day)), version = version + 1
            WHERE tenant_id = current_tenant() AND id = \(id)
            """)
    }

    // MARK: What they may do and use

    func entitlements(of customer: String, on day: String = "") async throws(RPCError) -> GetEntitlementsReply {
        try await plans.getEntitlements(.with { ($0.customerID, $0.on) = (customer, day) }, options())
    }

    func check(_ feature: String, _ amount: Int64 = 0, for customer: String) async throws(RPCError) -> CheckEntitlementReply {
        try await plans.checkEntitlement(.with { ($0.customerID, $0.feature, $0.amount) = (customer, feature, amount) }, options())
    }

    @discardableResult
    func grant(
        _ feature: BillingAPI.Feature, to customer: String, from: String = "", through: String = "", key: String = BillingTenant.newKey()
    ) async throws(RPCError) -> EntitlementOverride {
        try await plans.grantOverride(
            .with { ($0.customerID, $0.feature, $0.from, $0.through, $0.reason) = (customer, feature, from, through, "a promotion") },
            options(key: key))
    }

    static func event(
        _ id: String, _ subscription: BillingAPI.Subscription, _ units: Int64, of meter: String = "storage", at time: Instant? = nil
    ) -> UsageEvent {
        .with {
            ($0.transactionID, $0.subscriptionID, $0.meter, $0.units) = (id, subscription.id, meter, units)
            $0.time = time?.timestamp
        }
    }

    @discardableResult
    func ingest(_ messages: [UsageEvent]...) async throws(RPCError) -> IngestUsageReply {
        try await plans.ingestUsage(options()) { outbound in
            for events in messages { try await outbound.send(.with { $0.events = events }) }
        }
    }

    func usage(of subscription: BillingAPI.Subscription, on day: String = "") async throws(RPCError) -> [BillingAPI.Usage] {
        try await plans.getUsage(.with { ($0.subscriptionID, $0.on) = (subscription.id, day) }, options()).usages
    }
}
