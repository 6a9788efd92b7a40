import Console
import Glibc
import LeadAPI
import Net
import Postgres
import RPC
import TLS
import TestSupport
import Testing

/// An export that is read slowly: ten thousand leads, under `make soak-million` a million.
struct ExportTests {
    private static let count = Soak.isOn ? 1_000_000 : 10_000

    @Test("R13: however many leads are exported to a slow reader, the server grows by less than 32 MiB")
    func slowReader() async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try await deployment.migrate()
            try await seed(deployment)
            let (server, address) = try await deployment.serve()
            let channel = try await deployment.channel(to: address, EventLoop(name: "reader"))
            let client = LeadServiceClient(channel.channel)
            var one = ListLeadsRequest()
            one.pageSize = 1
            _ = try await client.listLeads(one, CallOptions(metadata: channel.metadata, timeout: .seconds(300)))
            let before = try resident(server)
            var received = 0
            var grown = 0
            let options = CallOptions(metadata: channel.metadata, timeout: .seconds(3_600))
            for try await lead in try await client.exportLeads(ExportLeadsRequest(), options) {
                received += 1
                #expect(lead.lastName == "Last")
                if received % (Self.count / 10) == 1 {
                    // Long enough for the server to fill every buffer that there is.
                    try await BlockingPool.shared.run { _ = usleep(200_000) }
                    grown = max(grown, try resident(server) - before)
                }
            }
            #expect(received == Self.count)
            #expect(grown < 32 * 1_024, "KiB")
            if Soak.isOn { print("\(received) leads exported; the server grew from \(before) KiB by \(grown) KiB") }
            await channel.channel.close()
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }

    private func seed(_ deployment: Deployment) async throws {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(deployment.database.administrator, loops: loops.loops)
        try await database.transaction(Scope(tenant: "acme", caller: "test", requestID: "test")) { transaction in
            transaction.enqueue("SELECT set_config('statement_timeout', '0', true)")
            transaction.enqueue(
                """
                INSERT INTO lead (tenant_id, id, first_name, last_name, email, created_at, updated_at)
                SELECT current_tenant(), gen_random_uuid(), 'First', 'Last', 'lead-' || number || '@example.com', now(), now()
                FROM generate_series(1, \(Self.count)) AS number
                """)
            transaction.enqueue("ANALYZE lead")
        }
        await database.shutdown()
    }

    /// What a process holds in memory, in KiB.
    private func resident(_ program: Program) throws -> Int {
        let line = try Files.text("/proc/\(program.identifier)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return try #require(line?.split(separator: " ").compactMap { Int($0) }.first)
    }
}
