public import Net

/// What a superuser does once, before the first migration: roles and databases.
///
/// The owner's role owns the schema and runs migrations. The application's role owns nothing, so that it can neither switch row-level
/// security off nor slip past it.
public struct Administrator: Sendable {
    /// The role that owns the schema.
    public static let ownerRole = "switchboard_owner"
    /// The role that the server connects as.
    public static let applicationRole = "switchboard_app"

    public let configuration: Database.Configuration

    /// `configuration` connects as a superuser, to a database that exists, such as `postgres`.
    public init(_ configuration: Database.Configuration) {
        self.configuration = configuration
    }

    /// Creates the two roles if they are missing, and takes from them whatever could pass row-level security.
    public func ensureRoles(on pool: BlockingPool = .shared) async throws(PostgresError) {
        try await run(on: pool) { (session) throws(PostgresError) in
            for role in [Administrator.ownerRole, Administrator.applicationRole] {
                try ignoring(["42710", "23505"]) { () throws(PostgresError) in
                    try session.executeFormatted("SELECT format('CREATE ROLE %I', \(role))")
                }
                try session.executeFormatted(
                    "SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', \(role))")
            }
        }
    }

    /// Creates a database if it is missing, as a copy of `template` if one is named: the owner's role owns it.
    public func ensureDatabase(_ name: String, template: String? = nil, on pool: BlockingPool = .shared) async throws(PostgresError) {
        try await run(on: pool) { (session) throws(PostgresError) in
            try ignoring(["42P04", "23505"]) { () throws(PostgresError) in
                let template = template ?? "template0"
                try session.executeFormatted(
                    "SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE %I', \(name), \(Administrator.ownerRole), \(template))")
            }
        }
    }

    /// Ends the database's connections and removes it, if it exists.
    public func dropDatabase(_ name: String, on pool: BlockingPool = .shared) async throws(PostgresError) {
        try await run(on: pool) { (session) throws(PostgresError) in
            try session.executeFormatted("SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', \(name))")
        }
    }

    /// Connects, once: throws `unavailable` while the server does not take connections.
    public func check(on pool: BlockingPool = .shared) async throws(PostgresError) {
        try await run(on: pool) { (session) throws(PostgresError) in try session.execute("SELECT 1") }
    }

    private func run(
        on pool: BlockingPool, _ body: @escaping @Sendable (Session) throws(PostgresError) -> Void
    ) async throws(PostgresError) {
        try await blocking(on: pool) { () throws(PostgresError) in
            let session = try Session.connect(configuration)
            defer { session.finish() }
            try body(session)
        }
    }
}

extension Session {
    /// Runs the statement that `query` gives: names cannot be bound, but PostgreSQL's own `format` quotes them.
    func executeFormatted(_ query: SQL) throws(PostgresError) {
        let text: String = try execute(query).one()
        try executeScript(text)
    }
}

/// Lets pass that somebody else was faster.
private func ignoring(_ sqlstates: [String], _ body: () throws(PostgresError) -> Void) throws(PostgresError) {
    do throws(PostgresError) {
        try body()
    } catch {
        guard let sqlstate = error.sqlstate, sqlstates.contains(sqlstate) else { throw error }
    }
}
