import LeadAPI
import Platform
import Protobuf
import RPC
import StandardServices
import StandardTypes
import TestSupport
import Testing

/// The program while its PostgreSQL is away.
struct DatabaseAwayTests {
    @Test(
        "R5 · E26 · while PostgreSQL is away tokens keep working, changes are UNAVAILABLE with the time to come again, and health says so; then all goes on"
    )
    func away() async throws {
        let cluster = try await TestCluster.start()
        try await ServedProgram.with(on: cluster) { (served) async throws in
            let leads = LeadServiceClient(served.channel)
            let health = HealthClient(served.channel)
            func status(_ service: String = "") async throws -> HealthCheckResponse.ServingStatus {
                try await health.check(HealthCheckRequest.with { $0.service = service }, CallOptions(timeout: .seconds(60))).status
            }
            let request = CreateLeadRequest.with {
                $0.lead = Lead.with {
                    $0.firstName = "A"
                    $0.lastName = "B"
                    $0.email = "a@example.com"
                }
            }
            // A token that is known, and one that comes while nobody can be asked about it.
            let known = try served.options()
            _ = try await leads.listLeads(ListLeadsRequest(), known)
            #expect(try await status() == .serving)
            try await cluster.stop()
            for options in [known, try served.options(tenant: "other")] {
                let error = try #require(
                    try await served.refusal("/switchboard.lead.v1.LeadService/CreateLead", request.encoded(), options))
                #expect(error.code == .unavailable, "\(error)")
                #expect(error.reason == "DB_UNAVAILABLE", "\(error)")
                #expect(error.detail(RetryInfo.self)?.retryDelay != nil, "\(error)")
                // What needs no database is answered as ever: who calls is known.
                let invalid = try #require(try await served.refusal("/switchboard.lead.v1.LeadService/CreateLead", [], options))
                #expect(invalid.code == .invalidArgument, "\(invalid)")
            }
            try await eventually { try await status() == .notServing }
            // Who would start it anew need not.
            #expect(try await status("liveness") == .serving)
            try await cluster.restart()
            try await eventually { try await status() == .serving }
            #expect(try await leads.createLead(request, known).email == "a@example.com")
        }
        try await cluster.stop()
    }
}
