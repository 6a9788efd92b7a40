import Glibc
import Net
import Postgres
import TestSupport
import Testing

@Suite struct TestClusterTests {
    @Test("Databases from one template have its schema and share no rows")
    func freshDatabases() async throws {
        try await World.with { one in
            try await World.with { other in
                #expect(one.database.name != other.database.name)
                try await one.connections.batch(.anyone) { $0.enqueue("INSERT INTO counter VALUES ('a', 1)") }
                let rows: Int = try await other.connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
                #expect(rows == 0)
            }
        }
    }

    @Test("A cluster listens on its socket alone, in a session of its own, and keeps none of our descriptors")
    func isolation() async throws {
        let ours = try #require(unlinkedFile("switchboard-test-descriptor"))
        defer { close(ours) }
        let cluster = try await TestCluster.start()
        try await World.with(cluster: cluster) { world in
            let (addresses, postmaster): (String, String) = try await world.administration.batch(.anyone) { batch in
                (
                    batch.one("SELECT current_setting('listen_addresses')"),
                    batch.one("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")
                )
            }
            #expect(addresses == "")
            let process = try #require(pid_t(postmaster))
            #expect(getsid(process) != getsid(0))
            #expect(!OpenDescriptor.all(of: process).contains { $0.target.contains("switchboard-test-descriptor") })
            #expect(OpenDescriptor.all(of: getpid()).contains { $0.target.contains("switchboard-test-descriptor") })
        }
        try await cluster.stop()
    }

    /// A file that exists nowhere but in descriptors, which children inherit.
    private func unlinkedFile(_ name: String) -> Int32? {
        var template = Array("/tmp/\(name).XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        unsafe unlink(template)
        return descriptor
    }
}
