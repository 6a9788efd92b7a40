import LeadAPI
import Platform
import RPC
import Testing

@testable import LeadServer

@Suite("Exports of one moment")
struct SnapshotTests {
    @Test(
        "An export that asks for a snapshot has every lead of its beginning, also one that is deleted before it is read",
        arguments: [true, false])
    func deleted(isSnapshot: Bool) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        // Too much for any window: the second page is not read before the first has left.
        let rows = (1...600).map { number in Lead.numbered(number) { $0.notes = String(repeating: "n", count: 5_000) } }
        _ = try await tenant.importLeads("import-1", rows)
        let last = try #require(try await tenant.list { $0.pageSize = 1 }.leads.first)

        var request = ExportLeadsRequest()
        request.snapshot = isSnapshot
        var replies = try await tenant.client.exportLeads(request, tenant.options()).makeAsyncIterator()
        _ = try #require(try await replies.next())
        try await tenant.delete(last.id, etag: last.etag)
        var count = 1
        while try await replies.next() != nil { count += 1 }
        #expect(count == (isSnapshot ? 600 : 599))
    }

    @Test("A snapshot without a deadline, which the database would have to keep for nobody knows how long, is refused; pages are not")
    func unlimited() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var options = tenant.options()
        options.timeout = nil
        var request = ExportLeadsRequest()
        request.snapshot = true
        let refused = await refusal { for try await _ in try await tenant.client.exportLeads(request, options) {} }
        #expect(refused?.code == .invalidArgument)
        #expect(refused?.reason == "FIELD_VIOLATION")
        request.snapshot = false
        for try await _ in try await tenant.client.exportLeads(request, options) {}
    }

    @Test("A tenant's third snapshot at a time is refused, with when to try again, and another tenant's is not")
    func seats() async throws {
        let world = try await LeadWorld.shared()
        let tenant = world.tenant()
        let rows = (1...600).map { number in Lead.numbered(number) { $0.notes = String(repeating: "n", count: 5_000) } }
        _ = try await tenant.importLeads("import-1", rows)
        var request = ExportLeadsRequest()
        request.snapshot = true
        var open = [
            try await tenant.client.exportLeads(request, tenant.options()).makeAsyncIterator(),
            try await tenant.client.exportLeads(request, tenant.options()).makeAsyncIterator(),
        ]
        for index in open.indices { _ = try #require(try await open[index].next()) }
        let refused = await refusal { for try await _ in try await tenant.client.exportLeads(request, tenant.options()) {} }
        #expect(refused?.code == .resourceExhausted)
        #expect(refused?.reason == "POOL_SATURATED")
        let other = world.tenant()
        for try await _ in try await other.client.exportLeads(request, other.options()) {}
    }
}
