internal import BillingAPI
internal import RPC
internal import StandardTypes

/// What is still to be written.
extension PlanDesk {
    func createPlan(_ request: CreatePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func revisePlan(_ request: RevisePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func retirePlan(_ request: RetirePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func getPlan(_ request: GetPlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func listPlans(_ request: ListPlansRequest, _ call: Call) async throws -> BillingAPI.ListPlansReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func subscribe(_ request: SubscribeRequest, _ call: Call) async throws -> BillingAPI.SubscribeReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func getSubscription(_ request: GetSubscriptionRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func listSubscriptions(_ request: ListSubscriptionsRequest, _ call: Call) async throws -> BillingAPI.ListSubscriptionsReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func changePlan(_ request: ChangePlanRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func cancelSubscription(_ request: CancelSubscriptionRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func grantOverride(_ request: GrantOverrideRequest, _ call: Call) async throws -> BillingAPI.EntitlementOverride {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func revokeOverride(_ request: RevokeOverrideRequest, _ call: Call) async throws -> Empty {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func getEntitlements(_ request: GetEntitlementsRequest, _ call: Call) async throws -> BillingAPI.GetEntitlementsReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func checkEntitlement(_ request: CheckEntitlementRequest, _ call: Call) async throws -> BillingAPI.CheckEntitlementReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func ingestUsage(_ requests: Inbound<IngestUsageRequest>, _ call: Call) async throws -> BillingAPI.IngestUsageReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func getUsage(_ request: GetUsageRequest, _ call: Call) async throws -> BillingAPI.GetUsageReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }

    func listUsageEvents(_ request: ListUsageEventsRequest, _ call: Call) async throws -> BillingAPI.ListUsageEventsReply {
        throw RPCError(.unimplemented, "It is not there yet.")
    }
}
