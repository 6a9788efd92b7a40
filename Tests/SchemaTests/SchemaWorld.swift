import TestSupport

@testable import Postgres
@testable import switchboard

/// A database with all tables of all services, asked one statement at a time.
struct SchemaWorld {
    let database: TestDatabase
    /// As the superuser: what the catalogue says.
    let catalogue: Session

    init() async throws {
        database = try await TestCluster.shared().freshDatabase(Schema.migrations)
        catalogue = try Session.connect(database.administrator)
    }

    /// A session of the role that serves, which acts for a tenant; nil has never heard of one.
    func application(tenant: String?) throws -> Session {
        let session = try Session.connect(database.application)
        if let tenant {
            try session.execute("SELECT set_config('app.tenant', \(tenant), false), set_config('app.caller', 'voice/ada', false)")
        }
        return session
    }

    /// One word for each row.
    func words(_ query: SQL) throws -> [String] {
        try catalogue.execute(query).all()
    }
}
