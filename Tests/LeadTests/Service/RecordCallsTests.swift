import Glibc
import LeadAPI
import Net
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import Platform

@Suite("Records of calls", .timeLimit(.minutes(10))) struct RecordCallsTests {
    /// Serves leads behind records, and gives the lines of the log that `body` leaves.
    private func lines(_ body: (LeadServiceClient, CallOptions) async throws -> Void) async throws -> [Substring] {
        let world = try await LeadWorld.shared()
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[0]) }
        let log = Log(to: ends[1])
        let loops = try EventLoopGroup(count: 1)
        let server = try Server(
            services: [world.service],
            interceptors: [MapErrors(log: Log(minimum: .error)), ActAsTenant(), RecordCalls(log: log, for: [world.service])], loops: loops)
        let channel = try RPC.Channel("\(try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0)))", loop: loops.loops[0])
        let options = world.tenant().options(key: "key-\(UInt64.random(in: 0 ... .max))")
        try await body(LeadServiceClient(channel), options)
        await channel.close()
        await server.drain(grace: .seconds(60))
        loops.shutdown()
        log.flush()
        close(ends[1])
        var bytes: [UInt8] = []
        while true {
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(ends[0], $0.baseAddress, $0.count) }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test("who, what, for whom and how it ended is recorded where the policy says so; what it has no word for is not")
    func records() async throws {
        let lines = try await lines { client, options in
            let lead = try await client.createLead(.with { $0.lead = .numbered(1) }, options)
            _ = try await client.getLead(.with { $0.id = lead.id }, options)
            _ = try await client.deleteLead(.with { ($0.id, $0.etag) = (lead.id, "v99") }, options)
        } failing: {
            #expect($0.code == .aborted)
        }
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.first?.contains("\"method\":\"switchboard.lead.v1.LeadService/CreateLead\"") == true)
        #expect(lines.first?.contains("\"service\":\"tester\",\"caller\":\"ada\"") == true)
        #expect(lines.first?.contains("\"outcome\":\"OK\",\"request\":\"\"") == true, "\(lines)")
        #expect(lines.last?.contains("LeadService/DeleteLead") == true)
        #expect(lines.last?.contains("\"outcome\":\"ABORTED\"") == true)
        #expect(lines.last?.contains("\\\"etag\\\":\\\"v99\\\"") == true)
    }

    private func lines(
        _ body: (LeadServiceClient, CallOptions) async throws -> Void, failing: (RPCError) -> Void
    ) async throws -> [Substring] {
        try await lines { client, options in
            do { try await body(client, options) } catch let error as RPCError { failing(error) }
        }
    }

    private func recorded<Request: Message>(_ request: Request) throws -> String {
        let pool = try DescriptorPool([Request.file])
        return RecordedRequest(try #require(pool.message(named: Request.fullName))).json(request.encoded())
    }

    @Test("what tells of a person shows that it was there, wherever in a request it stands, and nothing else of it")
    func redaction() throws {
        var lead = Lead.numbered(7)
        lead.company = "Analytical Engines"
        lead.notes = "sees Grace"
        lead.customFields = ["plan": .with { $0.value = .text("gold") }]
        lead.consent = .with { ($0.email, $0.ipAddress) = (true, "192.0.2.7") }
        lead.createdAt = .with { $0.seconds = 1 }
        let text = try recorded(UpdateLeadRequest.with { ($0.lead, $0.etag) = (lead, "v1") })
        for part in ["First 7", "Last", "lead-7@example.com", "sees Grace", "gold", "192.0.2.7"] {
            #expect(!text.contains(part), "\(text)")
        }
        for part in [
            "\"firstName\":\"[pii]\"", "\"email\":\"[pii]\"", "\"company\":\"Analytical Engines\"", "\"customFields\":\"[pii]\"",
            "\"ipAddress\":\"[pii]\"", "\"email\":true", "\"createdAt\":\"1970-01-01T00:00:01Z\"", "\"etag\":\"v1\"",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
    }

    @Test("long lists and texts are cut, what is no request is said to be none")
    func long() throws {
        let ids = (0..<50).map { "\($0)" }
        let text = try recorded(BatchGetLeadsRequest.with { $0.ids = ids + [String(repeating: "a", count: 500)] })
        #expect(text.hasSuffix("\"19\",\"[31 more]\"]}"), "\(text)")
        let pool = try DescriptorPool([GetLeadRequest.file])
        let request = RecordedRequest(try #require(pool.message(named: GetLeadRequest.fullName)))
        #expect(request.json([0xff]) == "\"[malformed]\"")
        #expect(request.json(GetLeadRequest.with { $0.id = String(repeating: "a", count: 500) }.encoded()).utf8.count < 250)
    }
}
