internal import Glibc
internal import Net
public import Postgres

/// One database of a test cluster, and how each role connects to it.
public struct TestDatabase: Sendable {
    public let name: String
    public let cluster: TestCluster

    /// Owns the schema.
    public var owner: Database.Configuration { cluster.configuration(user: Administrator.ownerRole, database: name) }
    /// Owns nothing: what a server connects as.
    public var application: Database.Configuration { cluster.configuration(user: Administrator.applicationRole, database: name) }
    /// The superuser, whom row-level security does not hold.
    public var administrator: Database.Configuration { cluster.configuration(user: "postgres", database: name) }

    /// What `pg_dump` writes of the rows.
    public func data() async throws -> String {
        try await cluster.dump(["--data-only", "--dbname", name])
    }

    /// What `pg_dump` writes of the schema, without what differs from run to run: its comments, its settings, empty lines.
    public func schema() async throws -> String {
        let dump = try await cluster.dump(["--schema-only", "--no-owner", "--no-comments", "--dbname", name])
        let lines = dump.split(separator: "\n").filter { line in
            !["--", "SET ", "SELECT pg_catalog.set_config(", "\\restrict ", "\\unrestrict "].contains { line.hasPrefix($0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
