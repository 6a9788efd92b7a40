internal import LeadAPI
internal import RPC

/// What `switchbench database` has a server write, one call at a time.
protocol Workload: Sendable {
    /// - Parameter name: what no other call has.
    func call(_ name: String) async throws
}

/// Leads, each with an address that no other has.
struct LeadWorkload: Workload {
    private let client: LeadServiceClient
    private let metadata: Metadata

    init(_ channel: Channel, _ metadata: Metadata) {
        client = LeadServiceClient(channel)
        self.metadata = metadata
    }

    func call(_ name: String) async throws {
        var request = CreateLeadRequest()
        var lead = Lead()
        lead.firstName = "Ada"
        lead.lastName = "Lovelace"
        lead.email = "lead-\(name)@example.com"
        lead.company = "Analytical Engines"
        request.lead = lead
        let reply = try await client.createLead(request, .keyed(name, metadata))
        guard reply.email == lead.email else { throw RPCError(.dataLoss, "a reply is not its request's") }
    }
}

extension CallOptions {
    /// A call that happens once under this name.
    static func keyed(_ name: String, _ metadata: Metadata) -> CallOptions {
        var metadata = metadata
        metadata.append("idempotency-key", "key-\(name)")
        return CallOptions(metadata: metadata, timeout: .seconds(30))
    }
}
