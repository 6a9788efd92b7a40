import BillingAPI
import Platform
import Protobuf
import RPC
import StandardTypes

/// The plans and subscriptions of a tenant that sells, for ``OtherTenantTests``.
struct OwnedPlans {
    var plan = ""
    /// One who is subscribed, one who is to be.
    var customers: [String] = []
    var subscription = ""
    var override = ""
    /// One that took place, one that nobody came to.
    var meetings: [String] = []

    init() {}

    init(_ channel: RPC.Channel, _ metadata: Metadata) async throws {
        func options() -> CallOptions {
            var keyed = metadata
            keyed.append("idempotency-key", "plans-\(UInt64.random(in: 0 ... .max))")
            return CallOptions(metadata: keyed, timeout: .seconds(60))
        }
        let plans = PlanServiceClient(channel)
        plan = try await plans.createPlan(
            .with { ($0.code, $0.name, $0.kind, $0.terms) = ("solo", "Solo", .base, Self.terms) }, options()
        ).id
        for name in ["Who Is Subscribed", "Who Is Not"] {
            customers.append(
                try await CustomerServiceClient(channel).createCustomer(.with { $0.customer = .with { $0.name = name } }, options()).id)
        }
        subscription =
            try await plans.subscribe(
                .with { ($0.customerID, $0.planID, $0.interval, $0.funding) = (customers[0], plan, .month, .advance) }, options()
            ).subscription?.id ?? ""
        override = try await plans.grantOverride(Self.grant(to: customers[0]), options()).id
        for number in 0..<2 {
            meetings.append(try await plans.recordMeeting(Self.meeting("owned-\(number)", of: subscription), options()).id)
        }
    }

    private static let terms = BillingAPI.PlanTerms.with {
        ($0.monthlyPrice, $0.yearlyPrice, $0.hsn, $0.trialDays) = (rupees(999), rupees(9_990), "9965", 14)
        $0.features = [.with { ($0.name, $0.grant) = ("documents", .limit(50)) }]
        $0.meetingFee = .with {
            ($0.shareRate, $0.floor, $0.cap, $0.defaultDealValue) = (250, rupees(8), rupees(150), rupees(2_500))
        }
    }

    private static func rupees(_ number: Int64) -> BillingAPI.Money {
        .with { ($0.currencyCode, $0.minorUnits) = ("INR", number * 100) }
    }

    private static func grant(to customer: String) -> GrantOverrideRequest {
        .with {
            ($0.customerID, $0.reason) = (customer, "a test")
            $0.feature = .with { ($0.name, $0.grant) = ("sso", .isOn(true)) }
        }
    }

    /// One that has begun, a moment ago.
    private static func meeting(_ event: String, of subscription: String) -> RecordMeetingRequest {
        .with {
            ($0.subscriptionID, $0.calendarEventID) = (subscription, event)
            $0.startTime = .with { $0.seconds = UnixTime.now() - 1 }
        }
    }

    /// In an order in which the owner can call them one after the other.
    static let naming: [(path: String, message: @Sendable (OwnedPlans) -> [UInt8])] = [
        ("PlanService/GetPlan", { owned in GetPlanRequest.with { $0.id = owned.plan }.encoded() }),
        (
            "PlanService/RevisePlan",
            { owned in RevisePlanRequest.with { ($0.id, $0.terms, $0.effectiveFrom) = (owned.plan, terms, "2999-01-01") }.encoded() }
        ),
        (
            "PlanService/Subscribe",
            { owned in
                SubscribeRequest.with {
                    ($0.customerID, $0.planID, $0.interval, $0.funding) = (owned.customers[1], owned.plan, .month, .advance)
                }.encoded()
            }
        ),
        ("PlanService/GetSubscription", { owned in GetSubscriptionRequest.with { $0.id = owned.subscription }.encoded() }),
        (
            "PlanService/ChangePlan",
            { owned in
                ChangePlanRequest.with { ($0.id, $0.planID, $0.interval) = (owned.subscription, owned.plan, .year) }.encoded()
            }
        ),
        ("PlanService/GrantOverride", { owned in grant(to: owned.customers[0]).encoded() }),
        ("PlanService/GetEntitlements", { owned in GetEntitlementsRequest.with { $0.customerID = owned.customers[0] }.encoded() }),
        (
            "PlanService/CheckEntitlement",
            { owned in CheckEntitlementRequest.with { ($0.customerID, $0.feature) = (owned.customers[0], "documents") }.encoded() }
        ),
        ("PlanService/RevokeOverride", { owned in RevokeOverrideRequest.with { $0.id = owned.override }.encoded() }),
        ("PlanService/GetUsage", { owned in GetUsageRequest.with { $0.subscriptionID = owned.subscription }.encoded() }),
        (
            "PlanService/ListUsageEvents",
            { owned in ListUsageEventsRequest.with { ($0.subscriptionID, $0.meter) = (owned.subscription, "documents") }.encoded() }
        ),
        ("PlanService/RecordMeeting", { owned in meeting("another", of: owned.subscription).encoded() }),
        ("PlanService/GetMeeting", { owned in GetMeetingRequest.with { $0.id = owned.meetings[0] }.encoded() }),
        (
            "PlanService/ConfirmAttendance",
            { owned in ConfirmAttendanceRequest.with { ($0.id, $0.attendedMinutes) = (owned.meetings[0], 30) }.encoded() }
        ),
        ("PlanService/MarkNoShow", { owned in MarkNoShowRequest.with { ($0.id, $0.reason) = (owned.meetings[1], "a test") }.encoded() }),
        (
            "PlanService/CancelSubscription",
            { owned in CancelSubscriptionRequest.with { ($0.id, $0.reason) = (owned.subscription, "a test") }.encoded() }
        ),
        ("PlanService/RetirePlan", { owned in RetirePlanRequest.with { $0.id = owned.plan }.encoded() }),
    ]

    /// Methods that take no name of anything, and why.
    static let unnamed = [
        "PlanService/CreatePlan": "makes a plan of the caller's tenant",
        "PlanService/ListPlans": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "PlanService/ListSubscriptions": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "PlanService/IngestUsage": "a stream: the tests of billing send what another tenant's subscription has used",
        "PlanService/ListMeetings": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "PlanService/AccruedFees": "adds up the caller's own; a page token opens for its own tenant only",
        "PlanService/RunBilling": "bills the caller's own",
    ]
}
